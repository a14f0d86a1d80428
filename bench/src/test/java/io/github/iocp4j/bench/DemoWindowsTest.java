package io.github.iocp4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DemoWindowsTest {
    @Test
    void passesWithFewClients() {
        CliRun demo = CliRun.begin("demo", "--seconds", "4", "--clients", "20", "--seed", "1");
        assertEquals(0, demo.exitCode(), () -> demo.out() + demo.err());
        assertTrue(demo.out().stripTrailing().endsWith("passed"), demo.out());
    }

    @Test
    void endsWhenTheUserHasEnough() throws InterruptedException {
        CliRun demo = CliRun.begin("demo", "--seconds", "1000", "--clients", "10");
        demo.awaitOut(Pattern.compile("on completion ports"));
        assertEquals(0, demo.stop().exitCode(), () -> demo.out() + demo.err());
    }
}
