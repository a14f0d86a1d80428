package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.file.DiskFile;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.Operation;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What the file transfers of a connection and its send queue tell each other.
///
/// The holder of the turn asks for a part of a file to be sent, one at a time; the send queue makes the call when
/// nothing else is in flight, and says how much has gone out. It says too which frames of the handshake are out,
/// in which order: the peer's answers follow from that.
final class FileSends {
    /// What has become of the offer of a file of ours.
    private enum Offer {
        /// There is none, or nothing waits for it any more.
        NONE,
        /// It stands in the queue behind frames: nobody has heard of it.
        QUEUED,
        /// It is out, and not answered. Frames behind it wait.
        OUT,
        /// The peer wants the file. Frames wait for its end.
        ACCEPTED
    }

    private static final int ERROR_INVALID_FUNCTION = 1;
    private static final int ERROR_HANDLE_EOF = 38;
    private static final int ERROR_NOT_SUPPORTED = 50;
    private static final int WSAEINVAL = 10022;
    private static final int WSAEOPNOTSUPP = 10045;
    private static final int WSAENETUNREACH = 10051;
    private static final int WSAENETRESET = 10052;
    private static final int WSAECONNABORTED = 10053;
    private static final int WSAESHUTDOWN = 10058;
    private static final int WSAETIMEDOUT = 10060;
    private static final int WSAEHOSTUNREACH = 10065;

    /// From the answer of the peer on until the last byte is out.
    private volatile boolean active;

    // A part for TransmitFile.
    private @Nullable DiskFile file;
    private long offset;
    private int length;

    /// There is a part that waits to be sent: set by the holder of the turn, taken by that of the queue's claim.
    private volatile boolean due;

    /// How much of the file is out.
    private final AtomicLong sentBytes = new AtomicLong();

    /// Why a part could not be sent whole, though the socket is well.
    private volatile @Nullable WindowsException failure;

    /// Windows has no TransmitFile for this socket or this file.
    private volatile boolean refused;

    /// An answer waits for room.
    private volatile boolean answerOwed;

    private final AtomicReference<Offer> offer = new AtomicReference<>(Offer.NONE);

    /// The number of the last offer.
    private volatile int offerNumber;

    /// The frame of an offer is in the queue, perhaps of one that was given up there: until it has gone, no other
    /// one is added.
    private volatile boolean offerInQueue;

    /// The answer that has the peer send its file is out, and behind which offer of ours, or 0.
    private volatile boolean startOut;

    private volatile int startBehind;

    // For the holder of the turn.

    /// Begins with a file.
    void begin() {
        sentBytes.set(0);
        failure = null;
        refused = false;
        active = true;
    }

    /// The file is out, or given up.
    void end() {
        active = false;
        due = false;
    }

    /// Whether the holder of the turn wants to know of each send that is home.
    boolean wantsTurn() {
        return active || answerOwed;
    }

    void setAnswerOwed(boolean owed) {
        answerOwed = owed;
    }

    /// Has a part sent by TransmitFile.
    void transmit(DiskFile from, long at, int bytes) {
        file = from;
        offset = at;
        length = bytes;
        due = true;
    }

    long sentBytes() {
        return sentBytes.get();
    }

    @Nullable
    WindowsException failure() {
        return failure;
    }

    boolean isRefused() {
        return refused;
    }

    boolean isStartOut() {
        return startOut;
    }

    /// The number of our offer that the peer answers before the bytes of its file, or 0.
    int startBehind() {
        return startBehind;
    }

    /// Whether the frame of an earlier offer stands in the queue still. When it has gone, the turn comes back.
    boolean isOfferInQueue() {
        return offerInQueue;
    }

    /// An offer is about to be added to the queue.
    ///
    /// @return its number
    int beginOffer() {
        int number = offerNumber + 1;
        offerNumber = number;
        offerInQueue = true;
        offer.set(Offer.QUEUED);
        return number;
    }

    /// Gives the offer up, if it is not out: then the peer will never hear of it.
    boolean revokeOffer() {
        return offer.compareAndSet(Offer.QUEUED, Offer.NONE);
    }

