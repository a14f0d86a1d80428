package io.github.iocp4j;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What the user of an endpoint does with its connections: the article's virtual functions (section 4.1.1).
///
/// The callbacks of one connection come in this order, never two at once: [#connectionAllocated], [#connected],
/// any number of [#frameReceived], [#writable], [#idle] and at most one [#inputEnded], then [#disconnected] and
/// [#connectionReleased]. Those of different connections run at once. All run on I/O workers, under no lock,
/// and never inside a call that the user made. They should not block: the connections whose packets wait behind
/// them in the worker's batch would wait as well. An exception closes the connection with
/// [CloseReason.Kind#HANDLER_FAILED] and stops nothing else.
public interface EndpointHandler {
    /// A connection has got its memory, and is about to be [#connected]: the moment to attach state to it.
    /// Nothing can be sent yet.
    default void connectionAllocated(Connection connection) {}

    /// The connection is made; reading begins when this has returned.
    default void connected(Connection connection) {}

    /// A frame has arrived. It is called only while the connection's send queue is at or below its high mark,
    /// so that a handler that answers each frame with one frame is not refused.
    ///
    /// @param frame valid until this returns; [Frame#retain] keeps it longer
    default void frameReceived(Connection connection, Frame frame) {}

    /// The send queue, which was above its high mark, is at or below it again.
    default void writable(Connection connection) {}

    /// The peer has ended its stream: no more frames will come, but it still receives. By default the
    /// connection is closed once everything sent so far is out.
    default void inputEnded(Connection connection) {
        connection.close();
    }

    /// Nothing has come or gone for [TimeLimits#idle]. By default the connection is closed; one that shall go
    /// on, perhaps with a sign of life, is told again when it stays idle.
    default void idle(Connection connection) {
        connection.close();
    }

    /// The connection has ended: nothing is sent or received any more.
    default void disconnected(Connection connection, CloseReason reason) {}

    /// The last operation of the connection is home and its memory is given back: the last callback about it.
    default void connectionReleased(Connection connection) {}

    /// A connect failed; there is and was no connection.
    ///
    /// @param address what [IocpEndpoint#connect] was asked for
    /// @param attachment what was given to [IocpEndpoint#connect]
    /// @param cause names the call and the code; WSAECONNREFUSED when nobody listens there, WSAETIMEDOUT when
    /// [TimeLimits#connect] is over, ERROR_OPERATION_ABORTED when the endpoint closes
    default void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {}

    /// The endpoint's completion port has failed. The endpoint closes by itself already; this is the moment to say
    /// so, or to have another one started, on another thread. Called once.
    ///
    /// When it has returned, each open connection is [#disconnected] with [CloseReason.Kind#ENDPOINT_CLOSED] and
    /// `cause`, and each connect under way has [#connectFailed] with `cause`. [#connectionReleased] is only called
    /// for connections of which no operation is with Windows: what can't come home any more is kept in memory, and
    /// reported. A peer that was just being accepted may hear nothing until the process ends.
    /// [IocpEndpoint#awaitClosed] throws `cause`.
    ///
    /// @param cause what the call that takes packets failed with: a
    /// [io.github.iocp4j.error.WindowsException]
    default void endpointFailed(IOException cause) {}
}
