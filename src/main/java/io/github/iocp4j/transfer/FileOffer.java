package io.github.iocp4j.transfer;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file that the peer would like to send. It is answered once, by any thread, in the callback or later; one
/// that is not answered within [TransferOptions#offerTimeout] is declined.
public interface FileOffer {
    /// The name that the peer has given it: one element of a path that is safe to use as a file's name, as
    /// [FileNames#isSafe] says. Offers with other names are declined before anybody hears of them.
    String name();

    /// The size in bytes.
    long sizeBytes();

    /// Has the file sent, to be written to `target`, which must not exist yet. Until it is complete it lies
    /// beside that, under a name that ends with `.partial`. When it can't be created, the offer is declined and
    /// `fileCompleted` says why.
    ///
    /// @return the transfer, or `null` when the offer was answered already, has expired, or the connection is
    /// gone
    @Nullable
    FileTransfer accept(Path target);

    /// Tells the peer not to send it. Later calls do nothing.
    void decline();
}
