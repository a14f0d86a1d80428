package io.github.iocp4j.net;

import io.github.iocp4j.error.NtStatus;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.port.Operation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/// A TCP socket with overlapped calls on a completion port.
///
/// Any thread may submit and close. A submission returns `0` when it is done at once (then
/// [Operation#bytesTransferred] holds), [#PENDING] when a packet will come (then the operation and the memory
/// belong to Windows, and the caller touches nothing of them any more), else the Winsock code of the refusal
/// (no packet comes). [#outcome] gives the code of a packet that has come.
///
/// The order of submissions is the order of bytes; who submits from several threads orders them itself.
public final class TcpChannel implements AutoCloseable {
    /// A packet will come.
    public static final int PENDING = Win32.WSA_IO_PENDING;

    /// What a call on a closed channel gives, and an operation that closing cancelled.
    public static final int ABORTED = Win32.ERROR_OPERATION_ABORTED;

    /// The peer has reset the connection.
    public static final int RESET = Win32.WSAECONNRESET;

    /// Nothing to receive now.
    public static final int WOULD_BLOCK = Win32.WSAEWOULDBLOCK;

    private final TcpTransport transport;
    private final Host host;
    private final SocketGate gate;
    private boolean skipOnSuccess;

    TcpChannel(TcpTransport transport, long socket) {
        this.transport = transport;
        host = transport.host();
        gate = new SocketGate(host, socket);
    }

    /// Associates the channel with its transport's port: once, before the first submission.
    ///
    /// @param key comes with each packet of the channel
    /// @throws IOException when the channel is closed, or Windows refuses
    public void associate(long key) throws IOException {
        enterOrThrow("CreateIoCompletionPort");
        try {
            transport.port().associate(gate.socket(), key);
            skipOnSuccess = setCompletionModes();
        } finally {
            gate.exit();
        }
    }

    /// Connects by ConnectEx, from a local address of Windows' choice. After a packet that says success,
    /// [#finishConnect] is called before anything else; after a failure the channel is of no use but to be
    /// closed.
    public int connect(Operation operation, InetSocketAddress remote) {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        try {
            int bound = bind(call, SocketAddresses.any(SocketAddresses.family(remote)));
            if (bound < 0) {
                return -bound;
            }
            int length = SocketAddresses.write(remote, call.address());
            long overlapped = operation.begin();
            int result = transport
                    .extensions()
                    .ConnectEx(call, gate.socket(), call.address().address(), length, overlapped);
            return submitted(operation, result);
        } finally {
            host.calls().release(call);
            gate.exit();
        }
    }

    /// Makes a connected socket a full one (SO_UPDATE_CONNECT_CONTEXT).
    ///
    /// @return 0 or the Winsock code
    public int finishConnect() {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        int result = setOption(call, Win32.SOL_SOCKET, Win32.SO_UPDATE_CONNECT_CONTEXT, 0);
        host.calls().release(call);
        gate.exit();
        return -result;
    }

    /// Receives up to `length` bytes, at least one, into the memory at `address`; 0 bytes are the end of the
    /// stream.
    public int receive(Operation operation, long address, int length) {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        call.setBuffer(0, address, length);
        long overlapped = operation.begin();
        int result = host.winsock().WSARecv(call, gate.socket(), 1, overlapped);
        host.calls().release(call);
        int code = submitted(operation, result);
        gate.exit();
        return code;
    }

    /// Waits until there is something to receive, without a buffer (the article's zero-byte read, section
    /// 3.6.1): no memory is locked while the connection is idle. Success says that [#receiveNow] will give
    /// bytes, the end of the stream, or an error.
    public int receiveReady(Operation operation) {
        // No byte is written there; but an address that is one is what every provider takes.
        return receive(operation, operation.address(), 0);
    }

    /// Receives what is there now, without waiting and without an operation. Only after [#setNonBlocking], and
    /// never while a [#receive] is in flight, which it would overtake.
    ///
    /// @return the number of bytes, 0 at the end of the stream, or the negated Winsock code: `-`[#WOULD_BLOCK]
    /// when there is nothing
    public int receiveNow(long address, int length) {
        if (!gate.enter()) {
            return -ABORTED;
        }
        Call call = host.calls().acquire();
        call.setBuffer(0, address, length);
        int result = host.winsock().WSARecv(call, gate.socket(), 1, 0);
        host.calls().release(call);
        gate.exit();
        return result;
    }

