package io.github.iocp4j.port;

class IoWorkersTest extends IoWorkersContract {
    IoWorkersTest() {
        super(true);
    }
}