    boolean isOfferOut() {
        return offer.get() == Offer.OUT;
    }

    /// The peer wants the file that was offered.
    ///
    /// @return `false` when none is
    boolean acceptOffer() {
        return offer.compareAndSet(Offer.OUT, Offer.ACCEPTED);
    }

    /// The offer is declined, or given up, or its file is out: frames go on.
    void endOffer() {
        offer.set(Offer.NONE);
    }

    /// The answer that was sent was for an earlier file.
    void forgetStart() {
        startOut = false;
    }

    void reset() {
        active = false;
        due = false;
        file = null;
        startOut = false;
        offer.set(Offer.NONE);
        offerInQueue = false;
        answerOwed = false;
        failure = null;
    }

    // For the holder of the queue's claim, and who brings a send home.

    boolean isTransmitDue() {
        return due;
    }

    int length() {
        return length;
    }

    int submit(TcpChannel channel, Operation operation) {
        DiskFile from = file;
        if (from == null) {
            throw new AssertionError("a part that is due has a file");
        }
        due = false;
        return channel.transmit(operation, from.handle(), offset, length);
    }

    /// The part was refused for a while.
    void takeBack() {
        due = true;
    }

    /// TransmitFile will not do it.
    void refuse() {
        refused = true;
    }

    /// Whether frames wait, behind an offer that is out or for the end of its file.
    boolean holdsFrames() {
        Offer now = offer.get();
        return now == Offer.OUT || now == Offer.ACCEPTED;
    }

    /// The offer is about to be sent.
    ///
    /// @return `false` when it was given up: then it is dropped
    boolean takeOffer() {
        return offer.compareAndSet(Offer.QUEUED, Offer.OUT);
    }

    /// A frame is about to be sent.
    void submitting(int mark) {
        if (mark == SendNode.START) {
            startBehind = isOfferOut() ? offerNumber : 0;
            startOut = true;
        }
    }

    /// It was not sent.
    void takenBack(int mark) {
        if (mark == SendNode.OFFER) {
            // Unless it was given up meanwhile.
            boolean _ = offer.compareAndSet(Offer.OUT, Offer.QUEUED);
        } else if (mark == SendNode.START) {
            startOut = false;
        }
    }

    /// A frame is on its way, or was dropped.
    ///
    /// @return whether the holder of the turn wants to know
    boolean gone(int mark) {
        if (mark != SendNode.OFFER) {
            return false;
        }
        offerInQueue = false;
        return true;
    }

    /// `bytes` of the file are out.
    void sent(long bytes) {
        sentBytes.getAndAdd(bytes);
    }

    /// A part is home.
    ///
    /// @return what has failed about the socket: 0 when it is well, whatever has become of the part
    int transmitted(int code, int bytes) {
        if (isBroken(code)) {
            return code;
        }
        if (code != 0) {
            failure = new WindowsException("TransmitFile", code);
        } else if (bytes != length) {
            failure = shrunk("TransmitFile", "the file");
        }
        sent(bytes);
        return 0;
    }

    /// What to say of a file that has become shorter since it was offered.
    static WindowsException shrunk(String call, String what) {
        return new WindowsException(call, ERROR_HANDLE_EOF, what + " has become shorter while it was sent");
    }

    /// Whether a failure is the connection's, whatever the file may be.
    private static boolean isBroken(int code) {
        boolean isCut = code == TcpChannel.RESET || code == TcpChannel.ABORTED || code == WSAECONNABORTED;
        boolean isLost = code == WSAETIMEDOUT || code == WSAENETRESET || code == WSAESHUTDOWN;
        return isCut || isLost || code == WSAEHOSTUNREACH || code == WSAENETUNREACH;
    }

    /// Whether a refusal says that TransmitFile can't be had here at all.
    static boolean isUnsupported(int code) {
        return code == WSAEOPNOTSUPP
                || code == WSAEINVAL
                || code == ERROR_NOT_SUPPORTED
                || code == ERROR_INVALID_FUNCTION;
    }
}