    /// Sends `length` bytes at `address`.
    public int send(Operation operation, long address, int length) {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        call.setBuffer(0, address, length);
        int code = send(call, operation, 1);
        gate.exit();
        return code;
    }

    /// Sends the bytes of all pieces of `vector`, in one call. The vector may be used again when this returns;
    /// the memory may not.
    public int send(Operation operation, BufferVector vector) {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        vector.copyTo(call);
        int code = send(call, operation, vector.count());
        gate.exit();
        return code;
    }

    /// Sends `length` bytes of a file, from `offset` on, straight from the system's file cache. Nothing else may
    /// be sent until it is home. A file that has become shorter ends it early: as a success with fewer bytes, or
    /// as a failure. The handle stays open until it is home.
    ///
    /// Client editions of Windows run two of these at a time, system-wide, and let others wait.
    ///
    /// Source: TransmitFile with TF_USE_KERNEL_APC; the article's section 5.1.
    ///
    /// @param file the HANDLE of a file that is open for reading
    /// @param length 1 to 2,147,483,646
    public int transmit(Operation operation, long file, long offset, int length) {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        long overlapped = operation.begin(offset);
        int result = transport
                .extensions()
                .TransmitFile(call, gate.socket(), file, length, overlapped, Win32.TF_USE_KERNEL_APC);
        host.calls().release(call);
        int code = submitted(operation, result);
        gate.exit();
        return code;
    }

    /// The Winsock code of an operation of this channel whose packet has come: 0, or why it failed. A
    /// connection that was cut is [#RESET], unless this side closed it, which is [#ABORTED]; neither is ever an
    /// end of the stream.
    public int outcome(Operation operation) {
        int status = operation.status();
        if (status == 0) {
            return 0;
        }
        int code = NtStatus.toWinsockError(status);
        return gate.isClosing() && isCut(code) ? ABORTED : code;
    }

    /// Sends the end of the stream once everything submitted is sent; receiving goes on.
    ///
    /// @return 0 or the Winsock code
    public int shutdownOutput() {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        int result = host.winsock().shutdown(call, gate.socket(), Win32.SD_SEND);
        host.calls().release(call);
        gate.exit();
        return -result;
    }

    /// Cancels what is pending. Every operation still gets its packet: one that says [#ABORTED], or success,
    /// with data to keep, when it was done before. What is true of a channel afterwards is said at
    /// [#cancel(Operation)].
    public void cancel() {
        cancel(0);
    }

    /// Cancels one operation of this channel. Its packet still comes: one that says [#ABORTED], or success,
    /// with data to keep, when it was done before. This returns at once; until the packet has come the
    /// operation and its memory belong to Windows as before.
    ///
    /// A channel whose receive was cancelled is as good as ever: what arrives is there for the next one. A send
    /// that was cancelled in flight may have sent any part of its bytes, and nobody knows which: the channel is
    /// of use only to be closed.
    ///
    /// For the owner of the operation, on any thread, once its submission has returned: a cancel that comes
    /// before finds nothing, and the operation goes on. Nor does it find one that is home already, because no
    /// call on this socket has its OVERLAPPED then: that does no harm. So the owner only has to know that no
    /// other thread of its own takes the operation home and submits it anew on this channel meanwhile: the new
    /// submission would be the one to be cancelled.
    ///
    /// Source: CancelIoEx; ERROR_NOT_FOUND from it is no error.
    public void cancel(Operation operation) {
        cancel(operation.address());
    }

    /// Sets the options of a new connection, after [#finishConnect], or as soon as it has been accepted: Windows
    /// forgets what was set before. What the system lacks is skipped. A connection that has been cut meanwhile is
    /// no error here; its next receive says so.
    ///
    /// @throws WinsockException when the channel is closed, or Windows has the option but refuses it
    public void apply(TcpOptions options) throws WinsockException {
        enterOrThrow("setsockopt");
        try {
            transport.socketOptions().apply(gate.socket(), options);
        } finally {
            gate.exit();
        }
    }

    /// Lets [#receiveNow] return when there is nothing to receive (FIONBIO). Overlapped calls wait as before.
    ///
    /// @return 0 or the Winsock code
    public int setNonBlocking() {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        int result = host.winsock().ioctlsocket(call, gate.socket(), Win32.FIONBIO, 1);
        host.calls().release(call);
        gate.exit();
        return -result;
    }

