package io.github.iocp4j.simulation;

import static io.github.iocp4j.simulation.Runs.passes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.testing.CountedCall;
import io.github.iocp4j.testing.PeerListener;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class MemoryLimitsTest {
    private static final int PAGES = 8;
    private static final int PAGE_BYTES = 4096;
    private static final int TRIES = 40;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final SimulationOptions ROOMY =
            SimulationOptions.DEFAULT.withInlinePercent(0).withLockablePages(1000);
    private static final SimulationOptions NARROW =
            SimulationOptions.DEFAULT.withInlinePercent(0).withLockablePages(PAGES);

    @Test
    void aReceiveLocksThePagesThatItTouches() {
        passes(ROOMY, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                int _ = connected.program.receive(0, connected.socket, 10);
                assertEquals(1, kernel.pagesLocked());
                // The buffers of the program lie eight bytes behind a border of pages.
                int _ = connected.program.receive(1, connected.socket, PAGE_BYTES - 8);
                assertEquals(2, kernel.pagesLocked());
                int _ = connected.program.receive(2, connected.socket, PAGE_BYTES - 7);
                assertEquals(4, kernel.pagesLocked());
                end(connected, 3);
                assertEquals(4, kernel.mostPagesLocked());
            }
        });
    }

    @Test
    void aPageAlignedBufferOfAPageLocksOnePage() {
        passes(ROOMY, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                Program program = connected.program;
                var buffer = program.arena.allocate(PAGE_BYTES, PAGE_BYTES);
                int _ = program.winsock(call -> {
                    call.setBuffer(0, buffer.address(), PAGE_BYTES);
                    return program.winsock.WSARecv(call, connected.socket, 1, program.overlapped(0));
                });
                assertEquals(1, kernel.pagesLocked());
                end(connected, 1);
            }
        });
    }

    @Test
    void eachBufferOfASendCountsByItself() {
        passes(ROOMY, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                Program program = connected.program;
                int _ = program.winsock(call -> {
                    call.setBuffer(0, program.buffer(0), 10);
                    call.setBuffer(1, program.buffer(0) + 10, 0);
                    call.setBuffer(2, program.buffer(0) + 10, 10);
                    return program.winsock.WSASend(call, connected.socket, 3, program.overlapped(0));
                });
                assertEquals(2, kernel.mostPagesLocked());
                assertEquals(20, program.take().bytes());
                assertEquals(0, kernel.pagesLocked());
                connected.peer.readFully(20);
            }
        });
    }

    @Test
    void pagesAreFreeWhenTheOperationIsOverNotWhenItsPacketIsTaken() {
        passes(ROOMY, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                int _ = connected.program.receive(0, connected.socket, 10);
                connected.peer.write(new byte[1]);
                kernel.await("the receive is over", LIMIT, () -> kernel.pagesLocked() == 0);
                assertEquals(1, connected.program.take().bytes());
            }
        });
    }

    @Test
    void whatWaitsWithoutMemoryLocksNothing() {
        passes(ROOMY, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                Program program = connected.program;
                Program.check(program.nonBlocking(connected.socket));
                int _ = program.receive(0, connected.socket, 0);
                connected.peer.write(new byte[10]);
                assertEquals(0, program.take().slot());
                assertEquals(10, readAll(program, connected.socket, 10));
                assertEquals(0, kernel.mostPagesLocked());
            }
        });
    }

    @Test
    void whatIsDoneAtOnceLocksItsPagesForTheCallOnly() {
        passes(SimulationOptions.DEFAULT.withInlinePercent(100).withLockablePages(PAGES), kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel).skipping()) {
                assertEquals(0, connected.program.send(0, connected.socket, 10));
                assertEquals(0, kernel.pagesLocked());
                assertEquals(1, kernel.mostPagesLocked());
                connected.peer.readFully(10);
            }
        });
    }

    @Test
    void whatFindsNoPageIsRefusedUntilOneIsFree() {
        Set<Integer> seen = new TreeSet<>();
        passes(NARROW, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                Program program = connected.program;
                lock(connected, PAGES);
                seen.add(program.receive(PAGES, connected.socket, 10));
                seen.add(program.send(PAGES, connected.socket, 10));
                assertEquals(1, kernel.refusals(CountedCall.WSA_RECV));
                assertEquals(1, kernel.refusals(CountedCall.WSA_SEND));
                assertEquals(PAGES, kernel.mostPagesLocked());
                connected.peer.write(new byte[1]);
                assertEquals(0, program.take().slot());
                assertEquals(-Win32.WSA_IO_PENDING, program.send(PAGES, connected.socket, 10));
                connected.peer.readFully(10);
                assertEquals(10, program.take().bytes());
                end(connected, PAGES - 1);
            }
        });
        assertEquals(Set.of(-Win32.WSAENOBUFS, -Win32.WSAEWOULDBLOCK), seen);
    }

    @Test
    void aCallWithoutAnOverlappedNeedsNoPage() {
        passes(NARROW, kernel -> {
            try (ConnectedProgram first = new ConnectedProgram(kernel)) {
                lock(first, PAGES);
                Program program = first.program;
                Program.check(program.nonBlocking(first.socket));
                assertEquals(10, program.winsock(call -> {
                    call.setBuffer(0, program.buffer(PAGES), 10);
                    return program.winsock.WSASend(call, first.socket, 1, 0);
                }));
                first.peer.readFully(10);
                end(first, PAGES);
            }
        });
    }

    @Test
    void whileHalfThePagesAreLockedOtherCallsAreRefusedNowAndThen() {
        Map<CountedCall, Long> refused = new EnumMap<>(CountedCall.class);
        CountedCall[] calls = {
            CountedCall.ACCEPT_EX,
            CountedCall.CONNECT_EX,
            CountedCall.WSA_RECV_ZERO_BYTE,
            CountedCall.POST_QUEUED_COMPLETION_STATUS
        };
        passes(NARROW, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel);
                    PeerListener target = kernel.listen()) {
                lock(connected, PAGES / 2);
                submitOthers(connected, target);
                for (CountedCall call : calls) {
                    refused.merge(call, kernel.refusals(call), Long::sum);
                }
                end(connected, PAGES / 2);
            }
        });
        for (CountedCall call : calls) {
            long count = refused.getOrDefault(call, 0L);
            assertTrue(count > 0 && count < Runs.SEEDS, call + " refused " + count + " times");
        }
    }

    @Test
    void whileFewPagesAreLockedNothingIsRefused() {
        passes(NARROW, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel);
                    PeerListener target = kernel.listen()) {
                lock(connected, PAGES / 2 - 1);
                submitOthers(connected, target);
                for (CountedCall call : CountedCall.values()) {
                    assertEquals(0, kernel.refusals(call), call::name);
                }
                end(connected, PAGES / 2 - 1);
            }
        });
    }

    @Test
    void refusalsByChanceAreCounted() {
        passes(SimulationOptions.DEFAULT.withFaults(Faults.refusals(100)), kernel -> {
            try (Program program = new Program(kernel.host())) {
                assertTrue(program.post(1, program.overlapped(0)) < 0);
                assertEquals(1, kernel.refusals(CountedCall.POST_QUEUED_COMPLETION_STATUS));
            }
        });
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        for (int seed = 0; seed < 10; seed++) {
            assertEquals(history(seed), history(seed), "seed " + seed);
        }
    }

    private static Object history(int seed) {
        SimulatedTestKernel kernel = new SimulatedTestKernel(seed, NARROW);
        kernel.run(() -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel);
                    PeerListener target = kernel.listen()) {
                lock(connected, PAGES - 1);
                submitOthers(connected, target);
                end(connected, PAGES - 1);
            }
        });
        return kernel.history().lines(0);
    }

    /// Receives that find no data, in the slots from 0 on.
    private static void lock(ConnectedProgram connected, int pages) {
        for (int i = 0; i < pages; i++) {
            assertEquals(-Win32.WSA_IO_PENDING, connected.program.receive(i, connected.socket, 1));
        }
    }

    /// One call of each kind that locks no page, tried until it is taken, and its end.
    private static void submitOthers(ConnectedProgram connected, PeerListener target) throws Exception {
        Program program = connected.program;
        long listener = program.listener();
        long accepted = program.socket();
        long connecting = program.socket();
        Program.check(program.bind(connecting, 0));
        untilTaken(() -> program.accept(40, listener, accepted));
        untilTaken(() -> program.connect(41, connecting, target.address()));
        assertEquals(41, program.take().slot());
        Program.check(program.option(connecting, Win32.SOL_SOCKET, Win32.SO_UPDATE_CONNECT_CONTEXT, 0));
        untilTaken(() -> program.receive(42, connecting, 0));
        Program.check(program.cancel(connecting, 0));
        assertEquals(42, program.take().slot());
        untilTaken(() -> program.post(1, program.overlapped(43)));
        assertEquals(43, program.take().slot());
        Program.check(program.cancel(listener, 0));
        assertEquals(40, program.take().slot());
        for (long socket : new long[] {listener, accepted, connecting}) {
            Program.check(program.closeSocket(socket));
        }
        target.accept().close();
    }

    private static void untilTaken(IntSupplier call) {
        for (int i = 0; i < TRIES; i++) {
            int result = call.getAsInt();
            if (result >= 0 || result == -Win32.WSA_IO_PENDING) {
                return;
            }
            assertTrue(
                    Set.of(-Win32.WSAENOBUFS, -Win32.WSAEWOULDBLOCK, -Status.ERROR_NO_SYSTEM_RESOURCES)
                            .contains(result),
                    "code " + -result);
        }
        throw new AssertionError("refused " + TRIES + " times");
    }

    /// Cancels what pends and takes its packets.
    private static void end(ConnectedProgram connected, int count) {
        int _ = connected.program.cancel(connected.socket, 0);
        for (int i = 0; i < count; i++) {
            assertTrue(connected.program.take().slot() >= 0);
        }
    }

    private static int readAll(Program program, long socket, int length) {
        int done = 0;
        while (done < length) {
            int result = program.receive(-1, socket, length - done);
            done += result == -Win32.WSAEWOULDBLOCK ? 0 : (int) Program.check(result);
        }
        return done;
    }
}
