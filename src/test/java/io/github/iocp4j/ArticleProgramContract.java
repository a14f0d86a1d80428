package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.article.ArticleProgram;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import io.github.iocp4j.testing.PeerStreams;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A program that knows only the article's wire format talks with an endpoint, as its client and as its server.
abstract class ArticleProgramContract extends EndpointContract {
    private static final TransferOptions OPTIONS = TransferOptions.DEFAULT.withBuffers(4096, 65_536);

    ArticleProgramContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void textIsEchoed() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Texts(stand), options -> options.fileTransfer(OPTIONS));
            try (Peer peer = server.connect()) {
                ArticleProgram program = program(peer);
                for (String text : List.of("", "hello", "gr\u00fc\u00dfe \ud83d\ude00")) {
                    program.sendText(text);
                    assertTrue(program.step());
                }
                assertEquals(List.of("", "hello", "gr\u00fc\u00dfe \ud83d\ude00"), program.texts());
            }
            server.awaitReleased(1);
        });
    }

    @Test
    void filesGoBothWaysWithTextsBetween() {
        check(stand -> {
            Texts handler = new Texts(stand);
            TestEndpoint server = stand.serve(handler, options -> options.fileTransfer(OPTIONS));
            byte[] there = FilePair.content(stand, stand.random().nextInt(20_000));
            byte[] back = FilePair.content(stand, stand.random().nextInt(20_000));
            Path source = stand.kernel().files().create("back", back);
            try (Peer peer = server.connect()) {
                ArticleProgram program = program(peer);
                program.offerFile("there", there);
                assertTrue(program.step());
                assertEquals(1, program.sent());
                program.sendText("between");
                assertTrue(program.step());
                stand.await("the file", () -> handler.ends().size() == 1);
                assertArrayEquals(
                        there,
                        stand.kernel().files().content(handler.accepted().get(0).path()));
                assertNotNull(server.awaitConnection(0).sendFile(source));
                while (program.files().isEmpty()) {
                    assertTrue(program.step());
                }
                assertArrayEquals(back, program.files().get("back"));
                program.sendText("behind");
                assertTrue(program.step());
                assertEquals(List.of("between", "behind"), program.texts());
                stand.await("both ends", () -> handler.ends().size() == 2);
            }
            assertEquals(List.of(Kind.COMPLETED, Kind.COMPLETED), handler.kinds());
            server.awaitReleased(1);
        });
    }

    @Test
    void eachMayDecline() {
        check(stand -> {
            Texts handler = new Texts(stand);
            handler.decide((_, offer) -> offer.decline());
            TestEndpoint server = stand.serve(handler, options -> options.fileTransfer(OPTIONS));
            Path source = stand.kernel().files().create("back", new byte[100]);
            try (Peer peer = server.connect()) {
                ArticleProgram program = program(peer);
                program.wantNoFiles();
                program.offerFile("there", new byte[5]);
                assertTrue(program.step());
                assertEquals(1, program.declined());
                assertNotNull(server.awaitConnection(0).sendFile(source));
                assertTrue(program.step());
                stand.await("the answer", () -> handler.ends().size() == 1);
                assertEquals(List.of(Kind.DECLINED), handler.kinds());
                program.sendText("and on");
                assertTrue(program.step());
                assertEquals(List.of("and on"), program.texts());
            }
            server.awaitReleased(1);
        });
    }

    @Test
    void programMayBeTheServer() {
        check(stand -> {
            byte[] content = FilePair.content(stand, 7_000);
            Path source = stand.kernel().files().create("file", content);
            try (PeerListener listener = stand.kernel().listen()) {
                Texts handler = new Texts(stand);
                TestEndpoint client = stand.client(handler, options -> options.fileTransfer(OPTIONS));
                assertTrue(client.endpoint().connect(listener.address(), null));
                try (Peer peer = listener.accept()) {
                    ArticleProgram program = program(peer);
                    assertNotNull(client.awaitConnection(0).sendFile(source));
                    assertTrue(program.step());
                    assertArrayEquals(content, program.files().get("file"));
                    stand.await("its end", () -> handler.ends().size() == 1);
                    program.offerFile("other", content);
                    assertTrue(program.step());
                    stand.await("the other's end", () -> handler.ends().size() == 2);
                    assertArrayEquals(
                            content,
                            stand.kernel()
                                    .files()
                                    .content(handler.accepted().get(0).path()));
                }
                client.awaitReleased(1);
            }
        });
    }

    private static ArticleProgram program(Peer peer) {
        return new ArticleProgram(PeerStreams.input(peer), PeerStreams.output(peer));
    }

    /// Takes files and echoes texts.
    private static final class Texts extends FileHandler {
        Texts(Stand stand) {
            super(stand.kernel().files().folder());
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            assertEquals(0, frame.getUnsignedByte(0));
            String text = frame.getString(1);
            assertEquals(frame.length(), 2 + text.getBytes(StandardCharsets.UTF_8).length);
            assertEquals(SendResult.QUEUED, connection.send(frame));
        }
    }
}
