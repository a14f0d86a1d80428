package io.github.iocp4j.simulation.network;

/// Something that goes on by itself, step by step, as long as it is ready. [Network#wake] says that it may be.
public abstract class Activity {
    boolean queued;

    protected abstract boolean isReady();

    protected abstract void step();
}
