package io.github.iocp4j.job;

class JobPoolTest extends JobPoolContract {
    JobPoolTest() {
        super(true);
    }
}
