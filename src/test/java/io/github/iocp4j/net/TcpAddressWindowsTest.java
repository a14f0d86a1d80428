package io.github.iocp4j.net;

class TcpAddressWindowsTest extends TcpAddressContract {
    TcpAddressWindowsTest() {
        super(false);
    }
}
