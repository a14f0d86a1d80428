package io.github.iocp4j.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesWindowsTest {
    private static final int LIMIT_MILLIS = 30_000;
    private static final int SIZE = 3_000_001;
    private static final Pattern SENTENCE = Pattern.compile("iocp4j: [^\\r\\n]+\\R");

    @TempDir
    private Path folder = Path.of("");

    private Path inbox = Path.of("");

    @BeforeEach
    void makeTheInbox() throws IOException {
        inbox = Files.createDirectory(folder.resolve("inbox"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--read-and-send"})
    void filesAreSentOneAfterAnother(String option) throws Exception {
        Path large = file("large.bin", SIZE);
        Path empty = file("empty", 0);
        Files.createFile(inbox.resolve("large.bin"));
        CliRun server = serve("--receive-dir", inbox.toString());
        CliRun client = option.isEmpty()
                ? CliRun.begin("send-file", server.listening(), large.toString(), empty.toString(), large.toString())
                : CliRun.begin(
                        "send-file",
                        option,
                        "--cpu",
                        server.listening(),
                        large.toString(),
                        empty.toString(),
                        large.toString());
        assertEquals(0, client.exitCode(), client::err);
        assertEquals("", client.err());
        assertEquals(3, matches(client, "^sent [^:]+:\\d+: [\\d,]+ bytes in [^:]+ MB/s: completed"), client.out());
        assertEquals(option.isEmpty() ? 0 : 3, matches(client, "; user CPU [\\d.]+ s, [\\d.]+ s/GB$"), client.out());
        server.awaitOut(
                Pattern.compile("^received large.bin as large \\(3\\).bin from .* completed", Pattern.MULTILINE));
        assertEquals(0, server.stop().exitCode(), server::err);
        assertEquals(3, matches(server, "^received .* completed"), server.out());
        String none = option.isEmpty() ? "" : "transmits 0,";
        assertTrue(server.out().contains("files         sent 0, received 3, unfinished 0, "), server.out());
        assertTrue(server.out().contains(none), server.out());
        assertSame(large, inbox.resolve("large (2).bin"));
        assertSame(large, inbox.resolve("large (3).bin"));
        assertSame(empty, inbox.resolve("empty"));
        assertEquals(0, Files.size(inbox.resolve("large.bin")));
        assertEquals(4, count(inbox));
    }

    @Test
    void offeredFileIsReceived() throws Exception {
        Path offered = file("offered.bin", SIZE);
        CliRun server = serve("--offer", offered.toString());
        String address = server.listening();
        for (String name : new String[] {"offered.bin", "offered (2).bin"}) {
            CliRun client = CliRun.begin("receive-file", address, "--into", inbox.toString());
            assertEquals(0, client.exitCode(), client::err);
            assertEquals(
                    1, matches(client, "^received offered.bin .*: 3,000,001 bytes in .* completed$"), client.out());
            assertSame(offered, inbox.resolve(name));
        }
        assertEquals(0, server.stop().exitCode(), server::err);
        assertEquals(2, matches(server, "^sent offered.bin to .*: 3,000,001 bytes in .* completed$"), server.out());
    }

    @Test
    void serverWithFilesEchoesFramesAsEver() throws Exception {
        Path offered = file("offered.bin", SIZE);
        CliRun server = serve("--receive-dir", inbox.toString(), "--offer", offered.toString());
        String address = server.listening();
        PipedOutputStream keyboard = new PipedOutputStream();
        CliRun typing = CliRun.reading(new PipedInputStream(keyboard), "connect", address);
        typing.awaitErr(Pattern.compile("the server offers the file offered.bin"));
        keyboard.write("first\nsecond\n".getBytes(StandardCharsets.US_ASCII));
        keyboard.close();
        assertEquals(0, typing.exitCode(), typing::err);
        assertEquals("first\nsecond\n", typing.out().replace("\r", ""));
        CliRun counting = CliRun.begin("connect", address, "--count", "500", "--connections", "3");
        assertEquals(0, counting.exitCode(), counting::err);
        CliRun client = CliRun.begin("send-file", address, offered.toString());
        assertEquals(0, client.exitCode(), client::err);
        assertEquals(0, server.stop().exitCode(), server::err);
        // Who is quick has its echoes, and is gone, before the file has been opened.
        assertEquals(5, matches(server, "^not sent offered.bin to .*: (declined|connection lost)$"), server.out());
        assertTrue(matches(server, "^not sent offered.bin to .*: declined$") >= 1, server.out());
    }

    @Test
    void missingFileIsToldAndTheNextIsSent() throws Exception {
        Path there = file("there", 10);
        CliRun server = serve("--receive-dir", inbox.toString());
        String missing = folder.resolve("missing").toString();
        CliRun client = CliRun.begin("send-file", server.listening(), missing, there.toString());
        assertEquals(1, client.exitCode());
        assertTrue(SENTENCE.matcher(client.err()).matches(), client.err());
        assertTrue(
                client.err().contains("missing was not sent: check the file; file failed (CreateFileW: "),
                client.err());
        assertEquals(1, matches(client, "^not sent missing to "), client.out());
        assertEquals(0, server.stop().exitCode(), server::err);
        assertSame(there, inbox.resolve("there"));
    }

    @Test
    void declinedFileIsTold() throws Exception {
        Path file = file("file", 10);
        CliRun server = serve("--offer", file.toString());
        CliRun client = CliRun.begin("send-file", server.listening(), file.toString());
        assertEquals(1, client.exitCode());
        assertTrue(SENTENCE.matcher(client.err()).matches(), client.err());
        assertTrue(client.err().contains("the server does not want it; "), client.err());
        assertEquals(0, server.stop().exitCode(), server::err);
    }

    @Test
    void serverThatSaysNothingIsTold() throws Exception {
        String file = file("file", 10).toString();
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            silent.setSoTimeout(LIMIT_MILLIS);
            String address = "127.0.0.1:" + silent.getLocalPort();
            CliRun sender = CliRun.begin("send-file", address, "--timeout", "1", file, file);
            try (Socket accepted = silent.accept()) {
                accepted.setSoTimeout(LIMIT_MILLIS);
                sender.awaitOut(Pattern.compile("unanswered"));
            }
            assertEquals(1, sender.exitCode());
            assertTrue(sender.err().contains("has not said within 1 s whether it wants it"), sender.err());
            assertTrue(sender.err().contains("the server has not answered the offer before"), sender.err());
            CliRun receiver = CliRun.begin("receive-file", address, "--timeout", "1", "--into", inbox.toString());
            try (Socket accepted = silent.accept()) {
                accepted.setSoTimeout(LIMIT_MILLIS);
                assertEquals(-1, accepted.getInputStream().read());
            }
            assertEquals(1, receiver.exitCode());
            assertTrue(receiver.err().contains("has not offered a file for 1 s"), receiver.err());
        }
    }

    @Test
    void serverThatGoesIsTold() throws Exception {
        String file = file("file", 10).toString();
        try (ServerSocket hasty = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            hasty.setSoTimeout(LIMIT_MILLIS);
            String address = "127.0.0.1:" + hasty.getLocalPort();
            CliRun receiver = CliRun.begin("receive-file", address, "--into", inbox.toString());
            hasty.accept().close();
            assertEquals(1, receiver.exitCode());
            assertTrue(receiver.err().contains(" closed the connection without offering a file"), receiver.err());
            CliRun sender = CliRun.begin("send-file", address, file, file);
            hasty.accept().close();
            assertEquals(1, sender.exitCode());
            assertTrue(sender.err().contains("the connection has ended"), sender.err());
            assertFalse(sender.err().contains("\tat "), sender.err());
        }
    }

    @Test
    void refusedConnectionIsTold() throws Exception {
        int port;
        try (ServerSocket closedSoon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closedSoon.getLocalPort();
        }
        CliRun client =
                CliRun.begin("send-file", "127.0.0.1:" + port, file("file", 1).toString());
        assertEquals(1, client.exitCode());
        assertTrue(SENTENCE.matcher(client.err()).matches(), client.err());
        assertTrue(client.err().contains("WSAECONNREFUSED"), client.err());
    }

    private static CliRun serve(String... options) {
        String[] line = new String[options.length + 3];
        System.arraycopy(new String[] {"serve", "--port", "0"}, 0, line, 0, 3);
        System.arraycopy(options, 0, line, 3, options.length);
        return CliRun.begin(line);
    }

    private Path file(String name, int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return Files.write(folder.resolve(name), content);
    }

    private static void assertSame(Path expected, Path actual) throws Exception {
        assertArrayEquals(sha256(expected), sha256(actual), actual::toString);
    }

    private static byte[] sha256(Path file) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    }

    private static long matches(CliRun run, String line) {
        return Pattern.compile(line, Pattern.MULTILINE)
                .matcher(run.out().replace("\r", ""))
                .results()
                .count();
    }

    private static long count(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }
}
