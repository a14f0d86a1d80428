package io.github.iocp4j.port;

class CompletionPortTest extends CompletionPortContract {
    CompletionPortTest() {
        super(true);
    }
}
