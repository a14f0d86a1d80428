package io.github.iocp4j.net;

class TcpTransmitWindowsTest extends TcpTransmitContract {
    TcpTransmitWindowsTest() {
        super(false);
    }
}
