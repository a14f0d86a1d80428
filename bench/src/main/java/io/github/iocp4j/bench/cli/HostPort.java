package io.github.iocp4j.bench.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where to connect to: `name:port`, `1.2.3.4:port` or `[::1]:port`.
///
/// @param host a name or an address, without brackets
/// @param port 1 to 65535
public record HostPort(String host, int port) {
    /// Reads the form that the user types.
    ///
    /// @throws IllegalArgumentException that says what is wrong
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' has no port: HOST:PORT is expected");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "': an IPv6 address goes into brackets, as in [::1]:9000");
        }
        if (host.isBlank() || host.indexOf('[') >= 0 || host.indexOf(']') >= 0) {
            throw new IllegalArgumentException("'" + text + "' has no host: HOST:PORT is expected");
        }
        return new HostPort(host, port(text.substring(colon + 1)));
    }

    /// The address to connect to.
    ///
    /// @throws Failure when nobody knows the name
    public InetSocketAddress resolve() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new Failure("unknown host " + host);
        }
        return address;
    }

    /// An address as the user types it.
    public static String text(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String host = ip == null ? address.getHostString() : ip.getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    private static int port(String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new IllegalArgumentException("'" + digits + "' is no port: 1 to 65535 is expected");
    }

    /// Reads it for picocli.
    public static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
