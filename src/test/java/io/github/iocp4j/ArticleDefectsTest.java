package io.github.iocp4j;

class ArticleDefectsTest extends ArticleDefectsContract {
    ArticleDefectsTest() {
        super(Kernels.SIMULATED);
    }
}
