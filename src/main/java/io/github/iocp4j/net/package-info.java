/// Overlapped Winsock on a completion port: [io.github.iocp4j.net.TcpListener] (AcceptEx) and
/// [io.github.iocp4j.net.TcpChannel] (ConnectEx, WSARecv, WSASend).
///
/// This package stands on its own: it knows ports and operations, and nothing of framing, endpoints or threads.
/// Submissions are made from any thread. Each Win32 call on a socket runs inside the socket's gate, so that a
/// handle value that Windows has given to somebody else never gets a call of ours; the last one out of a closed
/// gate cancels what is pending and closes the socket.
///
/// A submission tells its outcome by a Win32 code: `0` is done at once, [io.github.iocp4j.net.TcpChannel#PENDING]
/// means that a packet will come and that the operation and its memory belong to Windows until then, and anything
/// else is a refusal, after which no packet comes. [io.github.iocp4j.net.TcpChannel#outcome] gives the same codes
/// for a packet that has come, so that the two ways can meet in one method.
@NullMarked
package io.github.iocp4j.net;

import org.jspecify.annotations.NullMarked;
