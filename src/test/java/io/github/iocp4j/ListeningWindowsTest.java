package io.github.iocp4j;

class ListeningWindowsTest extends ListeningContract {
    ListeningWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
