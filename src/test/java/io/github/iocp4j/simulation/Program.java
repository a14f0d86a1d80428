package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.internal.win32.Winsock;
import io.github.iocp4j.internal.win32.WinsockExtensions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/// A small program against the simulated calls, for the tests of the simulation: one port, sockets, and memory by
/// numbers.
final class Program implements AutoCloseable {
    static final int ADDRESS_BYTES = 32;
    static final int SOCKET_FLAGS = Win32.WSA_FLAG_OVERLAPPED | Win32.WSA_FLAG_NO_HANDLE_INHERIT;

    private static final int SLOTS = 64;
    private static final int SLOT_BYTES = 32;
    private static final int BUFFER_BYTES = 4096;
    private static final int ENTRIES = 16;

    final Host host;
    final Kernel32 kernel32;
    final Winsock winsock;
    final Arena arena;
    final MemorySegment slots;
    final MemorySegment data;
    final long port;

    Program(Host host) {
        this.host = host;
        kernel32 = host.kernel32();
        winsock = host.winsock();
        arena = host.newArena();
        slots = arena.allocate((long) SLOTS * SLOT_BYTES, 8);
        data = arena.allocate((long) SLOTS * BUFFER_BYTES, 8);
        check(winsock(winsock::WSAStartup));
        port = check(kernel(call -> kernel32.CreateIoCompletionPort(call, Win32.INVALID_HANDLE_VALUE, 0, 0, 0)));
    }

    long kernel(ToLongFunction<Call> effect) {
        Call call = host.calls().acquire();
        try {
            return effect.applyAsLong(call);
        } finally {
            host.calls().release(call);
        }
    }

    int winsock(ToIntFunction<Call> effect) {
        return (int) kernel(effect::applyAsInt);
    }

    static long check(long result) {
        if (result < 0) {
            throw new AssertionError("code " + -result);
        }
        return result;
    }

    /// A fresh socket that reports to the port by its handle as the key.
    long socket() {
        long socket = check(kernel(
                call -> winsock.WSASocketW(call, Win32.AF_INET, Win32.SOCK_STREAM, Win32.IPPROTO_TCP, SOCKET_FLAGS)));
        check(kernel(call -> kernel32.CreateIoCompletionPort(call, socket, port, socket, 0)));
        return socket;
    }

