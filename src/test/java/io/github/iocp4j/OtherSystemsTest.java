package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.port.CompletionPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What is promised for systems that have no completion ports.
class OtherSystemsTest {
    private static final Path OUTPUT = Path.of(System.getProperty("basedir", ""), "target", "classes");

    /// What is initialised on Windows only, since it finds a function of Windows: the linked calls, who makes
    /// them when they are first needed, and the bindings' functions, one class each.
    private static final String WINDOWS_ONLY = String.join(
            "|",
            "io\\.github\\.iocp4j\\.internal\\.win32\\.Linked.*",
            "io\\.github\\.iocp4j\\.internal\\.host\\.WindowsHost\\$Holder",
            "io\\.github\\.iocp4j\\.error\\.SystemText\\$Linked",
            "io\\.github\\.iocp4j\\.internal\\.bindings\\.Iocp\\$(?!shared).*");

    @Test
    void everyClassLoads() throws IOException {
        assertAll(classes().stream()
                .map(name -> () -> assertDoesNotThrow(
                        () -> Class.forName(name, !name.matches(WINDOWS_ONLY), IocpEndpoint.class.getClassLoader()),
                        name)));
    }

    @Test
    void optionsBuild() {
        assertEquals(2, EndpointOptions.server(9000).ioWorkers(2).build().ioWorkers());
        assertTrue(EndpointOptions.client().build().listenAddresses().isEmpty());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void startNamesTheSystem() {
        var handler = new EndpointHandler() {};
        var options = EndpointOptions.server(0).build();
        assertSaysWhy(assertThrows(UnsupportedOperationException.class, () -> IocpEndpoint.start(options, handler)));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void openingAPortNamesTheSystem() {
        assertSaysWhy(assertThrows(UnsupportedOperationException.class, () -> CompletionPort.open(0, 1)));
    }

    private static List<String> classes() throws IOException {
        try (Stream<Path> files = Files.walk(OUTPUT)) {
            return files.map(file -> OUTPUT.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.endsWith(".class") && !name.equals("module-info.class"))
                    .map(name -> name.replaceFirst("\\.class$", "").replace('/', '.'))
                    .toList();
        }
    }

    private static void assertSaysWhy(UnsupportedOperationException thrown) {
        assertEquals(
                "I/O completion ports exist on Windows only; this system is " + System.getProperty("os.name"),
                thrown.getMessage());
    }
}
