package io.github.iocp4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "--unknown",
                "serve --unknown",
                "serve --port many",
                "serve --port 65536",
                "serve --port -1",
                "serve --workers 0",
                "serve --workers 65",
                "serve --pending-reads 0",
                "serve --read-mode zero",
                "serve --dispatch ZERO",
                "serve --max-frame 0",
                "serve --max-connections 0",
                "serve --idle-timeout -1",
                "serve --ban example.com",
                "serve --ban 10.0.0.0/33",
                "serve --max-per-address -1",
                "serve --accept-rate x",
                "serve --first-data-timeout -1",
                "serve --ban-malformed -1",
                "serve --frame-timeout 86401",
                "serve --write-stall-timeout soon",
                "serve --locked-pages 15",
                "serve --framing RAW",
                "serve --receive-dir no/such/folder",
                "serve --receive-dir pom.xml",
                "serve --receive-dir src --framing raw",
                "serve --offer no-such-file",
                "serve --offer src",
                "serve --random-disconnect 1.5",
                "serve --random-disconnect -1",
                "serve --random-disconnect NaN",
                "serve extra",
                "connect",
                "connect 127.0.0.1",
                "connect 127.0.0.1:0",
                "connect 127.0.0.1:65536",
                "connect ::1:9000",
                "connect 127.0.0.1:9000 --size 5",
                "connect 127.0.0.1:9000 --count 0",
                "connect 127.0.0.1:9000 --count 1 --size 65537",
                "connect 127.0.0.1:9000 --count 1 --size -1",
                "connect 127.0.0.1:9000 --count 1 --connections 0",
                "connect 127.0.0.1:9000 --connect-timeout -1",
                "connect 127.0.0.1:9000 --count 1 --reconnect",
                "send-file",
                "send-file 127.0.0.1:9000",
                "send-file 127.0.0.1 pom.xml",
                "send-file 127.0.0.1:9000 pom.xml --timeout 0",
                "send-file 127.0.0.1:9000 pom.xml --connect-timeout -1",
                "receive-file 127.0.0.1:9000",
                "receive-file --into src",
                "receive-file 127.0.0.1:9000 --into no/such/folder",
                "receive-file 127.0.0.1:9000 --into src --count 0",
                "receive-file 127.0.0.1:9000 --into src --timeout 0",
                "receive-file 127.0.0.1:9000 --into src extra",
                "demo --seconds 0",
                "demo --clients 1",
                "doctor extra"
            })
    void answersWrongArgumentsWithExitCode2(String line) {
        CliRun run = CliRun.begin(line.isEmpty() ? new String[0] : line.split(" "));
        assertEquals(2, run.exitCode());
        assertFalse(run.err().isBlank());
        assertFalse(run.err().contains("\tat "), run.err());
        assertEquals("", run.out());
    }

    @Test
    void namesTheOptionTheValueAndTheRange() {
        CliRun run = CliRun.begin("serve", "--workers", "65");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("Invalid value for option '--workers': 65 is not 1 to 64"), run.err());
    }

    @Test
    void namesTheChoices() {
        CliRun run = CliRun.begin("serve", "--read-mode", "adaptive");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("expected one of zero-byte, pending but was 'adaptive'"), run.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "serve --help",
                "connect --help",
                "send-file --help",
                "receive-file --help",
                "doctor --help",
                "demo --help"
            })
    void documentsExitCodesInTheHelp(String line) {
        CliRun run = CliRun.begin(line.split(" "));
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("Exit codes:"), run.out());
    }

    @Test
    void saysThatAFolderIsMissing() {
        CliRun run = CliRun.begin("serve", "--receive-dir", "nowhere");
        assertEquals(2, run.exitCode());
        assertTrue(
                run.err()
                        .startsWith(
                                "Invalid value for option '--receive-dir': there is no folder nowhere; make it first"),
                run.err());
    }

    @Test
    void tellsItsVersion() {
        CliRun run = CliRun.begin("--version");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().startsWith("iocp4j "), run.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve",
                "connect 127.0.0.1:9000",
                "connect 127.0.0.1:9000 --count 1",
                "connect 127.0.0.1:9000 --reconnect",
                "send-file 127.0.0.1:9000 pom.xml",
                "receive-file 127.0.0.1:9000 --into src",
                "doctor",
                "demo"
            })
    @DisabledOnOs(OS.WINDOWS)
    void saysInOneSentenceThatItNeedsWindows(String line) {
        CliRun run = CliRun.begin(line.split(" "));
        assertEquals(1, run.exitCode());
        assertTrue(run.err().matches("iocp4j: .*Windows.*\\R"), run.err());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void showsTheStackTraceWhenVerbose() {
        CliRun run = CliRun.begin("serve", "--verbose");
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("\tat "), run.err());
    }
}
