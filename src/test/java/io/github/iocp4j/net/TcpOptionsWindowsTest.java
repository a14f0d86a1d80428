package io.github.iocp4j.net;

class TcpOptionsWindowsTest extends TcpOptionsContract {
    TcpOptionsWindowsTest() {
        super(false);
    }
}
