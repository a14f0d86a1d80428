package io.github.iocp4j.port;

class PortExampleTest extends PortExampleContract {
    PortExampleTest() {
        super(true);
    }
}
