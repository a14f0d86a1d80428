package io.github.iocp4j.net;

class TcpGateWindowsTest extends TcpGateContract {
    TcpGateWindowsTest() {
        super(false);
    }
}
