package io.github.iocp4j.net;

class TcpListenerWindowsTest extends TcpListenerContract {
    TcpListenerWindowsTest() {
        super(false);
    }
}
