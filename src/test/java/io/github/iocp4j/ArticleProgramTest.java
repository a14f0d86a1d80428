package io.github.iocp4j;

class ArticleProgramTest extends ArticleProgramContract {
    ArticleProgramTest() {
        super(Kernels.SIMULATED);
    }
}
