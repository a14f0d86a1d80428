package io.github.iocp4j.sample;

import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.Frame;
import io.github.iocp4j.IocpEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Sends a frame from one endpoint to another and back, and prints what came; or, where that can't be, why.
public final class EchoSample {
    private EchoSample() {}

    public static void main(String... arguments) throws Exception {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var options = EndpointOptions.server(loopback).ioWorkers(1).build();
        try (var server = IocpEndpoint.start(options, new Echo())) {
            System.out.println(askFor("echo", server.localAddress()));
        } catch (UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        }
    }

    private static String askFor(String text, InetSocketAddress server)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        var question = new Question(text);
        var options = EndpointOptions.client().ioWorkers(1).build();
        try (var client = IocpEndpoint.start(options, question)) {
            client.connect(server, null);
            return question.answer.get(20, TimeUnit.SECONDS);
        }
    }

    private static final class Echo implements EndpointHandler {
        @Override
        public void frameReceived(Connection connection, Frame frame) {
            connection.send(frame);
        }
    }

    private static final class Question implements EndpointHandler {
        final CompletableFuture<String> answer = new CompletableFuture<>();
        private final String text;

        Question(String text) {
            this.text = text;
        }

        @Override
        public void connected(Connection connection) {
            connection.send(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            answer.complete(new String(frame.toByteArray(), StandardCharsets.UTF_8));
            connection.close();
        }

        @Override
        public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
            answer.completeExceptionally(cause);
        }
    }
}
