/// A kernel of Windows for tests, stricter than Windows, that runs on any system and repeats a run by its seed.
///
/// A [io.github.iocp4j.simulation.SimulatedTestKernel] runs one test. Everything that the library takes from the
/// machine comes
/// from its [io.github.iocp4j.simulation.SimulatedHost]: threads, of which exactly one runs at a time, time,
/// native memory, and the Win32 calls. At each of these, and at each wait, the seed decides who goes on; after a
/// call has had its effect and before it returns, too, so that a packet is handled by another thread while its
/// submitter still sits in WSARecv.
///
/// The run fails, naming its seed and what happened last, when
/// * **memory** of an operation in flight is changed, reused or closed before its packet was dequeued: the
///   OVERLAPPED, a receive buffer, a send buffer; or when a call is given memory that no living arena has. Closed
///   memory is poisoned, never unmapped. A receive buffer is filled with a pattern while the kernel has it, an
///   accept buffer too;
/// * **a packet is lost**: a port is closed with packets of operations in it, or while operations that report to
///   it are in flight;
/// * **a call is wrong in that state**: on a closed handle, on a socket that no port has, with an accept socket
///   that was bound or used, on a socket whose connect failed, with an OVERLAPPED that is in flight; a
///   non-blocking receive beside a pending one or on a blocking socket; closesocket over pending operations that
///   nobody cancelled; skip-on-success where a provider forbids it;
/// * nobody can go on, or the run has no end; a thread throws;
/// * something is left over at the end: a handle, an operation, an arena, a WSAStartup.
///
/// A machine may be short of memory ([io.github.iocp4j.simulation.MemoryLimits]): overlapped calls lock pages, and
/// are refused when there is none left.
///
/// Codes are those of Windows where Wine hides a mistake: 10057 before SO_UPDATE_ACCEPT_CONTEXT, 10022 for
/// ConnectEx of an unbound socket, 735 for who waits at a port that is closed, 1168 from CancelIoEx that finds
/// nothing, 10054 each time after a reset.
@NullMarked
package io.github.iocp4j.simulation;

import org.jspecify.annotations.NullMarked;
