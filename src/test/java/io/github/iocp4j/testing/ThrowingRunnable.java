package io.github.iocp4j.testing;

/// A piece of a test.
@FunctionalInterface
public interface ThrowingRunnable {
    void run() throws Exception;
}
