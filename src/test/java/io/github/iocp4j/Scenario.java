package io.github.iocp4j;

/// A test of an endpoint, on whatever kernel and in whatever variation.
@FunctionalInterface
interface Scenario {
    void run(Stand stand) throws Exception;
}
