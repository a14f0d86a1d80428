package io.github.iocp4j.bench.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void givesFreeNames() throws IOException {
        Inbox inbox = new Inbox(folder);
        Files.createFile(folder.resolve("a.txt"));
        assertEquals(folder.resolve("a (2).txt"), inbox.reserve("a.txt"));
        assertEquals(folder.resolve("a (3).txt"), inbox.reserve("a.txt"));
        assertEquals(folder.resolve("b.tar.gz"), inbox.reserve("b.tar.gz"));
        assertEquals(folder.resolve("b.tar (2).gz"), inbox.reserve("b.tar.gz"));
        assertEquals(folder.resolve(".profile"), inbox.reserve(".profile"));
        assertEquals(folder.resolve(".profile (2)"), inbox.reserve(".profile"));
    }

    @Test
    void takesBothCasesForTheSame() {
        Inbox inbox = new Inbox(folder);
        assertEquals(folder.resolve("Name"), inbox.reserve("Name"));
        assertEquals(folder.resolve("nAME (2)"), inbox.reserve("nAME"));
    }

    @Test
    void givesANameAgainOnceItIsReleased() {
        Inbox inbox = new Inbox(folder);
        Path first = inbox.reserve("a");
        assertEquals(folder.resolve("a"), first);
        inbox.release(folder.resolve("A"));
        assertEquals(first, inbox.reserve("a"));
    }

    @Test
    void keepsNamesShortEnoughForTheDisk() throws IOException {
        Inbox inbox = new Inbox(folder);
        String longest = "x".repeat(251) + ".txt";
        assertEquals(folder.resolve(longest), inbox.reserve(longest));
        Path second = inbox.reserve(longest);
        assertEquals(folder.resolve("x".repeat(247) + " (2).txt"), second);
        String extension = "y." + "x".repeat(253);
        assertEquals(folder.resolve(extension), inbox.reserve(extension));
        assertEquals(folder.resolve(extension.substring(0, 251) + " (2)"), inbox.reserve(extension));
    }

    @Test
    void releasesTheNameOfAnOfferThatIsGone() {
        Inbox inbox = new Inbox(folder);
        assertNull(inbox.accept(new GoneOffer()));
        assertEquals(folder.resolve("gone"), inbox.reserve("gone"));
    }

    private static final class GoneOffer implements FileOffer {
        @Override
        public String name() {
            return "gone";
        }

        @Override
        public long sizeBytes() {
            return 1;
        }

        @Override
        public @Nullable FileTransfer accept(Path target) {
            return null;
        }

        @Override
        public void decline() {
            throw new AssertionError("it was accepted");
        }
    }
}
