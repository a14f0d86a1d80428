package io.github.iocp4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReconnectWindowsTest {
    @Test
    void comesBackAfterTheServerWasRestarted() throws Exception {
        int port = unusedPort();
        PipedOutputStream keyboard = new PipedOutputStream();
        CliRun client = CliRun.reading(new PipedInputStream(keyboard), "connect", "127.0.0.1:" + port, "--reconnect");
        client.awaitErr(Pattern.compile("cannot connect to .*WSAECONNREFUSED.*; trying again in \\d\\.\\d s"));
        type(keyboard, "first");
        for (String line : new String[] {"first", "second", "third"}) {
            CliRun server = CliRun.begin("serve", "--port", "" + port);
            server.listening();
            if (!line.equals("first")) {
                type(keyboard, line);
            }
            client.awaitOut(Pattern.compile("^" + line + "$", Pattern.MULTILINE));
            if (line.equals("third")) {
                keyboard.close();
                assertEquals(0, client.exitCode(), client::err);
            }
            assertEquals(0, server.stop().exitCode(), server::err);
        }
        assertEquals("first\nsecond\nthird\n", client.out().replace("\r", ""));
        assertEquals(3, count(client, "connected to 127.0.0.1:" + port), client.err());
        assertEquals(2, count(client, "the connection ended: "), client.err());
    }

    @Test
    void endsWhileThereIsNoServerWhenTheUserHasEnough() throws Exception {
        CliRun client = CliRun.begin("connect", "127.0.0.1:" + unusedPort(), "--reconnect");
        client.awaitErr(Pattern.compile("trying again"));
        assertEquals(0, client.stop().exitCode(), client::err);
    }

    @Test
    void comesBackWhileTheServerDisconnectsAtRandom() throws Exception {
        CliRun server = CliRun.begin("serve", "--port", "0", "--random-disconnect", "1");
        PipedOutputStream keyboard = new PipedOutputStream();
        CliRun client = CliRun.reading(new PipedInputStream(keyboard), "connect", server.listening(), "--reconnect");
        client.awaitErr(Pattern.compile("connected"));
        type(keyboard, "lost");
        client.awaitErr(
                Pattern.compile("the connection ended: .*; no reply to 1 lines; trying again(.*\\R)+connected"));
        keyboard.close();
        assertEquals(1, client.exitCode());
        assertTrue(client.err().contains("iocp4j: no reply came to 1 lines"), client.err());
        assertEquals(0, server.stop().exitCode(), server::err);
        assertTrue(server.out().contains("at random     disconnects 1, "), server.out());
    }

    private static void type(PipedOutputStream keyboard, String line) throws IOException {
        keyboard.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        keyboard.flush();
    }

    private static int count(CliRun run, String what) {
        return run.err().split(Pattern.quote(what), -1).length - 1;
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket closedSoon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closedSoon.getLocalPort();
        }
    }
}
