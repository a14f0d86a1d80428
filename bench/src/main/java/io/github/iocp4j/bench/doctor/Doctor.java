package io.github.iocp4j.bench.doctor;

import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.Machine;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.net.TcpTransport;
import io.github.iocp4j.port.CompletionPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/// Looks at everything that iocp4j builds on, from the bottom up, and says what is missing and what that means.
public final class Doctor {
    private final PrintWriter out;

    /// @param out where the findings go
    public Doctor(PrintWriter out) {
        this.out = out;
    }

    /// Prints the findings.
    ///
    /// @return whether iocp4j can work here
    /// @throws Failure when a basic thing is missing, and looking on would be in vain
    public boolean examine() {
        tell("system", Machine.system());
        tell("java", Machine.java());
        tell("processors", Runtime.getRuntime().availableProcessors() + " (the default number of I/O workers)");
        if (!Machine.isWindows()) {
            throw new Failure("iocp4j needs Windows, or Wine 10 or newer: I/O completion ports do not exist on "
                    + System.getProperty("os.name"));
        }
        if (!Machine.isNativeAccessEnabled()) {
            throw new Failure("native access is denied: start Java with --enable-native-access=ALL-UNNAMED");
        }
        tell("native access", "allowed");
        boolean works = examinePort();
        boolean ipv4 = examineEcho("127.0.0.1");
        boolean ipv6 = examineEcho("::1");
        out.println();
        if (!ipv6) {
            out.println("Without IPv6, serve and connect work with IPv4 addresses only.");
        }
        if (Machine.isWine()) {
            out.println("Wine is good for tests; it says nothing about the speed and the limits of Windows.");
        }
        boolean enough = works && ipv4;
        out.println(
                enough
                        ? "Everything that iocp4j needs is here."
                        : "iocp4j can't work on this machine until what is marked MISSING is there.");
        out.flush();
        return enough;
    }

    private boolean examinePort() {
        try (CompletionPort port = CompletionPort.open(0, 1)) {
            boolean timedOut = port.dequeue(port.newBatch(1), 0) == 0;
            tell("completion port", timedOut ? "works" : "MISSING: a new port gave a packet that nobody posted");
            return examineTcp(port) && timedOut;
        } catch (IOException | LinkageError e) {
            missing("completion port", e);
            return false;
        }
    }

    private boolean examineTcp(CompletionPort port) {
        try (TcpTransport transport = TcpTransport.on(port)) {
            List<Provider> providers = Provider.all(port.host());
            for (Provider provider : providers) {
                tell("TCP provider", provider.toString());
            }
            boolean skips = transport.skipsOnSuccess();
            tell(
                    "skip on success",
                    skips
                            ? "yes: reads and sends that are done at once cost no packet"
                            : "no: a TCP provider without XP1_IFS_HANDLES is installed (a layered one, of a firewall or"
                                    + " the like); reads and sends that are done at once cost a packet each");
            // The transport has looked them up, and would have thrown.
            tell("AcceptEx, ConnectEx", "found");
            return true;
        } catch (WinsockException | LinkageError e) {
            missing("TCP", e);
            return false;
        }
    }

    private boolean examineEcho(String address) {
        String name = "echo over " + address;
        try {
            double millis = LoopbackEcho.millis(InetAddress.getByName(address));
            tell(name, String.format(Locale.ROOT, "works, first round trip %.1f ms", millis));
            return true;
        } catch (IOException | LinkageError e) {
            missing(name, e);
            return false;
        }
    }

    private void missing(String name, Throwable cause) {
        tell(name, "MISSING: " + (cause instanceof Error ? cause.getMessage() : Failure.sentence(cause)));
    }

    private void tell(String name, String finding) {
        out.printf("%-22s %s%n", name, finding);
    }
}
