package io.github.iocp4j.internal.win32;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.bindings.SOCKADDR_IN6;
import io.github.iocp4j.internal.bindings.WSABUF;
import io.github.iocp4j.internal.bindings.WSADATA;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallTest {
    private final Call call = new Call(Arena.global());

    @Test
    void buffersAreWsabufsOfWindows() {
        call.setBuffer(0, 0x1111_2222_3333_4444L, 5);
        call.setBuffer(Call.MAX_BUFFERS - 1, 0x5555_6666_7777_8888L, 9);

        MemorySegment last = WSABUF.asSlice(call.buffers(), Call.MAX_BUFFERS - 1);
        assertEquals(9, WSABUF.len(last));
        assertEquals(0x5555_6666_7777_8888L, WSABUF.buf(last));
        assertEquals(5, call.bufferLength(0));
        assertEquals(0x1111_2222_3333_4444L, call.bufferAddress(0));
        assertEquals(Call.MAX_BUFFERS * WSABUF.sizeof(), call.buffers().byteSize());
    }

    @Test
    void everyPartHasRoomForWhatTheCallsPutThere() {
        assertTrue(call.state().byteSize() >= Linker.Option.captureStateLayout().byteSize());
        assertTrue(call.address().byteSize() >= SOCKADDR_IN6.sizeof());
        assertTrue(call.buffers().byteSize() >= WSADATA.sizeof(), "WSAStartup writes its WSADATA there");
        assertEquals(0, call.buffers().address() % 8);
        assertEquals(0, call.address().address() % 8);
        assertEquals(0, call.out().address() % 8);
    }

    @Test
    void partsDoNotOverlap() {
        var parts = List.of(call.state(), call.out(), call.address(), call.buffers());
        for (MemorySegment one : parts) {
            for (MemorySegment other : parts) {
                assertTrue(one.equals(other) || one.asOverlappingSlice(other).isEmpty());
            }
        }
    }

    @Test
    void addressesOfAnAcceptAreKept() {
        call.setAddresses(4096, 8192);
        assertEquals(4096, call.localAddress());
        assertEquals(8192, call.remoteAddress());
    }
}
