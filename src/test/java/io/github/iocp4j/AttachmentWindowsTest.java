package io.github.iocp4j;

class AttachmentWindowsTest extends AttachmentContract {
    AttachmentWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
