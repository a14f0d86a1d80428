package io.github.iocp4j;

import io.github.iocp4j.job.Job;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What the user of an endpoint does with its connections: the article's virtual functions (section 4.1.1).
///
/// The callbacks of one connection come in this order, never two at once: [#connectionAllocated], [#connected],
/// any number of [#frameReceived], [#writable], [#idle], [#packetPosted] and those about files, and at most one
/// [#inputEnded], then [#disconnected] and [#connectionReleased]. Those of different connections run at once. All
/// run on I/O workers, under no lock, and never inside a call that the user made. They should not block: the
/// connections whose packets wait behind them in the worker's batch would wait as well. An exception closes the
/// connection with [CloseReason.Kind#HANDLER_FAILED] and stops nothing else.
///
/// [#processJob] is the exception: it runs on job threads, beside all others, and may block.
public interface EndpointHandler {
    /// A connection has got its memory, and is about to be [#connected]: the moment to attach state to it.
    /// Nothing can be sent yet.
    default void connectionAllocated(Connection connection) {}

    /// The connection is made; reading begins when this has returned.
    default void connected(Connection connection) {}

    /// A frame has arrived. It is called only while the connection's send queue is at or below its high mark, or,
    /// while a file that was offered holds the queue, at or below its limit; so a handler that answers each frame
    /// with one frame is not refused.
    ///
    /// @param frame valid until this returns; [Frame#retain] keeps it longer
    default void frameReceived(Connection connection, Frame frame) {}

    /// The send queue, which was above its high mark, is at or below it again.
    default void writable(Connection connection) {}

    /// The peer has ended its stream: no more frames will come, but it still receives. By default the
    /// connection is closed once no job of it waits or runs, and everything sent until then is out.
    default void inputEnded(Connection connection) {
        connection.closeAfterJobs();
    }

    /// Nothing has come or gone for [TimeLimits#idle]. By default the connection is closed; one that shall go
    /// on, perhaps with a sign of life, is told again when it stays idle.
    default void idle(Connection connection) {
        connection.close();
    }

    /// The peer offers a file, where [EndpointOptions#fileTransfer] is switched on: the article's file info. By
    /// default it is declined. It may be answered later, by any thread, within
    /// [io.github.iocp4j.transfer.TransferOptions#offerTimeout].
    ///
    /// @param offer its name is safe to use, in a folder of this side's choice
    default void fileOffered(Connection connection, FileOffer offer) {
        offer.decline();
    }

    /// More of a file has been sent, or written to the disk: [FileTransfer#transferredBytes] says how much.
    default void fileProgress(Connection connection, FileTransfer file) {}

    /// A file that this side has sent ([Connection#sendFile]) or accepted ([FileOffer#accept]) is over, whole or
    /// not: the article's `NotifyFileCompleted`. Once for each, before [#disconnected]; the file is closed by
    /// then.
    default void fileCompleted(Connection connection, FileTransfer file, TransferOutcome outcome) {}

    /// Does a job that [Connection#addJob] or [IocpEndpoint#addJob] has added, on a job thread, where it may take
    /// its time: the article's `ProcessJob`. It runs beside the callbacks of its connection, and beside other
    /// jobs of it when there are several job threads; with one, jobs run in the order in which they were added.
    ///
    /// [IocpEndpoint#find] with [Job#connectionId] gives the connection, or `null` when it is closed; `send` of
    /// one that was kept answers [SendResult#CLOSED] then. An exception closes the job's connection with
    /// [CloseReason.Kind#HANDLER_FAILED]; without an open one it is logged.
    ///
    /// By default data that is a [Runnable] is run, and all other is refused.
    ///
    /// @throws UnsupportedOperationException by default, when the data is no [Runnable]
    default void processJob(Job job) {
        if (!(job.data() instanceof Runnable task)) {
            throw new UnsupportedOperationException("a job whose data is no Runnable (it is a "
                    + job.data().getClass().getName() + ") needs an EndpointHandler.processJob");
        }
        task.run();
    }

    /// What [Connection#post] has taken comes back, in the order in which it was posted: the article's
    /// `IOPostedPackage`. Also while reading is paused, and, for what was taken before the connection ended, just
    /// before [#disconnected], where nothing can be sent any more: so whatever belongs to the packet can be given
    /// back here, and only here.
    default void packetPosted(Connection connection, Object packet) {}

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
