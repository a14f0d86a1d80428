package io.github.iocp4j;

import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// One side of many connections over which files and numbered frames go, and some of which are given up: sends so
/// many files on each, takes what it is offered, and checks what arrives, byte by byte and frame by frame.
final class FileStorm implements EndpointHandler {
    /// What a file holds, by the name that it is sent under.
    @SuppressWarnings("ArrayRecordComponent") // nobody compares or changes them
    record Source(Path path, byte[] content) {}

    private final Stand stand;
    private final String side;
    private final List<Source> sources;
    private final int filesEach;
    private final int troublePercent;
    private final Map<Connection, Session> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger framesSent = new AtomicInteger();
    private final AtomicInteger framesReceived = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger spoilt = new AtomicInteger();
    private final Queue<String> mistakes = new ConcurrentLinkedQueue<>();

    /// @param troublePercent how often a file is declined or given up, or its connection aborted
    FileStorm(Stand stand, String side, List<Source> sources, int filesEach, int troublePercent) {
        this.stand = stand;
        this.side = side;
        this.sources = sources;
        this.filesEach = filesEach;
        this.troublePercent = troublePercent;
    }

    List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    int framesSent() {
        return framesSent.get();
    }

    int framesReceived() {
        return framesReceived.get();
    }

    /// What is wrong when all connections are over: each file that was begun has been told the end of, once.
    List<String> leftOver() {
        return sessions.values().stream()
                .filter(each -> each.filesBegun.get() != each.filesOver.get() || each.incoming.get() != 0)
                .map(each -> side + ": of " + each.filesBegun + " files " + each.filesOver + " are over, and "
                        + each.incoming + " that come in are not")
                .toList();
    }

    /// How many files have been received whole.
    int completed() {
        return completed.get();
    }

    /// How many files or connections were given up on purpose.
    int spoilt() {
        return spoilt.get();
    }

    @Override
    public void connected(Connection connection) {
        Session session = new Session(stand.random().nextLong());
        sessions.put(connection, session);
        session.goOn(connection);
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        Session session = session(connection);
        framesReceived.getAndIncrement();
        int number = frame.getInt(1);
        if (number != session.expected++) {
            mistakes.add(side + ": frame " + number + " in place of " + (session.expected - 1));
        }
    }

    @Override
    public void fileOffered(Connection connection, FileOffer offer) {
        Session session = session(connection);
        if (session.isTroubled(troublePercent / 2)) {
            spoilt.getAndIncrement();
            offer.decline();
            return;
        }
        Path folder = stand.kernel().files().folder();
        session.incoming.getAndIncrement();
        if (offer.accept(folder.resolve(side + numbers.incrementAndGet() + "-" + offer.name())) == null) {
            mistakes.add(side + ": an offer that can't be accepted");
        }
    }

    @Override
    public void fileProgress(Connection connection, FileTransfer file) {
        Session session = session(connection);
        if (session.isTroubled(troublePercent / 4)) {
            spoilt.getAndIncrement();
            if (session.random.nextBoolean()) {
                file.abort();
            } else {
                connection.abort();
            }
        }
    }

    @Override
    public void fileCompleted(Connection connection, FileTransfer file, TransferOutcome outcome) {
        Session session = session(connection);
        if (file.isOutgoing()) {
            session.filesOver.getAndIncrement();
            session.goOn(connection);
        } else {
            if (outcome.isCompleted()) {
                check(file);
            }
            session.incoming.getAndDecrement();
        }
    }

    @Override
    public void writable(Connection connection) {
        session(connection).goOn(connection);
    }

    @Override
    public void packetPosted(Connection connection, Object packet) {
        session(connection).goOn(connection);
    }

    private void check(FileTransfer file) {
        byte[] expected = sources.stream()
                .filter(source -> source.path().endsWith(file.name()))
                .findFirst()
                .orElseThrow()
                .content();
        byte[] arrived = stand.kernel().files().content(file.path());
        int mismatch = Arrays.mismatch(expected, arrived);
        if (mismatch >= 0) {
            mistakes.add(side + ": " + file.path() + " has " + arrived.length + " bytes of " + expected.length
                    + ", and differs from byte " + mismatch + " on");
        }
        stand.kernel().files().delete(file.path());
        completed.getAndIncrement();
    }

    /// Whether all connections that are open have sent all their files, and none is being received.
    boolean isThrough() {
        return sessions.entrySet().stream()
                .allMatch(each -> each.getValue().isThrough() || !each.getKey().isOpen());
    }

    private Session session(Connection connection) {
        Session session = sessions.get(connection);
        if (session == null) {
            throw new AssertionError("a callback before connected");
        }
        return session;
    }

    /// One connection, used in its callbacks only.
    private final class Session {
        private final Random random;
        private int expected;
        private int sent;
        private final AtomicInteger incoming = new AtomicInteger();
        private final AtomicInteger filesOver = new AtomicInteger();
        private final AtomicInteger filesBegun = new AtomicInteger();

        Session(long seed) {
            random = new Random(seed);
        }

        boolean isThrough() {
            return filesOver.get() >= filesEach && incoming.get() == 0;
        }

        boolean isTroubled(int percent) {
            return random.nextInt(100) < percent;
        }

        /// Sends frames, the next file, and frames that wait behind it.
        void goOn(Connection connection) {
            sendFrames(connection, random.nextInt(4));
            if (filesBegun.get() == filesOver.get() && filesBegun.get() < filesEach) {
                Source source = sources.get(random.nextInt(sources.size()));
                if (connection.sendFile(source.path()) == null) {
                    // The one before is not put away yet: again, in a turn of its own.
                    boolean _ = connection.post(this);
                    return;
                }
                filesBegun.getAndIncrement();
                sendFrames(connection, random.nextInt(4));
            }
        }

        private void sendFrames(Connection connection, int count) {
            for (int i = 0; i < count; i++) {
                byte[] frame = ByteBuffer.allocate(5 + random.nextInt(300)).array();
                frame[0] = 0;
                ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(1, sent);
                SendResult result = connection.send(frame);
                if (result == SendResult.CLOSED) {
                    return;
                }
                if (result != SendResult.QUEUED) {
                    mistakes.add(side + ": a frame is " + result);
                }
                sent++;
                framesSent.getAndIncrement();
            }
        }
    }
}