    int bind(long socket, int portNumber) {
        return winsock(call -> winsock.bind(
                call,
                socket,
                address(call, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), portNumber)),
                16));
    }

    long listener() {
        long listener = socket();
        check(bind(listener, 0));
        check(winsock(call -> winsock.listen(call, listener, 100)));
        return listener;
    }

    InetSocketAddress localAddress(long socket) {
        Call call = host.calls().acquire();
        try {
            check(winsock.getsockname(call, socket, call.address().address(), Call.ADDRESS_BYTES));
            int networkOrder = Short.toUnsignedInt(call.address().get(ValueLayout.JAVA_SHORT, 2));
            return new InetSocketAddress(
                    InetAddress.ofLiteral("127.0.0.1"), Short.toUnsignedInt(Short.reverseBytes((short) networkOrder)));
        } finally {
            host.calls().release(call);
        }
    }

    /// Submits an accept; its addresses go to the buffer of the slot.
    int accept(int slot, long listener, long socket) {
        return winsock(call -> extensions(call, listener)
                .AcceptEx(call, listener, socket, buffer(slot), 0, ADDRESS_BYTES, ADDRESS_BYTES, overlapped(slot)));
    }

    int updateAccepted(long socket, long listener) {
        return winsock(call -> {
            call.address().set(ValueLayout.JAVA_LONG, 0, listener);
            return winsock.setsockopt(
                    call,
                    socket,
                    Win32.SOL_SOCKET,
                    Win32.SO_UPDATE_ACCEPT_CONTEXT,
                    call.address().address(),
                    8);
        });
    }

    int connect(int slot, long socket, InetSocketAddress target) {
        return winsock(
                call -> extensions(call, socket).ConnectEx(call, socket, address(call, target), 16, overlapped(slot)));
    }

    /// Submits a receive of `length` bytes to the buffer of the slot; slot -1 means not overlapped, into the
    /// first.
    int receive(int slot, long socket, int length) {
        return winsock(call -> {
            call.setBuffer(0, buffer(Math.max(slot, 0)), length);
            return winsock.WSARecv(call, socket, 1, slot < 0 ? 0 : overlapped(slot));
        });
    }

    /// Submits a send of what is in the buffer of the slot.
    int send(int slot, long socket, int length) {
        return winsock(call -> {
            call.setBuffer(0, buffer(slot), length);
            return winsock.WSASend(call, socket, 1, overlapped(slot));
        });
    }

    int send(int slot, long socket, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, (long) slot * BUFFER_BYTES, bytes.length);
        return send(slot, socket, bytes.length);
    }

    String text(int slot, int length) {
        return new String(
                data.asSlice((long) slot * BUFFER_BYTES, length).toArray(ValueLayout.JAVA_BYTE),
                StandardCharsets.US_ASCII);
    }

    int option(long socket, int level, int option, int value) {
        return winsock(call -> {
            call.address().set(ValueLayout.JAVA_INT, 0, value);
            return winsock.setsockopt(
                    call, socket, level, option, call.address().address(), 4);
        });
    }

    int nonBlocking(long socket) {
        return winsock(call -> winsock.ioctlsocket(call, socket, Win32.FIONBIO, 1));
    }

    int shutdown(long socket) {
        return winsock(call -> winsock.shutdown(call, socket, Win32.SD_SEND));
    }

    int cancel(long socket, long overlapped) {
        return winsock(call -> kernel32.CancelIoEx(call, socket, overlapped));
    }

    int post(long key, long overlapped) {
        return winsock(call -> kernel32.PostQueuedCompletionStatus(call, port, 0, key, overlapped));
    }

    int closeSocket(long socket) {
        return winsock(call -> winsock.closesocket(call, socket));
    }

    int closePort() {
        return winsock(call -> kernel32.CloseHandle(call, port));
    }

    /// Takes the next packet.
    Packet take() {
        return take(Win32.INFINITE);
    }

    Packet take(int milliseconds) {
        try (Entries entries = new Entries(1)) {
            int count = entries.take(milliseconds);
            return count < 0 ? new Packet(count, 0, 0, 0) : entries.packet(0);
        }
    }

    long overlapped(int slot) {
        return slots.address() + (long) slot * SLOT_BYTES;
    }

    long buffer(int slot) {
        return data.address() + (long) slot * BUFFER_BYTES;
    }

    int status(int slot) {
        return (int) slots.get(ValueLayout.JAVA_LONG, (long) slot * SLOT_BYTES);
    }

    /// Closes the port, Winsock and the memory.
    @Override
    public void close() {
        check(closePort());
        check(winsock(winsock::WSACleanup));
        arena.close();
    }

    private WinsockExtensions extensions(Call call, long socket) {
        return winsock.extensions(call, socket);
    }

    private static long address(Call call, InetSocketAddress address) {
        byte[] bytes = new byte[16];
        SocketAddresses.write(bytes, 0, address, Win32.AF_INET);
        MemorySegment.copy(bytes, 0, call.address(), ValueLayout.JAVA_BYTE, 0, bytes.length);
        return call.address().address();
    }

    /// @param slot the slot of its OVERLAPPED, or the negated code when there was no packet
    record Packet(int slot, long key, int bytes, int status) {
        boolean isPosted() {
            return slot >= SLOTS;
        }
    }

    /// A worker's array of entries.
    final class Entries implements AutoCloseable {
        private final int capacity;
        private final Arena own = host.newArena();
        private final MemorySegment memory = own.allocate(32L * ENTRIES, 8);

        Entries(int capacity) {
            this.capacity = capacity;
        }

        int take(int milliseconds) {
            return winsock(
                    call -> kernel32.GetQueuedCompletionStatusEx(call, port, memory.address(), capacity, milliseconds));
        }

        Packet packet(int index) {
            long overlapped = memory.get(ValueLayout.JAVA_LONG, index * 32L + 8);
            long slot = (overlapped - slots.address()) / SLOT_BYTES;
            boolean ours = overlapped >= slots.address() && slot < SLOTS;
            return new Packet(
                    ours ? (int) slot : Integer.MAX_VALUE,
                    memory.get(ValueLayout.JAVA_LONG, index * 32L),
                    memory.get(ValueLayout.JAVA_INT, index * 32L + 24),
                    ours ? status((int) slot) : 0);
        }

        @Override
        public void close() {
            own.close();
        }
    }
}
