package io.github.iocp4j;

class AttachmentTest extends AttachmentContract {
    AttachmentTest() {
        super(Kernels.SIMULATED);
    }
}
