package io.github.iocp4j.port;

class CompletionPortWindowsTest extends CompletionPortContract {
    CompletionPortWindowsTest() {
        super(false);
    }
}
