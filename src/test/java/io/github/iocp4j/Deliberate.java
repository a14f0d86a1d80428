package io.github.iocp4j;

/// What the handlers of tests throw on purpose.
final class Deliberate extends RuntimeException {
    private static final long serialVersionUID = 1;

    Deliberate(String message) {
        super(message, null, false, false);
    }
}
