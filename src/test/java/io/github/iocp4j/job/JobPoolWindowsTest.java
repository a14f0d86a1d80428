package io.github.iocp4j.job;

class JobPoolWindowsTest extends JobPoolContract {
    JobPoolWindowsTest() {
        super(false);
    }
}
