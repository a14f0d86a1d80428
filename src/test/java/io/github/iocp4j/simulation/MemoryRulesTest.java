package io.github.iocp4j.simulation;

import static io.github.iocp4j.simulation.Runs.fails;
import static io.github.iocp4j.simulation.Runs.passes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryRulesTest {
    private static final SimulationOptions NEVER_INLINE = SimulationOptions.DEFAULT.withInlinePercent(0);

    @Test
    void anOverlappedInFlightIsNotSubmittedAgain() {
        fails("is in flight with RECEIVE", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(0, connected.socket, 10);
            int _ = connected.program.send(0, connected.socket, 10);
        });
    }

    @Test
    void anOverlappedInFlightIsNotChanged() {
        fails("its OVERLAPPED was changed at byte 16", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(0, connected.socket, 10);
            connected.program.slots.set(ValueLayout.JAVA_INT, 16, 1);
            connected.peer.write(new byte[1]);
            connected.program.take();
        });
    }

    @Test
    void anOverlappedIsNotChangedBetweenCompletionAndDequeue() {
        fails("its OVERLAPPED was changed at byte 0", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            connected.peer.write(new byte[1]);
            int _ = connected.program.receive(0, connected.socket, 10);
            kernel.pause(Duration.ofSeconds(1));
            connected.program.slots.set(ValueLayout.JAVA_INT, 0, Status.PENDING);
            connected.program.take();
        });
    }

    @Test
    void anOverlappedCarriesNoEvent() {
        fails("hEvent is set", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            connected.program.slots.set(ValueLayout.JAVA_LONG, 24, 1);
            int _ = connected.program.receive(0, connected.socket, 10);
        });
    }

    @Test
    void anOverlappedIsPendingUntilItsOperationIsOver() {
        passes(NEVER_INLINE, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                assertEquals(-Win32.WSA_IO_PENDING, connected.program.receive(0, connected.socket, 10));
                assertEquals(Status.PENDING, connected.program.status(0));
                connected.peer.write(new byte[1]);
                assertEquals(0, connected.program.take().status());
            }
        });
    }

    @Test
    void aReceiveBufferInFlightIsNotWrittenTo() {
        fails("its data was changed at byte 3", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(0, connected.socket, 10);
            connected.program.data.set(ValueLayout.JAVA_BYTE, 3, (byte) 1);
            connected.peer.write(new byte[1]);
            connected.program.take();
        });
    }

    @Test
    void aReceiveBufferIsNotSharedByTwoReceives() {
        fails("overlaps that of RECEIVE", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(0, connected.socket, 4097);
            int _ = connected.program.receive(1, connected.socket, 10);
        });
    }

    @Test
    void aReceiveBufferIsNotSentMeanwhile() {
        fails("overlaps that of RECEIVE", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(0, connected.socket, 4097);
            int _ = connected.program.send(1, connected.socket, 10);
        });
    }

    @Test
    void aBufferInFlightIsSentTwiceAtOnce() {
        passes(NEVER_INLINE, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                Program program = connected.program;
                assertEquals(-Win32.WSA_IO_PENDING, program.send(1, connected.socket, 10));
                assertEquals(-Win32.WSA_IO_PENDING, program.winsock(call -> {
                    call.setBuffer(0, program.buffer(1), 10);
                    return program.winsock.WSASend(call, connected.socket, 1, program.overlapped(2));
                }));
                connected.peer.readFully(20);
                assertEquals(1, program.take().slot());
                assertEquals(2, program.take().slot());
            }
        });
    }

    @Test
    void aSendBufferInFlightIsNotWrittenTo() {
        fails("its data was changed at byte 5", NEVER_INLINE, kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.send(0, connected.socket, 10);
            connected.program.data.set(ValueLayout.JAVA_BYTE, 5, (byte) 1);
            connected.program.take();
        });
    }

    @Test
    void anArenaIsNotClosedWhileTheKernelHasMemoryOfIt() {
        fails("is closed while the kernel owns memory of it: RECEIVE", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(0, connected.socket, 10);
            connected.program.arena.close();
        });
    }

    @Test
    void closedMemoryIsNotGivenToTheKernel() {
        fails("is in closed memory", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            MemorySegment buffer;
            try (Arena arena = kernel.host().newArena()) {
                buffer = arena.allocate(10);
            }
            connected.program.winsock(call -> {
                call.setBuffer(0, buffer.address(), 10);
                return connected.program.winsock.WSARecv(call, connected.socket, 1, connected.program.overlapped(0));
            });
        });
    }

    @Test
    void closedMemoryIsNotRead() {
        passes(kernel -> {
            MemorySegment buffer;
            try (Arena arena = kernel.host().newArena()) {
                buffer = arena.allocate(10);
            }
            assertThrows(IllegalStateException.class, () -> buffer.get(ValueLayout.JAVA_BYTE, 0));
        });
    }

    @Test
    void memoryOfNoArenaIsNotGivenToTheKernel() {
        fails("belongs to no arena of the host", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.winsock(call -> {
                call.setBuffer(0, 8, 10);
                return connected.program.winsock.WSARecv(call, connected.socket, 1, connected.program.overlapped(0));
            });
        });
    }

    @Test
    void memoryBeyondItsAllocationIsNotGivenToTheKernel() {
        fails("reach beyond the allocation", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(63, connected.socket, 4097);
        });
    }

    @Test
    void theBufferArrayBelongsToTheCallOnly() {
        passes(kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                connected.peer.write(new byte[1]);
                int length = connected.program.winsock(call -> {
                    call.setBuffer(0, connected.program.buffer(0), 10);
                    int _ = connected.program.winsock.WSARecv(
                            call, connected.socket, 1, connected.program.overlapped(0));
                    return call.bufferLength(0);
                });
                assertEquals(0xEEEE_EEEE, length);
                connected.program.take();
            }
        });
    }

    @Test
    void aCallIsUsedByOneThreadAtATime() {
        fails("its Call is in use by main", kernel -> {
            Program program = new Program(kernel.host());
            var call = kernel.host().calls().acquire();
            kernel.fork("other", () -> {
                kernel.pause(Duration.ofMillis(1));
                program.winsock.WSACleanup(call);
            });
            var entry = program.arena.allocate(32, 8);
            program.kernel32.GetQueuedCompletionStatus(call, program.port, entry.address(), Win32.INFINITE);
        });
    }

    @Test
    void aRefusedSubmissionOwnsNothing() {
        passes(SimulationOptions.DEFAULT.withFaults(new Faults(100, 100, 100, 0, 0, 0, 0, 0, 0, 0)), kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                assertEquals(-Win32.WSAENOBUFS, connected.program.receive(0, connected.socket, 10));
                assertEquals(-Win32.WSAENOBUFS, connected.program.receive(0, connected.socket, 0));
                assertEquals(-Win32.WSAENOBUFS, connected.program.send(0, connected.socket, 10));
                assertEquals(-Win32.WAIT_TIMEOUT, connected.program.take(100).slot());
            }
        });
    }
}
