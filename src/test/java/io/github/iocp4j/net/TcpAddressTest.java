package io.github.iocp4j.net;

class TcpAddressTest extends TcpAddressContract {
    TcpAddressTest() {
        super(true);
    }
}
