package io.github.iocp4j.net;

class TcpListenerTest extends TcpListenerContract {
    TcpListenerTest() {
        super(true);
    }
}
