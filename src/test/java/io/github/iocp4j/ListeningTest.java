package io.github.iocp4j;

class ListeningTest extends ListeningContract {
    ListeningTest() {
        super(Kernels.SIMULATED);
    }
}
