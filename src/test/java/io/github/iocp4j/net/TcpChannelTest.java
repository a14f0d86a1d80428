package io.github.iocp4j.net;

class TcpChannelTest extends TcpChannelContract {
    TcpChannelTest() {
        super(true);
    }
}
