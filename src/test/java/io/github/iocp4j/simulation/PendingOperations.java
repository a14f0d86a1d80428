package io.github.iocp4j.simulation;

import io.github.iocp4j.simulation.network.Activity;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The operations of one kind that pend on a socket. They end in the order of their submission, but for cancelled
/// ones.
abstract class PendingOperations extends Activity {
    private static final int[] ENDED_BY_CLOSE = {
        Status.CANCELLED, Status.CANCELLED, Status.HANDLES_CLOSED, Status.LOCAL_DISCONNECT
    };
    private static final int[] ENDED_BY_RESET = {Status.CONNECTION_RESET, Status.REMOTE_DISCONNECT};

    final SimulatedKernel kernel;
    final SimulatedSocket socket;
    final Deque<Operation> pending = new ArrayDeque<>();
    private int cancelledCount;

    PendingOperations(SimulatedKernel kernel, SimulatedSocket socket) {
        this.kernel = kernel;
        this.socket = socket;
    }

    /// Whether the first could go on or end now, cancelled or not.
    abstract boolean canServe();

    /// Has the first go on; it may end by [#end].
    abstract void serve(Operation first);

    /// What a cancelled operation leaves behind.
    abstract void abandon(Operation operation);

    final void wake() {
        kernel.network.wake(this);
    }

    final void add(Operation operation) {
        pending.add(operation);
        wake();
    }

    final boolean isPending() {
        return !pending.isEmpty();
    }

    final boolean cancel(long overlapped) {
        boolean found = false;
        for (Operation operation : pending) {
            if (overlapped == 0 || operation.address() == overlapped) {
                found = true;
                cancelledCount += operation.cancelled ? 0 : 1;
                operation.cancelled = true;
            }
        }
        wake();
        return found;
    }

    final @Nullable Operation uncancelled() {
        if (cancelledCount == pending.size()) {
            return null;
        }
        return pending.stream().filter(each -> !each.cancelled).findFirst().orElse(null);
    }

    final void end(Operation operation, int status, int bytes, byte @Nullable [] written) {
        pending.remove(operation);
        cancelledCount -= operation.cancelled ? 1 : 0;
        kernel.complete(operation, status, bytes, written);
    }

    final int resetStatus() {
        return ENDED_BY_RESET[kernel.scheduler.random().nextInt(ENDED_BY_RESET.length)];
    }

    @Override
    protected final boolean isReady() {
        return !pending.isEmpty() && (cancelledCount > 0 || canServe());
    }

    @Override
    protected final void step() {
        Operation first = pending.getFirst();
        Operation cancelled = cancelledCount == 0 ? null : firstCancelled();
        boolean raceWon = cancelled == first && !socket.closed && canServe() && kernel.chance(50);
        if (cancelled == null || raceWon) {
            serve(first);
        } else {
            int status = socket.closed
                    ? ENDED_BY_CLOSE[kernel.scheduler.random().nextInt(ENDED_BY_CLOSE.length)]
                    : Status.CANCELLED;
            abandon(cancelled);
            end(cancelled, status, 0, null);
        }
    }

    private @Nullable Operation firstCancelled() {
        return pending.stream().filter(each -> each.cancelled).findFirst().orElse(null);
    }
}
