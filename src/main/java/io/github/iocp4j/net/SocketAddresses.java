package io.github.iocp4j.net;

import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Socket addresses between Java and Windows.
///
/// ```c
/// struct sockaddr_in  { u16 sin_family;  u16be sin_port;  u8 sin_addr[4]; u8 sin_zero[8]; };
///      // 16
/// struct sockaddr_in6 { u16 sin6_family; u16be sin6_port; u32 sin6_flowinfo; u8 sin6_addr[16]; u32 sin6_scope_id; };
///      // 28
/// ```
final class SocketAddresses {
    static final int IPV4_BYTES = 16;
    static final int IPV6_BYTES = 28;

    private static final int PORT_OFFSET = 2;
    private static final int IPV4_ADDRESS_OFFSET = 4;
    private static final int IPV6_FLOW_OFFSET = 4;
    private static final int IPV6_ADDRESS_OFFSET = 8;
    private static final int IPV6_SCOPE_OFFSET = 24;

    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddresses() {}

    static int family(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IllegalArgumentException("unresolved address " + address);
        }
        return host instanceof Inet6Address ? Win32.AF_INET6 : Win32.AF_INET;
    }

    /// The wildcard address of a family, with port 0.
    static InetSocketAddress any(int family) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[family == Win32.AF_INET6 ? 16 : 4]), 0);
        } catch (UnknownHostException e) {
            throw new AssertionError("addresses of 4 and 16 bytes are known", e);
        }
    }

    /// @return the length of what was written, in bytes
    static int write(InetSocketAddress address, MemorySegment target) {
        int family = family(address);
        byte[] bytes = address.getAddress().getAddress();
        target.asSlice(0, IPV6_BYTES).fill((byte) 0);
        target.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) family);
        target.set(NETWORK_SHORT, PORT_OFFSET, (short) address.getPort());
        if (family == Win32.AF_INET) {
            MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, IPV4_ADDRESS_OFFSET, 4);
            return IPV4_BYTES;
        }
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, IPV6_ADDRESS_OFFSET, 16);
        int scope = ((Inet6Address) address.getAddress()).getScopeId();
        target.set(ValueLayout.JAVA_INT_UNALIGNED, IPV6_FLOW_OFFSET, 0);
        target.set(ValueLayout.JAVA_INT_UNALIGNED, IPV6_SCOPE_OFFSET, scope);
        return IPV6_BYTES;
    }

    /// Reads the address at the beginning of `source`, which has at least [#IPV6_BYTES] bytes.
    static InetSocketAddress read(MemorySegment source) {
        int family = Short.toUnsignedInt(source.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
        int port = Short.toUnsignedInt(source.get(NETWORK_SHORT, PORT_OFFSET));
        try {
            return new InetSocketAddress(host(family, source), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("addresses of 4 and 16 bytes are known", e);
        }
    }

    private static InetAddress host(int family, MemorySegment source) throws UnknownHostException {
        if (family == Win32.AF_INET) {
            return InetAddress.getByAddress(bytes(source, IPV4_ADDRESS_OFFSET, 4));
        }
        if (family != Win32.AF_INET6) {
            throw new AssertionError("address family " + family + ": the sockets here are of IPv4 and IPv6");
        }
        byte[] address = bytes(source, IPV6_ADDRESS_OFFSET, 16);
        int scope = source.get(ValueLayout.JAVA_INT_UNALIGNED, IPV6_SCOPE_OFFSET);
        return isMappedIpv4(address)
                ? InetAddress.getByAddress(address)
                : Inet6Address.getByAddress(null, address, scope == 0 ? -1 : scope);
    }

    private static boolean isMappedIpv4(byte[] address) {
        byte[] prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
        return Arrays.equals(address, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] bytes(MemorySegment source, long offset, int length) {
        return source.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }
}
