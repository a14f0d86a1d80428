package io.github.iocp4j.admission;

import io.github.iocp4j.internal.option.Ranges;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// A range of IP addresses that begin with the same bits, down to a single one: `192.0.2.7`, `10.0.0.0/8`,
/// `2001:db8::/32`.
///
/// All are addresses of IPv6: one of IPv4 is the same as the IPv6 address that it is mapped to
/// (`::ffff:192.0.2.7`). So `0.0.0.0/0` is all of IPv4, and `::/0` is everything.
///
/// @param high the upper 64 bits
/// @param low the lower 64 bits
/// @param bits how many bits of the 128 an address has in common with this one to be in the range; all others are
/// zero here
public record AddressRange(long high, long low, int bits) {
    /// How many bits an address has.
    static final int ALL_BITS = 128;

    private static final int IPV4_BITS = 32;
    private static final int HIGH_BITS = 64;
    private static final long IPV4_MAPPED = 0xffffL << IPV4_BITS;
    private static final int IPV4_BYTES = 4;

    /// Clears the bits beyond the range's.
    ///
    /// @throws IllegalArgumentException when `bits` is not 0 to 128
    public AddressRange {
        Ranges.require("bits", bits, 0, ALL_BITS);
        high &= mask(Math.min(bits, HIGH_BITS));
        low &= mask(Math.max(bits - HIGH_BITS, 0));
    }

    /// The range of one address. A zone of IPv6 (`%3`) is not looked at.
    public static AddressRange of(InetAddress address) {
        return of(address, ALL_BITS);
    }

    /// Reads an address, or a range: an address, `/` and the number of its leading bits, 0 to 32 for IPv4 and 0 to
    /// 128 for IPv6. The bits beyond may be anything. Never asks a name server: only addresses are understood.
    ///
    /// @throws IllegalArgumentException when it is neither
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        boolean ipv6 = literal.indexOf(':') >= 0;
        int all = ipv6 ? ALL_BITS : IPV4_BITS;
        int bits = slash < 0 ? all : parseBits(text, text.substring(slash + 1), all);
        // What InetAddress takes besides ("127.1", "3221226219", "[::1]", "fe80::1%eth0") is no address of a peer.
        boolean plain = ipv6
                ? literal.indexOf('%') < 0 && literal.indexOf('[') < 0
                : literal.chars().filter(each -> each == '.').count() == IPV4_BYTES - 1;
        if (!plain) {
            throw malformed(text);
        }
        try {
            return of(InetAddress.ofLiteral(literal), ALL_BITS - all + bits);
        } catch (IllegalArgumentException _) {
            throw malformed(text);
        }
    }

    /// Whether an address is in the range.
    public boolean contains(InetAddress address) {
        return of(address, bits).equals(this);
    }

    /// The range as text that [#parse] reads.
    @Override
    public String toString() {
        byte[] bytes =
                ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
        boolean ipv4 = high == 0 && (low >>> IPV4_BITS) == 0xffff && bits >= ALL_BITS - IPV4_BITS;
        try {
            // Of mapped addresses this makes those of IPv4.
            String address = InetAddress.getByAddress(bytes).getHostAddress();
            int shown = ipv4 ? bits - (ALL_BITS - IPV4_BITS) : bits;
            return bits == ALL_BITS ? address : address + "/" + shown;
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an address", e);
        }
    }

    /// The range of the addresses that have the first `bits` of 128 bits in common with this one.
    static AddressRange of(InetAddress address, int bits) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        if (bytes.remaining() == IPV4_BYTES) {
            return new AddressRange(0, IPV4_MAPPED | Integer.toUnsignedLong(bytes.getInt()), bits);
        }
        return new AddressRange(bytes.getLong(), bytes.getLong(), bits);
    }

    /// Those that are taken for one peer: an address of IPv4, or the 64 bits of an IPv6 address that belong to a
    /// site, which has all addresses that begin so.
    static AddressRange peer(InetAddress address) {
        AddressRange single = of(address);
        boolean ipv4 = single.high == 0 && (single.low >>> IPV4_BITS) == 0xffff;
        // The loopback address is not one of a site.
        boolean alone = ipv4 || single.high == 0;
        return alone ? single : new AddressRange(single.high, 0, HIGH_BITS);
    }

    private static int parseBits(String text, String number, int most) {
        try {
            int bits = Integer.parseUnsignedInt(number);
            if (bits >= 0 && bits <= most && Character.isDigit(number.charAt(0))) {
                return bits;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new IllegalArgumentException(
                "'" + text + "': what follows the '/' must be a number of bits, 0 to " + most);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("'" + text + "': must be an IP address, such as 192.0.2.7 or 2001:db8::7, "
                + "or a range of them, such as 192.0.2.0/24; names are not looked up");
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (HIGH_BITS - bits);
    }
}
