package io.github.iocp4j.job;

class JobPoolCloseTest extends JobPoolCloseContract {
    JobPoolCloseTest() {
        super(true);
    }
}
