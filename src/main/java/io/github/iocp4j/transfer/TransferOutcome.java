package io.github.iocp4j.transfer;

import org.jspecify.annotations.Nullable;

/// How a file transfer has ended.
///
/// @param kind what happened
/// @param cause the error behind it, such as a [io.github.iocp4j.error.WindowsException] with the call and the
/// file, or `null`
public record TransferOutcome(Kind kind, @Nullable Throwable cause) {
    /// How transfers end.
    public enum Kind {
        /// All bytes are on the disk, under the file's own name; or, for the sender, all were given to the peer's
        /// system.
        COMPLETED,
        /// The peer did not want the file.
        DECLINED,
        /// The peer did not answer within [TransferOptions#offerTimeout].
        UNANSWERED,
        /// This side gave up.
        ABORTED,
        /// The peer gave up while the file was sent; what was left was sent for it to throw away.
        ABORTED_BY_PEER,
        /// The file could not be opened, read or written, or it has become shorter; the cause tells which. A
        /// receiver throws the rest away.
        FILE_FAILED,
        /// The connection ended before the file did, or the peer's stream before its answer or all of its file.
        CONNECTION_LOST
    }

    /// Whether the whole file has come over.
    public boolean isCompleted() {
        return kind == Kind.COMPLETED;
    }
}
