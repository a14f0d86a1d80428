package io.github.iocp4j.port;

class TimerWindowsTest extends TimerContract {
    TimerWindowsTest() {
        super(false);
    }
}
