package io.github.iocp4j.net;

class TcpOptionsTest extends TcpOptionsContract {
    TcpOptionsTest() {
        super(true);
    }
}
