package io.github.iocp4j.net;

class TcpGateTest extends TcpGateContract {
    TcpGateTest() {
        super(true);
    }
}
