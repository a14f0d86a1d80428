package io.github.iocp4j.bench.demo;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/// A client of plain java.net, which knows nothing of the library: it blocks, on a virtual thread of its own.
final class PlainClient implements Runnable {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 30_000;

    private final InetSocketAddress server;
    private final Totals totals;
    private final Script script;
    private final CountDownLatch finished;
    private final byte[] in = new byte[Script.MOST_BYTES];

    /// @param finished is counted down at the end
    PlainClient(InetSocketAddress server, Totals totals, Script script, CountDownLatch finished) {
        this.server = server;
        this.totals = totals;
        this.script = script;
        this.finished = finished;
    }

    @Override
    public void run() {
        try {
            boolean again = false;
            while (totals.isRunning()) {
                again |= visit(again);
                Thread.sleep(script.awayMillis());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            finished.countDown();
        }
    }

    /// Connects, echoes, and leaves.
    ///
    /// @return whether there was a connection
    private boolean visit(boolean again) {
        boolean connected = false;
        try (Socket socket = new Socket()) {
            socket.connect(server, CONNECT_MILLIS);
            connected = true;
            totals.connected(again);
            socket.setSoTimeout(SILENCE_MILLIS);
            socket.setTcpNoDelay(true);
            script.connected();
            echo(socket);
        } catch (IOException e) {
            totals.broke("a java.net client: " + e.getMessage());
        }
        if (connected) {
            totals.disconnected();
        }
        return connected;
    }

    private void echo(Socket socket) throws IOException {
        OutputStream out = new BufferedOutputStream(socket.getOutputStream(), Script.MOST_BYTES);
        DataInputStream echoes = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        while (totals.isRunning() && !script.isTimeToLeave()) {
            sendBurst(out);
            receiveAll(echoes);
        }
        boolean leaves = totals.isRunning();
        boolean byReset = leaves && script.leavesByReset();
        sendBurst(out);
        if (leaves) {
            totals.leaves(byReset);
        }
        if (byReset) {
            // With what was just sent on its way: the server's operations are cut in the middle.
            socket.setSoLinger(true, 0);
            return;
        }
        // Who ends its stream still gets every reply, and then the end.
        socket.shutdownOutput();
        receiveAll(echoes);
        if (echoes.read() >= 0) {
            totals.mismatched();
        }
    }

    private void sendBurst(OutputStream out) throws IOException {
        script.beginBurst();
        for (int length = script.nextFrame(); length >= 0; length = script.nextFrame()) {
            // Java's own data streams are big-endian; the length of a frame is not.
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                out.write(length >>> shift);
            }
            out.write(script.payload(), 0, length);
        }
        out.flush();
    }

    private void receiveAll(DataInputStream echoes) throws IOException {
        while (script.outstanding() > 0) {
            int length = Integer.reverseBytes(echoes.readInt());
            if (length < 0 || length > in.length) {
                totals.mismatched();
                throw new IOException("a length of " + length + " came back");
            }
            echoes.readFully(in, 0, length);
            if (script.isNextEcho(in, length)) {
                totals.echoed(length);
            } else {
                totals.mismatched();
            }
        }
    }
}
