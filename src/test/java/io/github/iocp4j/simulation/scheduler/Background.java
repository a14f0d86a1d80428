package io.github.iocp4j.simulation.scheduler;

/// Work that belongs to no thread, such as a network that moves bytes. It is done in steps between those of the
/// threads.
public interface Background {
    boolean hasWork();

    void step();
}
