package io.github.iocp4j;

class ArticleProgramWindowsTest extends ArticleProgramContract {
    ArticleProgramWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
