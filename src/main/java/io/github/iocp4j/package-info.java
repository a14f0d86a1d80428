/// A client/server endpoint on Windows I/O completion ports: framed messages over TCP, for very many connections.
///
/// ```java
/// var options = EndpointOptions.server(9000).ioWorkers(2).build();
/// var echo = new EndpointHandler() {
///     @Override public void frameReceived(Connection connection, Frame frame) {
///         connection.send(frame);
///     }
/// };
/// try (var server = IocpEndpoint.start(options, echo)) {
///     Runtime.getRuntime().addShutdownHook(new Thread(server::close));
///     server.awaitClosed();
/// }
/// ```
///
/// # What always holds
///
/// 1. **Slot.** An operation owns its OVERLAPPED and a reference to its buffer from its submission until its
/// packet has been taken, or the call was done at once or refused. Neither is freed or used again before.
/// 2. **Submit race.** A packet may be handled by another worker before the call that began the operation has
/// returned. Everything is written before the call; after "pending" the caller touches nothing of the operation.
/// 3. **Pending-I/O count.** Each loop that will come back through the port holds one, so does the open socket,
/// whoever runs callbacks or holds the turn, and each alarm of the timer. At zero, and only then, a connection's
/// context is released; it never rises from zero. A thread that is no I/O worker never gives the last one back:
/// it passes to the wake-up packet.
/// 4. **Identity.** A connection's id holds a generation: a stale one finds nothing. Each Win32 call on a socket
/// runs inside a gate, and the last one out of a closed gate closes the socket: a recycled handle never gets a
/// call of ours.
/// 5. **Order of reads.** Frames reach the handler in stream order, one at a time. Reads are numbered under one
/// claim; whoever completes parks the buffer by its number; whoever holds the turn takes them in order.
/// 6. **Order of sends.** Of two sends of which one returned before the other began, the first goes first; frames
/// never mix.
/// 7. **Outcomes.** A refused submission takes the same way as a failed completion. A reset is never an end of
/// stream. What arrived in order before the end is delivered before `disconnected`.
/// 8. **Shortage.** A call that Windows refuses for want of memory costs no connection: the timer tries it again,
/// 10 ms later, doubling to 1 s. Reads that wait give way to a zero-byte one, large sends are cut. A send that
/// completes with it ends its connection.
/// 9. **Shared budgets** never stop everybody: no send queue has more than is left for all others, and when one
/// is spent the connection that holds it up most is closed, with its own reason.
/// 10. **Close.** Graceful: what was sent goes out, then the end of stream, and input is thrown away until the
///     peer ends too. Abortive: linger {1, 0}. The endpoint's close has a bound; memory that Windows still owns
///     past it is kept and reported, never freed.
/// 11. **Callbacks** run on I/O workers only, never two of a connection at once, never inside a call that the
///     user made, never under a lock. `processJob` is the exception: it runs on job threads, beside the others.
/// 12. **Everything has a size from the start.** Full means back-pressure or a clear refusal, never an
///     OutOfMemoryError.
/// 13. **Nothing is allocated** on the Java heap per operation, once warm.
/// 14. **Files.** From the offer of a file to its end no other frame of that side goes out but answers of the
///     handshake, and between the first byte of the file and its last nothing at all. TransmitFile is called when
///     nothing else of the connection is in flight, for one part, and nothing is sent until that is home. What blocks
///     is done by file workers, one thing at a time for each file, and nothing of it is received meanwhile. A file
///     is closed before its end is told, and its end is told before `disconnected`.
///
/// # The way of the data
///
/// `Windows -> CompletionPort.dequeue -> Operation -> TcpChannel (status to code) -> Receiver (count, order) ->
/// ConnectionStage -> FrameDelivery -> EndpointHandler`, and `EndpointHandler -> Connection.send -> SendQueue ->
/// Sender -> TcpChannel -> WSASend -> Windows`. Where frames begin and end, and what is put in front of one that
/// is sent, is for the [io.github.iocp4j.frame.Framing] to say that the endpoint was given.
///
/// A [io.github.iocp4j.Connection] is what the user holds; what is dear is its pooled context, which joins the
/// parts: the pending-I/O count, the wake-up packet (requests of other threads), the receiver of its read mode,
/// the send queue and the sender, and the stage, which is the life as the holder of the turn sees it. Three claims,
/// on the turn, the reads and the sends, are tried and left, never waited for, so that a slow callback holds up
/// neither reads nor sends.
@NullMarked
package io.github.iocp4j;

import org.jspecify.annotations.NullMarked;
