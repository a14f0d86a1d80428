package io.github.iocp4j.internal.win32;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.bindings.LINGER;
import io.github.iocp4j.internal.bindings.OVERLAPPED;
import io.github.iocp4j.internal.bindings.OVERLAPPED_ENTRY;
import io.github.iocp4j.internal.bindings.SOCKADDR_IN;
import io.github.iocp4j.internal.bindings.WSAPROTOCOL_INFOW;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkedWinsockWindowsTest {
    private static final int SOCKADDR_BYTES = 16;

    /// 127.0.0.1 in network order.
    private static final int LOOPBACK = 0x0100_007f;

    private static final int ACCEPT_BYTES = SOCKADDR_BYTES + 16;

    private final Kernel32 kernel32 = new LinkedKernel32();
    private final Winsock winsock = new LinkedWinsock();
    private final Call call = new Call(Arena.global());
    private final MemorySegment entry = OVERLAPPED_ENTRY.allocate(Arena.global());
    private final List<Long> sockets = new ArrayList<>();
    private long port;

    @BeforeEach
    void start() {
        assertEquals(0, winsock.WSAStartup(call));
        port = kernel32.CreateIoCompletionPort(call, Win32.INVALID_HANDLE_VALUE, 0, 0, 1);
        assertTrue(port > 0);
    }

    @AfterEach
    void stop() {
        for (long socket : sockets) {
            kernel32.CancelIoEx(call, socket, 0);
            winsock.closesocket(call, socket);
        }
        kernel32.CloseHandle(call, port);
        assertEquals(0, winsock.WSACleanup(call));
    }

    @Test
    void bindsToAFreePortAndTellsWhich() {
        long listener = listener();
        assertNotEquals(0, portOf(listener));
    }

    @Test
    void echoesOverAcceptExAndConnectEx() {
        Pair pair = connect();
        MemorySegment text = Arena.global().allocateFrom("completion", StandardCharsets.US_ASCII);
        MemorySegment received = Arena.global().allocate(64);

        // Two pieces out, one in.
        call.setBuffer(0, text.address(), 4);
        call.setBuffer(1, text.address() + 4, 6);
        MemorySegment sending = overlapped();
        assertStarted(winsock.WSASend(call, pair.client(), 2, sending.address()));
        assertCompleted(sending, 10);

        MemorySegment receiving = overlapped();
        call.setBuffer(0, received.address(), 64);
        assertStarted(winsock.WSARecv(call, pair.server(), 1, receiving.address()));
        assertCompleted(receiving, 10);
        assertEquals(-1, text.asSlice(0, 10).mismatch(received.asSlice(0, 10)));
    }

    @Test
    void zeroByteReceiveCompletesWhenDataIsThere() {
        Pair pair = connect();
        MemorySegment waiting = overlapped();
        call.setBuffer(0, 0, 0);
        assertEquals(-Win32.WSA_IO_PENDING, winsock.WSARecv(call, pair.server(), 1, waiting.address()));
        sendNow(pair.client(), 3);
        assertCompleted(waiting, 0);
    }

    @Test
    void nonBlockingReceiveNeverWaits() throws InterruptedException {
        Pair pair = connect();
        assertEquals(0, winsock.ioctlsocket(call, pair.server(), Win32.FIONBIO, 1));
        MemorySegment data = Arena.global().allocate(64);
        call.setBuffer(0, data.address(), 64);
        assertEquals(-Win32.WSAEWOULDBLOCK, winsock.WSARecv(call, pair.server(), 1, 0));

        sendNow(pair.client(), 7);
        assertEquals(7, receiveNow(pair.server(), data));

        assertEquals(0, winsock.shutdown(call, pair.client(), Win32.SD_SEND));
        assertEquals(0, receiveNow(pair.server(), data), "the end of the stream");
    }

    @Test
    void cancelledReceiveGetsItsPacket() {
        Pair pair = connect();
        MemorySegment receiving = overlapped();
        MemorySegment data = Arena.global().allocate(64);
        call.setBuffer(0, data.address(), 64);
        assertEquals(-Win32.WSA_IO_PENDING, winsock.WSARecv(call, pair.server(), 1, receiving.address()));
        assertEquals(0, kernel32.CancelIoEx(call, pair.server(), receiving.address()));

        assertEquals(1, kernel32.GetQueuedCompletionStatus(call, port, entry.address(), 5000), "a failed one is taken");
        assertEquals(receiving.address(), OVERLAPPED_ENTRY.lpOverlapped(entry));
        assertEquals(0xc0000120, (int) OVERLAPPED.Internal(receiving));
        assertEquals(-Win32.ERROR_NOT_FOUND, kernel32.CancelIoEx(call, pair.server(), receiving.address()));
    }

    @Test
    void acceptTellsBothAddresses() {
        Pair pair = connect();
        assertEquals(portOf(pair.client()), pair.remotePort());
        assertEquals(portOf(pair.server()), pair.localPort());
    }

    @Test
    void refusedConnectIsAFailedPacketOrARefusedCall() {
        long listener = listener();
        MemorySegment address = nameOf(listener);
        winsock.closesocket(call, listener);
        long client = boundSocket();
        MemorySegment connecting = overlapped();
        int result = winsock.extensions(call, client)
                .ConnectEx(call, client, address.address(), SOCKADDR_BYTES, connecting.address());
        assertStarted(result);
        assertEquals(1, kernel32.GetQueuedCompletionStatus(call, port, entry.address(), 20_000));
        assertEquals(0xc0000236, (int) OVERLAPPED.Internal(connecting));
    }

    @Test
    void optionsAreSetAndGot() {
        long socket = socket();
        MemorySegment value = call.address();
        value.set(ValueLayout.JAVA_INT, 0, 1);
        assertEquals(0, winsock.setsockopt(call, socket, Win32.IPPROTO_TCP, Win32.TCP_NODELAY, value.address(), 4));
        value.set(ValueLayout.JAVA_INT, 0, 0);
        int length = winsock.getsockopt(call, socket, Win32.IPPROTO_TCP, Win32.TCP_NODELAY, value.address(), 4);
        assertTrue(length == 4 || length == 1, () -> "length " + length);
        assertEquals(1, value.get(ValueLayout.JAVA_BYTE, 0));

        LINGER.l_onoff(value, (short) 1);
        LINGER.l_linger(value, (short) 7);
        assertEquals(0, winsock.setsockopt(call, socket, Win32.SOL_SOCKET, Win32.SO_LINGER, value.address(), 4));
        value.set(ValueLayout.JAVA_INT, 0, 0);
        assertEquals(4, winsock.getsockopt(call, socket, Win32.SOL_SOCKET, Win32.SO_LINGER, value.address(), 4));
        assertEquals(7, LINGER.l_linger(value));
    }

    @Test
    void listsTheProtocols() {
        assertEquals(-Win32.WSAENOBUFS, winsock.WSAEnumProtocolsW(call, 0, 0));
        int capacity = 64 * 1024;
        MemorySegment protocols = Arena.global().allocate(capacity, 8);
        int count = winsock.WSAEnumProtocolsW(call, protocols.address(), capacity);
        assertTrue(count > 0, () -> "WSAEnumProtocolsW: " + count);
        boolean tcp = false;
        for (int i = 0; i < count; i++) {
            MemorySegment protocol = WSAPROTOCOL_INFOW.asSlice(protocols, i);
            tcp |= WSAPROTOCOL_INFOW.iAddressFamily(protocol) == Win32.AF_INET
                    && WSAPROTOCOL_INFOW.iProtocol(protocol) == Win32.IPPROTO_TCP
                    && (WSAPROTOCOL_INFOW.dwServiceFlags1(protocol) & Win32.XP1_IFS_HANDLES) != 0;
        }
        assertTrue(tcp, "TCP over IPv4 has handles that a port takes");
    }

    @Test
    void everyCallGivesItsOwnCode() {
        long bad = 0x7ffffff0;
        MemorySegment address = SOCKADDR_IN.allocate(Arena.global());
        SOCKADDR_IN.sin_family(address, (short) Win32.AF_INET);
        call.setBuffer(0, address.address(), 4);
        int[] codes = {
            winsock.closesocket(call, bad),
            winsock.bind(call, bad, address.address(), SOCKADDR_BYTES),
            winsock.listen(call, bad, 1),
            winsock.getsockname(call, bad, address.address(), SOCKADDR_BYTES),
            winsock.setsockopt(call, bad, Win32.SOL_SOCKET, Win32.SO_KEEPALIVE, address.address(), 4),
            winsock.getsockopt(call, bad, Win32.SOL_SOCKET, Win32.SO_KEEPALIVE, address.address(), 4),
            winsock.ioctlsocket(call, bad, Win32.FIONBIO, 1),
            winsock.shutdown(call, bad, Win32.SD_SEND),
            winsock.WSAIoctl(call, bad, Win32.SIO_KEEPALIVE_VALS, address.address(), 12),
            winsock.WSARecv(call, bad, 1, 0),
            winsock.WSASend(call, bad, 1, 0),
        };
        for (int i = 0; i < codes.length; i++) {
            assertEquals(-Win32.WSAENOTSOCK, codes[i], "call " + i);
        }
        assertTrue(winsock.WSASocketW(call, 999, 1, 6, 0) < 0);
    }

    @Test
    void namesTheExtensionThatIsMissing() {
        var error = assertThrows(UnsatisfiedLinkError.class, () -> winsock.extensions(call, 0x7ffffff0));
        assertEquals("The socket's provider has no AcceptEx: WSAIoctl: 10038", error.getMessage());
    }

    @Test
    void acceptExWithDataWaitsForItAndTellsHowLongThePeerIsConnected() throws Exception {
        int room = 100;
        long listener = listener();
        long server = socket();
        WinsockExtensions extensions = winsock.extensions(call, listener);
        MemorySegment output = Arena.global().allocate(room + 2L * ACCEPT_BYTES, 8);
        MemorySegment accepting = overlapped();
        assertStarted(extensions.AcceptEx(
                call, listener, server, output.address(), room, ACCEPT_BYTES, ACCEPT_BYTES, accepting.address()));
        assertEquals(-1, connectedSeconds(server));
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), portOf(listener))) {
            while (connectedSeconds(server) < 1) {
                Thread.sleep(50);
            }
            peer.getOutputStream().write(new byte[] {7, 8, 9});
            assertCompleted(accepting, 3);
            assertEquals(8, output.get(ValueLayout.JAVA_BYTE, 1));
            update(server, Win32.SO_UPDATE_ACCEPT_CONTEXT, listener, 8);
            extensions.GetAcceptExSockaddrs(call, output.address(), room, ACCEPT_BYTES, ACCEPT_BYTES);
            assertEquals(peer.getLocalPort(), portAt(output, call.remoteAddress()));
        }
    }

    private int connectedSeconds(long socket) {
        MemorySegment value = call.address();
        assertEquals(4, winsock.getsockopt(call, socket, Win32.SOL_SOCKET, Win32.SO_CONNECT_TIME, value.address(), 4));
        return value.get(ValueLayout.JAVA_INT, 0);
    }

    private long socket() {
        long socket = winsock.WSASocketW(
                call,
                Win32.AF_INET,
                Win32.SOCK_STREAM,
                Win32.IPPROTO_TCP,
                Win32.WSA_FLAG_OVERLAPPED | Win32.WSA_FLAG_NO_HANDLE_INHERIT);
        assertTrue(socket > 0, () -> "WSASocketW: " + socket);
        sockets.add(socket);
        assertEquals(port, kernel32.CreateIoCompletionPort(call, socket, port, socket, 0));
        return socket;
    }

    /// A socket bound to any port of 127.0.0.1.
    private long boundSocket() {
        long socket = socket();
        MemorySegment address = SOCKADDR_IN.allocate(Arena.global());
        SOCKADDR_IN.sin_family(address, (short) Win32.AF_INET);
        SOCKADDR_IN.sin_addr(address, LOOPBACK);
        assertEquals(0, winsock.bind(call, socket, address.address(), SOCKADDR_BYTES));
        return socket;
    }

    private long listener() {
        long socket = boundSocket();
        assertEquals(0, winsock.listen(call, socket, 5));
        return socket;
    }

    private MemorySegment nameOf(long socket) {
        MemorySegment address = SOCKADDR_IN.allocate(Arena.global());
        assertEquals(SOCKADDR_BYTES, winsock.getsockname(call, socket, address.address(), SOCKADDR_BYTES));
        return address;
    }

    private int portOf(long socket) {
        return Short.toUnsignedInt(Short.reverseBytes(SOCKADDR_IN.sin_port(nameOf(socket))));
    }

    private static MemorySegment overlapped() {
        return OVERLAPPED.allocate(Arena.global());
    }

    private Pair connect() {
        long listener = listener();
        long server = socket();
        long client = boundSocket();
        WinsockExtensions extensions = winsock.extensions(call, listener);
        MemorySegment addresses = Arena.global().allocate(2 * ACCEPT_BYTES, 8);
        MemorySegment accepting = overlapped();
        MemorySegment connecting = overlapped();
        assertStarted(extensions.AcceptEx(
                call, listener, server, addresses.address(), 0, ACCEPT_BYTES, ACCEPT_BYTES, accepting.address()));
        MemorySegment name = nameOf(listener);
        assertStarted(extensions.ConnectEx(call, client, name.address(), SOCKADDR_BYTES, connecting.address()));
        for (int i = 0; i < 2; i++) {
            assertEquals(1, kernel32.GetQueuedCompletionStatusEx(call, port, entry.address(), 1, 5000));
        }
        assertEquals(0, OVERLAPPED.Internal(accepting));
        assertEquals(0, OVERLAPPED.Internal(connecting));
        update(server, Win32.SO_UPDATE_ACCEPT_CONTEXT, listener, 8);
        update(client, Win32.SO_UPDATE_CONNECT_CONTEXT, 0, 0);
        extensions.GetAcceptExSockaddrs(call, addresses.address(), 0, ACCEPT_BYTES, ACCEPT_BYTES);
        return new Pair(
                server, client, portAt(addresses, call.localAddress()), portAt(addresses, call.remoteAddress()));
    }

    private static int portAt(MemorySegment addresses, long address) {
        MemorySegment name = addresses.asSlice(address - addresses.address(), SOCKADDR_BYTES);
        return Short.toUnsignedInt(Short.reverseBytes(name.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2)));
    }

    private void update(long socket, int option, long value, int length) {
        call.address().set(ValueLayout.JAVA_LONG, 0, value);
        assertEquals(
                0,
                winsock.setsockopt(
                        call, socket, Win32.SOL_SOCKET, option, call.address().address(), length));
    }

    private void sendNow(long socket, int length) {
        call.setBuffer(0, Arena.global().allocate(length).address(), length);
        assertEquals(length, winsock.WSASend(call, socket, 1, 0));
    }

    private int receiveNow(long socket, MemorySegment data) throws InterruptedException {
        int result;
        do {
            Thread.sleep(1);
            call.setBuffer(0, data.address(), (int) data.byteSize());
            result = winsock.WSARecv(call, socket, 1, 0);
        } while (result == -Win32.WSAEWOULDBLOCK);
        return result;
    }

    private static void assertStarted(int result) {
        assertTrue(result == 0 || result == -Win32.WSA_IO_PENDING, () -> "refused: " + result);
    }

    private void assertCompleted(MemorySegment operation, int bytes) {
        assertEquals(1, kernel32.GetQueuedCompletionStatusEx(call, port, entry.address(), 1, 5000));
        assertEquals(operation.address(), OVERLAPPED_ENTRY.lpOverlapped(entry));
        assertEquals(0, OVERLAPPED.Internal(operation));
        assertEquals(bytes, OVERLAPPED_ENTRY.dwNumberOfBytesTransferred(entry));
    }

    private record Pair(long server, long client, int localPort, int remotePort) {}
}
