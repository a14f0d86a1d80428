package io.github.iocp4j.port;

/// The owner of operations: told when one is over.
@FunctionalInterface
public interface OperationHandler {
    /// The packet of `operation` has been taken from the port: the operation belongs to its owner again, and its
    /// [Operation#status] and [Operation#bytesTransferred] tell how it ended. Runs on an I/O worker; packets of
    /// different operations of one owner may be handled by several workers at once. It must not block: the other
    /// packets of the worker's batch wait behind it.
    ///
    /// @param worker the worker that calls
    void completed(Operation operation, IoWorker worker);
}
