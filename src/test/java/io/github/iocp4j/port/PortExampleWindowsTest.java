package io.github.iocp4j.port;

class PortExampleWindowsTest extends PortExampleContract {
    PortExampleWindowsTest() {
        super(false);
    }
}
