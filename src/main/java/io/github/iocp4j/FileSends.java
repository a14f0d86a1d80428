package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.file.DiskFile;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.Operation;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the file transfers of a connection and its send queue tell each other.
///
/// The holder of the turn asks for a part of a file to be sent, one at a time; the send queue makes the call when
/// nothing else is in flight, and says how much has gone out. It says too which frames of the handshake are out,
/// in which order: the peer's answers follow from that.
final class FileSends {
    private static final int ERROR_INVALID_FUNCTION = 1;
    private static final int ERROR_HANDLE_EOF = 38;
    private static final int ERROR_NOT_SUPPORTED = 50;
    private static final int WSAEINVAL = 10022;
    private static final int WSAEOPNOTSUPP = 10045;
    private static final int WSAECONNABORTED = 10053;

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

    /// The number of the offer that is to be sent, and of the one that is out and not answered, or 0.
    private volatile int offering;

    private volatile int offerOut;

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

    /// A number for an offer that is about to be added to the queue.
    int nextOffer() {
        int number = offering + 1;
        offering = number;
        return number;
    }

    /// The answer that was sent was for an earlier file.
    void forgetStart() {
        startOut = false;
    }

    /// The offer has been answered, or is given up.
    void forgetOffer() {
        offerOut = 0;
    }

    void reset() {
        active = false;
        due = false;
        file = null;
        startOut = false;
        offerOut = 0;
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

    /// A frame is about to be sent.
    void submitting(int mark) {
        if (mark == SendNode.OFFER) {
            offerOut = offering;
        } else if (mark == SendNode.START) {
            startBehind = offerOut;
            startOut = true;
        }
    }

    /// It was not sent.
    void takenBack(int mark) {
        if (mark == SendNode.OFFER) {
            offerOut = 0;
        } else if (mark == SendNode.START) {
            startOut = false;
        }
    }

    /// `bytes` of the file are out.
    void sent(long bytes) {
        sentBytes.getAndAdd(bytes);
    }

    /// A part is home.
    ///
    /// @return what has failed about the socket: 0 when it is well, whatever has become of the part
    int transmitted(int code, int bytes) {
        boolean isCut = code == TcpChannel.RESET || code == TcpChannel.ABORTED || code == WSAECONNABORTED;
        if (isCut) {
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

    /// Whether a refusal says that TransmitFile can't be had here at all.
    static boolean isUnsupported(int code) {
        return code == WSAEOPNOTSUPP
                || code == WSAEINVAL
                || code == ERROR_NOT_SUPPORTED
                || code == ERROR_INVALID_FUNCTION;
    }
}
