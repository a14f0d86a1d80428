package io.github.iocp4j.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeConnectWindowsTest {
    private static final String ONE_SENTENCE = "iocp4j: [^\\r\\n]+\\R";

    @ParameterizedTest
    @CsvSource({"zero-byte,auto", "zero-byte,posted", "pending,auto", "pending,posted"})
    void echoesVerifiedFrames(String readMode, String dispatch) throws Exception {
        CliRun server =
                CliRun.begin("serve", "--port", "0", "--workers", "2", "--read-mode", readMode, "--dispatch", dispatch);
        String address = server.listening();
        CliRun client = CliRun.begin("connect", address, "--count", "1003", "--size", "333", "--connections", "7");
        assertEquals(0, client.exitCode(), client::err);
        assertTrue(client.out().startsWith("1,003 of 1,003 frames of 333 bytes verified"), client.out());
        CliRun longest = CliRun.begin("connect", address, "--count", "5", "--size", "65536");
        assertEquals(0, longest.exitCode(), longest::err);
        CliRun empty = CliRun.begin("connect", address, "--count", "5", "--size", "0");
        assertEquals(0, empty.exitCode(), empty::err);
        assertEquals(0, server.stop().exitCode(), server::err);
        assertTrue(server.out().contains("accepted 9, refused 0, "), server.out());
        assertTrue(server.out().contains("closes        peer closed 9"), server.out());
        assertTrue(server.out().contains("traffic       frames received 1,013, "), server.out());
        assertTrue(server.out().contains("shortage      none"), server.out());
    }

    @Test
    void echoesLinesOverIpv6() throws Exception {
        CliRun server = CliRun.begin("serve", "--bind", "::1", "--port", "0");
        String address = server.listening();
        assertTrue(address.startsWith("["), address);
        CliRun client = CliRun.typing("first\nsecond\n\n", "connect", address);
        assertEquals(0, client.exitCode(), client::err);
        assertEquals("first\nsecond\n\n", client.out().replace("\r", ""));
        assertEquals(0, server.stop().exitCode(), server::err);
    }

    @Test
    void endsWithStandardInputWhenTold() {
        CliRun server = CliRun.begin("serve", "--port", "0", "--until-eof");
        assertEquals(0, server.exitCode(), server::err);
        assertTrue(server.out().contains("left over at shutdown"), server.out());
    }

    @Test
    void showsItsCountersWhenAsked() {
        CliRun server = CliRun.typing("status\nnonsense\n\n", "serve", "--port", "0", "--until-eof");
        assertEquals(0, server.exitCode(), server::err);
        assertEquals(2, server.out().split("connections   open 0, ", -1).length - 1, server.out());
        assertEquals(2, server.out().split("shortage      none", -1).length - 1, server.out());
        assertTrue(server.err().matches("type status [^\\r\\n]+\\R"), server.err());
    }

    @Test
    void goesOnWhenStandardInputEndsUnlessTold() throws Exception {
        CliRun server = CliRun.typing("status\n", "serve", "--port", "0");
        String address = server.listening();
        server.awaitOut(Pattern.compile("^connections   open 0, ", Pattern.MULTILINE));
        CliRun client = CliRun.begin("connect", address, "--count", "10");
        assertEquals(0, client.exitCode(), client::err);
        assertEquals(0, server.stop().exitCode(), server::err);
    }

    @Test
    void echoesRawBytes() throws Exception {
        CliRun server = CliRun.begin("serve", "--port", "0", "--framing", "raw");
        int port = Integer.parseInt(server.listening().replaceAll(".*:", ""));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            byte[] sent = "no frame at all".getBytes(StandardCharsets.US_ASCII);
            socket.getOutputStream().write(sent);
            assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
        }
        assertEquals(0, server.stop().exitCode(), server::err);
    }

    @Test
    void closesAnIdleConnectionWhenTold() throws Exception {
        CliRun server = CliRun.begin("serve", "--port", "0", "--idle-timeout", "1");
        int port = Integer.parseInt(server.listening().replaceAll(".*:", ""));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            assertEquals(-1, socket.getInputStream().read());
        }
        assertEquals(0, server.stop().exitCode(), server::err);
        assertTrue(server.out().contains("closes        idle 1"), server.out());
    }

    @Test
    void refusesBannedAddressesAndShowsHowMany() throws Exception {
        CliRun server = CliRun.begin("serve", "--port", "0", "--ban", "127.0.0.0/8");
        int port = Integer.parseInt(server.listening().replaceAll(".*:", ""));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            assertTrue(socket.getInputStream().read() < 0);
        } catch (SocketException _) {
            // A reset: under Wine it may look like the end of the stream.
        }
        assertEquals(0, server.stop().exitCode(), server::err);
        assertTrue(server.out().contains("admission     banned 1, bans 1"), server.out());
    }

    @Test
    void cutsAPeerThatSaysNothingWhenTold() throws Exception {
        CliRun server = CliRun.begin("serve", "--port", "0", "--first-data-timeout", "1");
        int port = Integer.parseInt(server.listening().replaceAll(".*:", ""));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            assertTrue(socket.getInputStream().read() < 0);
        } catch (SocketException _) {
            // As above.
        }
        assertEquals(0, server.stop().exitCode(), server::err);
        assertTrue(server.out().contains("closes        never sent 1"), server.out());
    }

    @Test
    void tellsOfATakenPort() throws Exception {
        CliRun server = CliRun.begin("serve", "--port", "0");
        String port = server.listening().replaceAll(".*:", "");
        CliRun second = CliRun.begin("serve", "--port", port);
        assertEquals(1, second.exitCode());
        assertTrue(second.err().matches(ONE_SENTENCE), second.err());
        assertTrue(second.err().contains("cannot listen on 127.0.0.1:" + port), second.err());
        assertEquals(0, server.stop().exitCode(), server::err);
    }

    @Test
    void tellsOfARefusedConnection() throws Exception {
        int port;
        try (ServerSocket closedSoon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closedSoon.getLocalPort();
        }
        for (String[] line : new String[][] {
            {"connect", "127.0.0.1:" + port}, {"connect", "127.0.0.1:" + port, "--count", "10", "--connections", "3"}
        }) {
            CliRun client = CliRun.begin(line);
            assertEquals(1, client.exitCode());
            assertTrue(client.err().matches(ONE_SENTENCE), client.err());
            assertTrue(client.err().contains("WSAECONNREFUSED"), client.err());
        }
    }

    @Test
    void tellsOfAServerThatChangesAByte() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> echoOnceWithAWrongByte(server));
            CliRun client = CliRun.begin("connect", "127.0.0.1:" + server.getLocalPort(), "--count", "1");
            assertEquals(1, client.exitCode());
            assertTrue(client.err().contains("came back changed"), client.err());
        }
    }

    @Test
    void tellsOfAServerThatClosesEarly() throws Exception {
        CliRun server = CliRun.begin("serve", "--port", "0", "--max-frame", "100");
        CliRun client = CliRun.begin("connect", server.listening(), "--count", "1", "--size", "101");
        assertEquals(1, client.exitCode());
        assertTrue(client.err().contains("a connection ended after 0 of 1 frames"), client.err());
        assertEquals(0, server.stop().exitCode(), server::err);
    }

    private static void echoOnceWithAWrongByte(ServerSocket server) {
        try (Socket socket = server.accept()) {
            byte[] frame = new byte[4 + 64];
            new DataInputStream(socket.getInputStream()).readFully(frame);
            frame[40] ^= 1;
            socket.getOutputStream().write(frame);
            socket.shutdownOutput();
            socket.getInputStream().read();
        } catch (IOException _) {
            // The client tells.
        }
    }
}
