package io.github.iocp4j.bench.doctor;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.bindings.WSAPROTOCOL_INFOW;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A TCP provider in Winsock's catalogue.
///
/// @param name as it calls itself
/// @param realHandles whether its sockets are handles of the system, which XP1_IFS_HANDLES says
record Provider(String name, boolean realHandles) {
    private static final int MOST = 256;

    /// All TCP providers, in the order of the catalogue.
    static List<Provider> all(Host host) throws WinsockException {
        Call call = host.calls().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment protocols = WSAPROTOCOL_INFOW.allocateArray(MOST, arena);
            int count = host.winsock().WSAEnumProtocolsW(call, protocols.address(), (int) protocols.byteSize());
            if (count < 0) {
                throw new WinsockException("WSAEnumProtocolsW", -count);
            }
            List<Provider> found = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                MemorySegment protocol = WSAPROTOCOL_INFOW.asSlice(protocols, i);
                if (WSAPROTOCOL_INFOW.iProtocol(protocol) == Win32.IPPROTO_TCP) {
                    String name = WSAPROTOCOL_INFOW.szProtocol(protocol).getString(0, StandardCharsets.UTF_16LE);
                    int flags = WSAPROTOCOL_INFOW.dwServiceFlags1(protocol);
                    found.add(new Provider(name, (flags & Win32.XP1_IFS_HANDLES) != 0));
                }
            }
            return found;
        } finally {
            host.calls().release(call);
        }
    }

    @Override
    public String toString() {
        return name + (realHandles ? ": its sockets are real handles" : ": without XP1_IFS_HANDLES");
    }
}
