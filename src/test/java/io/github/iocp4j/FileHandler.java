package io.github.iocp4j;

import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Accepts files into a folder, under numbers of its own, and keeps what it is told.
class FileHandler implements EndpointHandler {
    /// The end of one file, and what was told of it.
    record End(FileTransfer file, TransferOutcome outcome) {}

    private final Path folder;
    private final AtomicInteger numbers;
    private final Queue<End> ends = new ConcurrentLinkedQueue<>();
    private final Queue<byte[]> frames = new ConcurrentLinkedQueue<>();
    private final Queue<FileTransfer> accepted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger offers = new AtomicInteger();
    private final AtomicInteger progress = new AtomicInteger();
    private volatile @Nullable BiConsumer<Connection, FileOffer> decision;

    FileHandler(Path folder) {
        this(folder, new AtomicInteger());
    }

    /// @param numbers shared by handlers that write to the same folder
    FileHandler(Path folder, AtomicInteger numbers) {
        this.folder = folder;
        this.numbers = numbers;
    }

    /// From now on offers are not accepted at once, but given to `instead`.
    void decide(BiConsumer<Connection, FileOffer> instead) {
        decision = instead;
    }

    @Nullable
    FileTransfer accept(FileOffer offer) {
        FileTransfer file = offer.accept(folder.resolve(numbers.incrementAndGet() + "-" + offer.name()));
        if (file != null) {
            accepted.add(file);
        }
        return file;
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        frames.add(frame.toByteArray());
    }

    @Override
    public void fileOffered(Connection connection, FileOffer offer) {
        BiConsumer<Connection, FileOffer> instead = decision;
        if (instead == null) {
            FileTransfer _ = accept(offer);
        } else {
            instead.accept(connection, offer);
        }
        offers.getAndIncrement();
    }

    @Override
    public void fileProgress(Connection connection, FileTransfer file) {
        progress.getAndIncrement();
    }

    @Override
    public void fileCompleted(Connection connection, FileTransfer file, TransferOutcome outcome) {
        ends.add(new End(file, outcome));
    }

    List<End> ends() {
        return List.copyOf(ends);
    }

    List<TransferOutcome.Kind> kinds() {
        return ends.stream().map(end -> end.outcome().kind()).toList();
    }

    List<FileTransfer> accepted() {
        return List.copyOf(accepted);
    }

    List<byte[]> frames() {
        return List.copyOf(frames);
    }

    int offers() {
        return offers.get();
    }

    int progress() {
        return progress.get();
    }
}
