package io.github.iocp4j;

class AnswerWindowsTest extends AnswerContract {
    AnswerWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
