package io.github.iocp4j.job;

class JobPoolCloseWindowsTest extends JobPoolCloseContract {
    JobPoolCloseWindowsTest() {
        super(false);
    }
}
