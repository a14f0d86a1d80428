package io.github.iocp4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.EndpointCounters;
import io.github.iocp4j.job.JobCounters;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CounterTextTest {
    private static final EndpointCounters.Connections CONNECTIONS = new EndpointCounters.Connections(
            3, 4, 17, 1_009, 2, 5, 6, 7, Map.of(CloseReason.Kind.PEER_CLOSED, 1_000L, CloseReason.Kind.RESET, 6L));
    private static final EndpointCounters.Admission ADMISSION =
            new EndpointCounters.Admission(22, 0, 23, 0, 24, 0, 0, 25, 0);
    private static final EndpointCounters.Traffic TRAFFIC =
            new EndpointCounters.Traffic(2_500, 160_000, 2_499, 159_936, 8, 9, 10, 11, 12, 13, 20, 21);
    private static final EndpointCounters.Memory MEMORY =
            new EndpointCounters.Memory(14, 15, 16, 65_536, 4_096, 18, 19);
    private static final EndpointCounters.Shortage NONE = new EndpointCounters.Shortage(0, 0, 0, 0, 0, 0, 0, 0, 0);
    private static final EndpointCounters.Shortage SOME = new EndpointCounters.Shortage(1, 0, 2, 0, 0, 0, 0, 0, 3);

    private static final EndpointCounters.Files NO_FILES = new EndpointCounters.Files(0, 0, 0, 0, 0, 0);
    private static final JobCounters NO_JOBS = new JobCounters(0, 0, 0, 0, 0, 0, 1);

    @Test
    void showsAllGroups() {
        String expected = """
                connections   open 3, unreleased 4, pending io 17, accepted 1,009, refused 2, accepts failed 5,
                              connected 6, connects failed 7
                admission     banned 22, per address 23, connection limit 24, bans 25
                closes        peer closed 1,000, reset 6
                traffic       frames received 2,500, bytes received 160,000, frames sent 2,499, bytes sent 159,936,
                              sends refused 8, reads parked 9, reads inline 10, sends inline 11, packets 12,
                              foreign packets 13, packets posted 20, posts refused 21
                memory        operations taken 14, operations in flight 15, buffers out 16, buffer bytes 65,536,
                              send bytes 4,096, assembly bytes 18, pages locked 19
                shortage      reads 1, sends 2, evictions 3
                """;
        assertEquals(expected, text(SOME));
    }

    @Test
    void saysThatNothingWasShort() {
        assertTrue(text(NONE).endsWith("shortage      none\n"), text(NONE));
    }

    @Test
    void tellsTheStatusInOneLine() {
        EndpointCounters before = counters(NONE, new EndpointCounters.Traffic(1_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        String status = CounterText.status(counters(NONE, TRAFFIC), before, Duration.ofSeconds(3));
        assertEquals(
                "3 connections, 2,500 frames (500/s), 160,000 bytes received, 159,936 sent, 19 pages locked, "
                        + "4,096 bytes to send",
                status);
        assertFalse(status.contains("short"));
        String shortOfMemory = CounterText.status(counters(SOME, TRAFFIC), before, Duration.ofSeconds(3));
        assertEquals(status + "; short of reads 1, sends 2, evictions 3", shortOfMemory);
    }

    @Test
    void showsJobsOnlyWhereThereWereAny() {
        JobCounters jobs = new JobCounters(1_000, 2, 990, 3, 4, 1, 2);
        EndpointCounters counters = new EndpointCounters(CONNECTIONS, ADMISSION, TRAFFIC, MEMORY, NO_FILES, NONE, jobs);
        String expected = "added 1,000, refused 2, done 990, failed 3, queued 4, running 1, workers 2";
        String shown = CounterText.snapshot(counters).replace("\r", "");
        assertTrue(shown.endsWith("jobs          " + expected + "\n"), shown);
        assertFalse(text(NONE).contains("jobs"));
        String status = CounterText.status(counters, counters, Duration.ofSeconds(3));
        assertTrue(status.endsWith("; jobs " + expected), status);
    }

    @Test
    void showsFilesOnlyWhereThereWereAny() {
        EndpointCounters.Files files = new EndpointCounters.Files(1_000, 2, 0, 3, 4_000, 1);
        EndpointCounters counters = new EndpointCounters(CONNECTIONS, ADMISSION, TRAFFIC, MEMORY, files, NONE, NO_JOBS);
        String shown = CounterText.snapshot(counters).replace("\r", "");
        String expected = "files         sent 1,000, received 2, unfinished 0, declined 3, transmits 4,000, open 1\n";
        assertTrue(shown.endsWith(expected), shown);
        assertFalse(text(NONE).contains("files"));
    }

    private static String text(EndpointCounters.Shortage shortage) {
        return CounterText.snapshot(counters(shortage, TRAFFIC)).replace("\r", "");
    }

    private static EndpointCounters counters(EndpointCounters.Shortage shortage, EndpointCounters.Traffic traffic) {
        return new EndpointCounters(CONNECTIONS, ADMISSION, traffic, MEMORY, NO_FILES, shortage, NO_JOBS);
    }
}
