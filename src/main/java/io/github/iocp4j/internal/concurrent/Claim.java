package io.github.iocp4j.internal.concurrent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The right to do one kind of work, which one thread holds at a time and nobody waits for.
///
/// Who asks while it is held leaves at once; the holder then looks for work once more before it leaves, so that
/// nothing asked for is forgotten:
/// ```java
/// if (claim.enter()) {
///     do {
///         work();
///     } while (!claim.leave());
/// }
/// ```
/// What a thread wrote before its [#enter], the holder sees in the round that follows.
public final class Claim {
    private static final VarHandle ASKED;

    static {
        try {
            ASKED = MethodHandles.lookup().findVarHandle(Claim.class, "asked", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through ASKED
    private volatile int asked;

    /// Asks for the claim.
    ///
    /// @return whether the caller holds it now, and must go on until [#leave] lets it
    public boolean enter() {
        return (int) ASKED.getAndAdd(this, 1) == 0;
    }

    /// Gives the claim back, unless somebody asked since the last round began. Only the holder calls this.
    ///
    /// @return `false` when the holder must look for work once more
    public boolean leave() {
        if (ASKED.compareAndSet(this, 1, 0)) {
            return true;
        }
        ASKED.getAndSet(this, 1);
        return false;
    }

    /// Whether somebody holds it: a hint, out of date when it is read.
    public boolean isHeld() {
        return asked != 0;
    }
}
