package io.github.iocp4j.net;

class TcpCancelTest extends TcpCancelContract {
    TcpCancelTest() {
        super(true);
    }
}
