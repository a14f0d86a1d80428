/// I/O completion ports by themselves: a port, its operations, the workers that handle their packets, and a timer.
///
/// Nothing here knows sockets, so that it serves any overlapped handle. An operation of one's own, posted by hand:
/// ```java
/// try (CompletionPort port = CompletionPort.open(0, 16)) {
///     IoWorkers workers = IoWorkers.start(port, 2, 16, "worker", failure -> failure.printStackTrace());
///     Operation operation = port.acquire((done, worker) -> {
///         System.out.println(done.bytesTransferred() + " on worker " + worker.index());
///         done.release();
///     }, null);
///     port.post(operation, 0, 42);
///     workers.stop(Duration.ofSeconds(4));
/// }
/// ```
/// and one for a Win32 call that the user makes himself, on a handle that he has opened with FILE_FLAG_OVERLAPPED
/// and associated by [io.github.iocp4j.port.CompletionPort#associate]:
/// ```java
/// long overlapped = operation.begin();
/// if (!ReadFile(handle, buffer, length, 0, overlapped) && GetLastError() != ERROR_IO_PENDING) {
///     operation.end();    // refused: no packet will come
/// }
/// ```
///
/// # Ownership
///
/// All OVERLAPPED structures of a port lie in one segment, so that the address in a packet gives its operation by
/// arithmetic. From [io.github.iocp4j.port.Operation#begin] until the packet has been taken, or
/// [io.github.iocp4j.port.Operation#end], the OVERLAPPED and the data belong to Windows. A batch of packets is
/// taken back as a whole before the first one is handled. A packet whose address is none of the port's, or whose
/// operation was not in flight, is counted and ignored. When a port is closed, memory that Windows still owns is
/// kept for ever and reported.
///
/// # Stopping
///
/// One packet ends all workers: a batch may take more than one packet, so each worker finishes its batch and
/// passes the packet on, and the last one does not. Closing the port does not reliably wake who waits at it; so
/// workers are stopped and joined first.
@NullMarked
package io.github.iocp4j.port;

import org.jspecify.annotations.NullMarked;
