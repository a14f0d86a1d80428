package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.Claim;
import io.github.iocp4j.net.BufferVector;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.IoWorker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The sends of one connection: the article's `ASend` and `OnWrite`.
///
/// Whoever holds the claim takes nodes out of what waits and submits them, at most two sends at a time; the order
/// of submissions is the order of bytes. Each send in flight owns its nodes until it is home.
final class Sender {
    private static final int ALL_SLOTS = (1 << EndpointOptions.SENDS_IN_FLIGHT) - 1;

    private static final VarHandle FREE_SLOTS;

    static {
        try {
            FREE_SLOTS = MethodHandles.lookup().findVarHandle(Sender.class, "freeSlots", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConnectionContext context;
    private final EndpointResources resources;
    private final NodeShare nodes;
    private final SendMarks marks;
    private final SendPace pace;
    private final StallWatch stall;
    private final SendSlot[] slots = new SendSlot[EndpointOptions.SENDS_IN_FLIGHT];
    private final Claim claim = new Claim();
    private final SendList list;

    /// Frames of the file transfer's handshake, and parts of files: they pass what waits in the other list, but
    /// never inside a frame.
    private final SendList express;

    private final FileSends files = new FileSends();

    /// The slots that are not in flight, as bits: cleared under the claim, set by who brings a send home.
    private volatile int freeSlots = ALL_SLOTS;

    private volatile boolean dropping;
    private volatile int failure;

    Sender(ConnectionContext context, EndpointCore endpoint, NodeShare nodes, SendMarks marks) {
        this.context = context;
        this.nodes = nodes;
        this.marks = marks;
        resources = endpoint.resources();
        list = new SendList(resources.sendNodes());
        express = new SendList(resources.sendNodes());
        pace = new SendPace(context);
        stall = new StallWatch(
                context.deadlines(), endpoint.options().timeLimits().writeStall());
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new SendSlot(this, context, endpoint.port(), i);
        }
    }

    /// What waits to be sent.
    SendList list() {
        return list;
    }

    /// What waits to be sent before that.
    SendList express() {
        return express;
    }

    FileSends files() {
        return files;
    }

    /// Whether Windows has something to send.
    boolean isInFlight() {
        return freeSlots != ALL_SLOTS;
    }

    /// Whether there is something to submit: who asks for submissions looks here first.
    boolean hasWaiting() {
        return list.hasWaiting() || express.hasWaiting() || files.isTransmitDue();
    }

    /// The Winsock code of the first send that failed, or 0.
    int failure() {
        return failure;
    }

    /// The alarm has rung.
    ///
    /// @return whether sends are to be tried again
    boolean resume(long now) {
        return pace.resume(now);
    }

    /// For how long the sends in flight have made no progress, in nanoseconds; 0 when there are none. Any thread.
    double stalledNanos(long now) {
        return isInFlight() ? (double) (now - stall.lastProgress()) : 0;
    }

    /// Whether the peer has taken nothing for too long. Only the holder of the turn asks, when the time has
    /// come.
    boolean isStalled(long now) {
        return stall.isOver(now, this::isInFlight);
    }

    /// Submits what waits, as far as two sends in flight and the worker's inline limit allow. Whoever calls
    /// holds a count.
    ///
    /// @return whether something has changed that the holder of the turn wants to know
    boolean submit(IoWorker worker) {
        boolean tell = false;
        if (!claim.enter()) {
            return false;
        }
        do {
            while (worker.inlineLeft() > 0 && canSubmit()) {
                tell |= submitOne(worker);
            }
            if (dropping) {
                tell |= dropWaiting(list);
                tell |= dropWaiting(express);
            } else if (worker.inlineLeft() <= 0 && hasWaiting()) {
                context.request(ConnectionContext.SEND);
            }
        } while (!claim.leave());
        return tell;
    }

    /// Gives up what waits; what is in flight comes home by itself.
    void drop(IoWorker worker) {
        dropping = true;
        submit(worker);
    }

    /// A pending send has come home.
    void progressed() {
        stall.progressed();
    }

    /// A send is over.
    ///
    /// @return whether something has changed that the holder of the turn wants to know
    boolean finished(SendSlot slot, int code, int bytes) {
        int outcome = outcome(slot, code, bytes);
        int locked = slot.pages();
        long pinned = slot.releaseNodes(nodes);
        if (outcome != 0 && failure == 0) {
            failure = outcome;
        }
        FREE_SLOTS.getAndBitwiseOr(this, slot.bit());
        pace.hurry(locked);
        return marks.unchargeSent(pinned) || outcome != 0 || files.wantsTurn();
    }

    /// Drops what waits when the last operation of the connection is home, for the next connection.
    void reset() {
        dropWaiting(list);
        dropWaiting(express);
        files.reset();
        pace.reset();
        stall.reset();
        dropping = false;
        failure = 0;
    }

    void giveBackOperations() {
        for (SendSlot slot : slots) {
            slot.giveBackOperation();
        }
    }

    /// What has become of the socket by a send that is over: 0, or a Winsock code. One that has sent only a part is
    /// as good as an abort, since what follows would go out behind a gap.
    private int outcome(SendSlot slot, int code, int bytes) {
        if (slot.isTransmit()) {
            return files.transmitted(code, bytes);
        }
        if (code == 0 && bytes != slot.bytes()) {
            return TcpChannel.ABORTED;
        }
        if (code == 0 && slot.mark() == SendNode.FILE) {
            files.sent(bytes);
        }
        return code;
    }

    private boolean canSubmit() {
        boolean mayCall = !dropping && freeSlots != 0 && !pace.isWaiting() && !isTransmitInFlight();
        return mayCall && (isTransmitDue() || lane() != null);
    }

    /// While TransmitFile is in flight nothing else may be sent: its bytes would mix with those of the file. Who
    /// brings it home clears the mark first and frees the slot then: so a mark that is missing says that it is
    /// home.
    private boolean isTransmitInFlight() {
        SendSlot slot = slots[0];
        return (freeSlots & slot.bit()) == 0 && slot.isTransmit();
    }

    /// TransmitFile begins when nothing else is in flight, and all that was added for the handshake is out.
    private boolean isTransmitDue() {
        return files.isTransmitDue() && freeSlots == ALL_SLOTS && express.isEmpty();
    }

    /// Where the next send is taken from, or `null` when there is none.
    private @Nullable SendList lane() {
        if (!express.isEmpty() && !list.isInsideFrame()) {
            return express;
        }
        return files.holdsFrames() || list.isEmpty() ? null : list;
    }

    private boolean submitOne(IoWorker worker) {
        SendList lane = isTransmitDue() ? null : lane();
        if (lane == null) {
            return submitTransmit(slots[0], worker);
        }
        if (lane.isOfferNext() && !files.takeOffer()) {
            return dropOffer(lane);
        }
        int free = freeSlots;
        SendSlot slot = slots[Integer.numberOfTrailingZeros(free)];
        BufferVector vector = resources.state(worker).vector;
        lane.moveTo(slot, vector, pace.mostPages());
        int mark = slot.mark();
        if (!pace.lock(slot.pages())) {
            files.takenBack(mark);
            lane.takeBack(slot);
            return false;
        }
        files.submitting(mark);
        if (free == ALL_SLOTS) {
            stall.start();
        }
        FREE_SLOTS.getAndBitwiseAnd(this, ~slot.bit());
        context.enterIo();
        int code = slot.send(context.channel(), vector);
        if (code == TcpChannel.PENDING) {
            pace.taken();
            stall.pending();
            return files.gone(mark);
        }
        worker.countInline();
        boolean tell = false;
        if (MemoryRetry.isShortage(code)) {
            files.takenBack(mark);
            lane.takeBack(slot);
            FREE_SLOTS.getAndBitwiseOr(this, slot.bit());
            pace.refused(slot.pages());
        } else {
            pace.taken();
            tell = files.gone(mark);
            tell |= finishedAtOnce(slot, code, worker);
        }
        context.exitIoNotLast();
        return tell;
    }

    /// An offer was given up before its turn came.
    private boolean dropOffer(SendList lane) {
        boolean _ = marks.uncharge(nodes.giveAll(lane.takeFirst()));
        return files.gone(SendNode.OFFER);
    }

    private boolean submitTransmit(SendSlot slot, IoWorker worker) {
        slot.ownFile(files.length());
        stall.start();
        FREE_SLOTS.getAndBitwiseAnd(this, ~slot.bit());
        context.enterIo();
        int code = slot.transmit(context.channel(), files);
        if (code == TcpChannel.PENDING) {
            stall.pending();
            return false;
        }
        worker.countInline();
        boolean tell = true;
        boolean isShort = MemoryRetry.isShortage(code);
        if (isShort || FileSends.isUnsupported(code)) {
            slot.releaseNodes(nodes);
            // Before the slot is free: by then the part would seem to be home.
            if (isShort) {
                files.takeBack();
            } else {
                files.refuse();
            }
            FREE_SLOTS.getAndBitwiseOr(this, slot.bit());
            if (isShort) {
                pace.refused(0);
            }
        } else {
            tell = finishedAtOnce(slot, code, worker);
        }
        context.exitIoNotLast();
        return tell;
    }

    private boolean finishedAtOnce(SendSlot slot, int code, IoWorker worker) {
        int bytes = slot.transferred(code);
        if (code == 0) {
            resources.state(worker).sendsInline++;
            context.countSent(bytes, worker);
        }
        return finished(slot, code, bytes);
    }

    private boolean dropWaiting(SendList lane) {
        SendNode waiting = lane.takeAll();
        return waiting != null && marks.uncharge(nodes.giveAll(waiting));
    }
}
