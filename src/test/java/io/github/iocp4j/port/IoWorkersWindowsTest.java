package io.github.iocp4j.port;

class IoWorkersWindowsTest extends IoWorkersContract {
    IoWorkersWindowsTest() {
        super(false);
    }
}
