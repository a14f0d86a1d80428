package io.github.iocp4j;

class AnswerTest extends AnswerContract {
    AnswerTest() {
        super(Kernels.SIMULATED);
    }
}
