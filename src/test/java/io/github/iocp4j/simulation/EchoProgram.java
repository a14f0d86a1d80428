package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.Program.Entries;
import io.github.iocp4j.simulation.Program.Packet;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.TestKernel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// An echo server in bare Win32 calls with several workers, and its clients: what the simulation is tried on.
final class EchoProgram {
    private static final int RECEIVE_BYTES = 700;
    private static final int STOP_KEY = 7;

    private final TestKernel kernel;
    private final int clients;
    private final int bytesPerClient;
    private final long[] sockets;
    private final BitSet accepted = new BitSet();
    private final BitSet sending = new BitSet();
    private int over;
    private Program program;
    private long listener;

    EchoProgram(TestKernel kernel, int clients, int bytesPerClient) {
        this.kernel = kernel;
        this.clients = clients;
        this.bytesPerClient = bytesPerClient;
        sockets = new long[clients];
    }

    /// Each client has one slot: it accepts, then receives and sends in turn, each handled by any worker.
    void run(int workers) throws Exception {
        program = new Program(kernel.host());
        listener = program.listener();
        InetSocketAddress address = program.localAddress(listener);
        List<HostThread> threads = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            HostThread thread = kernel.host().newThread("worker-" + i, this::work);
            thread.start();
            threads.add(thread);
        }
        for (int i = 0; i < clients; i++) {
            sockets[i] = program.socket();
            int result = program.accept(i, listener, sockets[i]);
            if (result != 0 && result != -Win32.WSA_IO_PENDING) {
                throw new AssertionError("AcceptEx " + result);
            }
            kernel.fork("client-" + i, () -> talk(address));
        }
        for (HostThread thread : threads) {
            if (!thread.join(Long.MAX_VALUE)) {
                throw new AssertionError("a worker goes on");
            }
        }
        Program.check(program.closeSocket(listener));
        program.close();
    }

    private void talk(InetSocketAddress address) throws Exception {
        byte[] sent = new byte[bytesPerClient];
        kernel.random().nextBytes(sent);
        try (Peer peer = kernel.connect(address)) {
            kernel.fork("writer to " + peer.localAddress().getPort(), () -> {
                for (int done = 0; done < sent.length; ) {
                    int count = Math.min(sent.length - done, 1 + kernel.random().nextInt(900));
                    peer.write(sent, done, count);
                    done += count;
                }
                peer.shutdownOutput();
            });
            byte[] received = peer.readFully(bytesPerClient);
            if (!Arrays.equals(sent, received) || peer.read(new byte[1]) >= 0) {
                throw new AssertionError("not what was sent came back");
            }
        }
    }

    private void work() {
        try (Entries entries = program.new Entries(4)) {
            while (true) {
                int count = entries.take(Win32.INFINITE);
                for (int i = 0; i < count; i++) {
                    Packet packet = entries.packet(i);
                    if (packet.isPosted()) {
                        if (count > i + 1) {
                            throw new AssertionError("packets behind the stop");
                        }
                        int _ = program.post(STOP_KEY, 0);
                        return;
                    }
                    handle(packet);
                }
            }
        }
    }

    private void handle(Packet packet) {
        int slot = packet.slot();
        if (packet.status() != 0) {
            throw new AssertionError("status " + Integer.toHexString(packet.status()));
        }
        if (!accepted.get(slot)) {
            accepted.set(slot);
            Program.check(program.updateAccepted(sockets[slot], listener));
        } else if (!sending.get(slot)) {
            if (packet.bytes() == 0) {
                Program.check(program.shutdown(sockets[slot]));
                Program.check(program.closeSocket(sockets[slot]));
                if (++over == clients) {
                    Program.check(program.post(STOP_KEY, 0));
                }
                return;
            }
            sending.set(slot);
            int _ = program.send(slot, sockets[slot], packet.bytes());
            return;
        }
        sending.clear(slot);
        int _ = program.receive(slot, sockets[slot], RECEIVE_BYTES);
    }
}
