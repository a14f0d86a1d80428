package io.github.iocp4j.simulation;

import static io.github.iocp4j.simulation.Runs.fails;
import static io.github.iocp4j.simulation.Runs.passes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.Program.Entries;
import io.github.iocp4j.simulation.Program.Packet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PortRulesTest {
    @Test
    void givesPacketsInTheOrderOfTheirArrival() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host());
                    Entries entries = program.new Entries(7)) {
                List<Long> keys = new ArrayList<>();
                LongStream.range(0, 40).forEach(key -> Program.check(program.post(key, 0)));
                while (keys.size() < 40) {
                    int count = entries.take(0);
                    for (int i = 0; i < count; i++) {
                        keys.add(entries.packet(i).key());
                    }
                }
                assertEquals(LongStream.range(0, 40).boxed().toList(), keys);
            }
        });
    }

    @Test
    void wakesAsManyWaitersAsThereArePackets() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                List<HostThread> threads = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    threads.add(kernel.host().newThread("worker-" + i, () -> {
                        Packet _ = program.take();
                    }));
                    threads.getLast().start();
                }
                LongStream.range(0, 4).forEach(key -> Program.check(program.post(key, 0)));
                threads.forEach(each -> assertTrue(each.join(Long.MAX_VALUE)));
            }
        });
    }

    @Test
    void returnsWhenItsTimeIsOverOrEarlier() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                long begin = kernel.host().nanoTime();
                assertEquals(-Win32.WAIT_TIMEOUT, program.take(500).slot());
                assertTrue(kernel.host().nanoTime() - begin < 510_000_000);
            }
        });
    }

    @Test
    void wakesWhoWaitsWhenItIsClosed() {
        passes(kernel -> {
            Program program = new Program(kernel.host());
            List<HostThread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(kernel.host().newThread("worker-" + i, () -> {
                    assertEquals(-Win32.ERROR_ABANDONED_WAIT_0, program.take().slot());
                }));
                threads.getLast().start();
            }
            kernel.pause(Duration.ofMillis(1));
            program.close();
            threads.forEach(each -> assertTrue(each.join(Long.MAX_VALUE)));
        });
    }

    @Test
    void isNotClosedWithAPacketOfAnOperation() {
        fails("packet lost", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            connected.peer.write(new byte[1]);
            int _ = connected.program.receive(0, connected.socket, 10);
            kernel.pause(Duration.ofSeconds(1));
            connected.program.closePort();
        });
    }

    @Test
    void isNotClosedBeforeAnOperationIsHome() {
        fails("packet lost", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(0, connected.socket, 10);
            connected.program.closePort();
        });
    }

    @Test
    void isNotUsedOnceItIsClosed() {
        fails("closed or of another kind", kernel -> {
            Program program = new Program(kernel.host());
            program.closePort();
            program.post(1, 0);
        });
    }

    @Test
    void takesNoPostedPacketWithAnOverlappedInFlight() {
        fails("a packet is posted with the OVERLAPPED of RECEIVE", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.receive(0, connected.socket, 10);
            connected.program.post(1, connected.program.overlapped(0));
        });
    }

    @Test
    void refusesPostsWhenAskedTo() {
        passes(SimulationOptions.DEFAULT.withFaults(Faults.refusals(100)), kernel -> {
            try (Program program = new Program(kernel.host())) {
                assertEquals(-Status.ERROR_NO_SYSTEM_RESOURCES, program.post(1, 0));
            }
        });
    }

    @Test
    void isOneForEachSocket() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                long socket = program.socket();
                assertEquals(
                        -Win32.ERROR_INVALID_PARAMETER,
                        program.kernel(
                                call -> program.kernel32.CreateIoCompletionPort(call, socket, program.port, 1, 0)));
                Program.check(program.closeSocket(socket));
            }
        });
    }

    @Test
    void leavesTheReservedMemberOfAnEntryWithoutMeaning() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host());
                    Arena arena = kernel.host().newArena()) {
                MemorySegment entry = arena.allocate(32, 8);
                Program.check(program.post(1, 0));
                Program.check(program.kernel(call ->
                        program.kernel32.GetQueuedCompletionStatusEx(call, program.port, entry.address(), 1, 0)));
                assertEquals(0xDDDD_DDDD_DDDD_DDDDL, entry.get(ValueLayout.JAVA_LONG, 16));
            }
        });
    }
}
