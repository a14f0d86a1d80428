package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// `sockaddr_in` and `sockaddr_in6` in memory.
final class SocketAddresses {
    /// Where in its part of an AcceptEx buffer a sockaddr lies. Windows doesn't say; it is aligned to two bytes,
    /// not more.
    static final int ACCEPT_OFFSET = 6;

    private static final int IPV4_BYTES = 16;
    private static final int IPV6_BYTES = 28;

    private SocketAddresses() {}

    static int length(int family) {
        return family == Win32.AF_INET ? IPV4_BYTES : IPV6_BYTES;
    }

    /// Reads an address.
    ///
    /// @return the address, or `null` when it is of another family
    static @Nullable InetSocketAddress read(MemorySegment memory, int family) {
        ByteBuffer bytes =
                ByteBuffer.wrap(memory.toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getShort() != family) {
            return null;
        }
        int port = Short.toUnsignedInt(bytes.order(ByteOrder.BIG_ENDIAN).getShort());
        byte[] address = new byte[family == Win32.AF_INET ? 4 : 16];
        bytes.get(family == Win32.AF_INET ? 4 : 8, address);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("the length is right", e);
        }
    }

    static void write(byte[] to, int offset, InetSocketAddress address, int family) {
        ByteBuffer bytes = ByteBuffer.wrap(to, offset, length(family)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) family);
        bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) address.getPort());
        byte[] raw = address.getAddress().getAddress();
        if (family == Win32.AF_INET) {
            bytes.put(raw);
        } else {
            bytes.putInt(0);
            if (raw.length == 4) {
                bytes.putLong(0).putInt(0xffff);
            }
            bytes.put(raw);
        }
    }
}
