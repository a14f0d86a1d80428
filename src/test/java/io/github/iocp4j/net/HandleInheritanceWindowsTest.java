package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.net.TestTransport.Pair;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.WindowsTestKernel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A child process, which gets every handle of ours that can be inherited, must not keep our sockets open.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandleInheritanceWindowsTest {
    private static final long LIMIT_SECONDS = 20;

    @Test
    void childKeepsNoPortFromBeingBoundAgain() {
        WindowsTestKernel kernel = new WindowsTestKernel(1);
        kernel.run(() -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener listener = transport.listen();
                InetSocketAddress address = listener.address();
                Process child = startChild();
                try {
                    listener.close();
                    TestListener again = transport.listen(address);
                    assertEquals(address, again.address());
                    assertTrue(child.isAlive(), "the child has ended by itself");
                    try (Peer peer = kernel.connect(address)) {
                        assertEquals(peer.localAddress(), again.accept().remote());
                    }
                } finally {
                    end(child);
                }
            }
        });
    }

    @Test
    void childKeepsNoConnectionFromEnding() {
        WindowsTestKernel kernel = new WindowsTestKernel(1);
        kernel.run(() -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                Process child = startChild();
                try {
                    pair.channel().close();
                    AtomicBoolean ended = new AtomicBoolean();
                    kernel.fork("peer", () -> ended.set(pair.peer().read(new byte[1]) < 0));
                    transport.await("the peer sees the end", ended::get);
                    assertTrue(child.isAlive(), "the child has ended by itself");
                } finally {
                    end(child);
                }
            }
        });
    }

    /// Waits for a line that never comes. Its redirected streams make the JVM let it inherit handles.
    private static Process startChild() throws IOException {
        Process child = new ProcessBuilder("cmd.exe", "/c", "set /p line=ready")
                .redirectErrorStream(true)
                .start();
        byte[] ready = child.getInputStream().readNBytes("ready".length());
        assertEquals("ready".length(), ready.length, "the child runs");
        return child;
    }

    private static void end(Process child) throws InterruptedException {
        child.destroyForcibly();
        assertTrue(child.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "the child ends");
    }
}
