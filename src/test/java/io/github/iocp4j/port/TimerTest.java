package io.github.iocp4j.port;

class TimerTest extends TimerContract {
    TimerTest() {
        super(true);
    }
}
