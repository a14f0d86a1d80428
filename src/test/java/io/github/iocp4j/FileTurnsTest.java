package io.github.iocp4j;

class FileTurnsTest extends FileTurnsContract {
    FileTurnsTest() {
        super(Kernels.SIMULATED);
    }
}
