package io.github.iocp4j.net;

class TcpCancelWindowsTest extends TcpCancelContract {
    TcpCancelWindowsTest() {
        super(false);
    }
}
