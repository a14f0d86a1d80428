package io.github.iocp4j;

class ArticleDefectsWindowsTest extends ArticleDefectsContract {
    ArticleDefectsWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