    /// The local address.
    ///
    /// @throws IOException when the channel is closed or not bound yet
    public InetSocketAddress localAddress() throws IOException {
        enterOrThrow("getsockname");
        Call call = host.calls().acquire();
        try {
            MemorySegment name = call.address();
            int result = host.winsock().getsockname(call, gate.socket(), name.address(), (int) name.byteSize());
            TcpTransport.check("getsockname", result);
            return SocketAddresses.read(name);
        } finally {
            host.calls().release(call);
            gate.exit();
        }
    }

    /// Whether [#close] or [#abort] has been called.
    public boolean isClosed() {
        return gate.isClosing();
    }

    /// Cancels what is pending and closes the socket, now or when the last call that is being made has
    /// returned. Operations in flight still get their packets. Data not yet received makes Windows send a
    /// reset: a friendly end is sends done, [#shutdownOutput], received until the end of the stream, close.
    @Override
    public void close() {
        gate.close(false);
    }

    /// Closes the socket like [#close], with a reset for the peer (linger 1, 0).
    public void abort() {
        gate.close(true);
    }

    /// Copies the listener's settings to an accepted socket (SO_UPDATE_ACCEPT_CONTEXT).
    int finishAccept(long listener) {
        if (!gate.enter()) {
            return ABORTED;
        }
        Call call = host.calls().acquire();
        call.address().set(ValueLayout.JAVA_LONG, 0, listener);
        int result = setOption(call, Win32.SOL_SOCKET, Win32.SO_UPDATE_ACCEPT_CONTEXT, 8);
        host.calls().release(call);
        gate.exit();
        return -result;
    }

    /// For how long a socket that was given to AcceptEx has been connected (SO_CONNECT_TIME).
    ///
    /// @return whole seconds, or -1 when it is not, or can't be told
    int connectedSeconds() {
        if (!gate.enter()) {
            return -1;
        }
        Call call = host.calls().acquire();
        MemorySegment value = call.address();
        int result = host.winsock()
                .getsockopt(
                        call, gate.socket(), Win32.SOL_SOCKET, Win32.SO_CONNECT_TIME, value.address(), Integer.BYTES);
        int seconds = result < 0 ? -1 : value.get(ValueLayout.JAVA_INT, 0);
        host.calls().release(call);
        gate.exit();
        return seconds;
    }

    /// The handle, for the listener that has just made it.
    long socket() {
        return gate.socket();
    }

    /// @param overlapped which operation, or 0 for all
    private void cancel(long overlapped) {
        if (!gate.enter()) {
            return;
        }
        Call call = host.calls().acquire();
        // ERROR_NOT_FOUND says that everything is done already: the packets are on their way.
        host.kernel32().CancelIoEx(call, gate.socket(), overlapped);
        host.calls().release(call);
        gate.exit();
    }

    private int send(Call call, Operation operation, int buffers) {
        long overlapped = operation.begin();
        int result = host.winsock().WSASend(call, gate.socket(), buffers, overlapped);
        host.calls().release(call);
        return submitted(operation, result);
    }

    /// What a submission has come to. With "pending" nothing of the operation is touched: its packet may have
    /// been handled already.
    private int submitted(Operation operation, int result) {
        if (result == -Win32.WSA_IO_PENDING || (result >= 0 && !skipOnSuccess)) {
            return PENDING;
        }
        operation.end();
        return result >= 0 ? 0 : -result;
    }

    private boolean setCompletionModes() {
        int modes = Win32.FILE_SKIP_SET_EVENT_ON_HANDLE;
        if (transport.skipsOnSuccess()) {
            modes |= Win32.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
        }
        Call call = host.calls().acquire();
        int result = host.kernel32().SetFileCompletionNotificationModes(call, gate.socket(), modes);
        host.calls().release(call);
        return result >= 0 && transport.skipsOnSuccess();
    }

    private int bind(Call call, InetSocketAddress local) {
        int length = SocketAddresses.write(local, call.address());
        return host.winsock().bind(call, gate.socket(), call.address().address(), length);
    }

    private int setOption(Call call, int level, int option, int length) {
        long value = length == 0 ? 0 : call.address().address();
        return host.winsock().setsockopt(call, gate.socket(), level, option, value, length);
    }

    private void enterOrThrow(String name) throws WinsockException {
        if (!gate.enter()) {
            throw new WinsockException(name, ABORTED);
        }
    }

    private static boolean isCut(int code) {
        return code == Win32.WSAECONNRESET || code == Win32.WSAECONNABORTED || code == Win32.WSAENOTSOCK;
    }
}
