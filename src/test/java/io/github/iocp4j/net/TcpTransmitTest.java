package io.github.iocp4j.net;

class TcpTransmitTest extends TcpTransmitContract {
    TcpTransmitTest() {
        super(true);
    }
}
