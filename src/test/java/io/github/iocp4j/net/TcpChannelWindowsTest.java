package io.github.iocp4j.net;

class TcpChannelWindowsTest extends TcpChannelContract {
    TcpChannelWindowsTest() {
        super(false);
    }
}
