package io.github.iocp4j;

import io.github.iocp4j.transfer.TransferOptions;
import java.io.IOException;
import java.util.function.UnaryOperator;

/// Two endpoints with one connection between them, over which files go.
record FilePair(Stand stand, TestEndpoint server, TestEndpoint client, FileHandler receiver, FileHandler sender) {
    static FilePair start(Stand stand, TransferOptions options) throws IOException {
        return start(stand, builder -> builder.fileTransfer(options));
    }

    static FilePair start(Stand stand, UnaryOperator<EndpointOptions.Builder> options) throws IOException {
        return start(stand, options, new FileHandler(stand.kernel().files().folder()));
    }

    static FilePair start(Stand stand, UnaryOperator<EndpointOptions.Builder> options, FileHandler sender)
            throws IOException {
        FileHandler receiver = new FileHandler(stand.kernel().files().folder());
        TestEndpoint server = stand.serve(receiver, options);
        TestEndpoint client = stand.client(sender, options);
        if (!client.endpoint().connect(server.endpoint().localAddress(), null)) {
            throw new AssertionError("no connect");
        }
        client.awaitConnection(0);
        server.awaitConnection(0);
        return new FilePair(stand, server, client, receiver, sender);
    }

    /// A size, in bytes, of more than the systems of both sides take of a connection that nobody reads.
    static int large(Stand stand) {
        return stand.isSimulated() ? 300_000 : 24 << 20;
    }

    static byte[] content(Stand stand, int size) {
        byte[] content = new byte[size];
        stand.random().nextBytes(content);
        return content;
    }

    /// The client's side of the connection.
    Connection near() {
        return client.awaitConnection(0);
    }

    /// The server's side of the connection.
    Connection far() {
        return server.awaitConnection(0);
    }

    /// Waits until both sides were told of the end of so many files.
    void await(int count) {
        stand.await(
                count + " files are over",
                () -> sender.ends().size() >= count && receiver.ends().size() >= count);
    }

    /// Waits until the sender was told of the end of so many files.
    void awaitSender(int count) {
        stand.await(count + " files are over", () -> sender.ends().size() >= count);
    }

    /// What the receiver has made of the file number `number`, from 1.
    byte[] received(int number) {
        return stand.kernel()
                .files()
                .content(receiver.accepted().get(number - 1).path());
    }
}
