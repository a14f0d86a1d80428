package io.github.iocp4j.internal.win32;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.bindings.Iocp;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LinkageWindowsTest {
    private static final String DESCRIPTOR = "$descriptor";

    /// The generated descriptors look for their functions there.
    @BeforeAll
    static void loadLibraries() {
        Path system = Path.of(System.getenv("SystemRoot"), "System32");
        for (String dll : new String[] {"kernel32.dll", "ws2_32.dll", "ntdll.dll"}) {
            System.load(system.resolve(dll).toString());
        }
    }

    static Stream<Method> generated() {
        return Arrays.stream(Iocp.class.getMethods())
                .filter(method -> method.getName().endsWith(DESCRIPTOR));
    }

    @ParameterizedTest
    @MethodSource("generated")
    void typeIsThatOfTheGeneratedDescriptor(Method descriptor) throws ReflectiveOperationException {
        String function = descriptor.getName().replace(DESCRIPTOR, "");
        assertEquals(descriptor.invoke(null), Linkage.descriptor(function));
    }

    @Test
    void everyFunctionOfTheHeaderIsSeen() {
        assertTrue(generated().count() >= 24, () -> generated().count() + " functions");
    }

    @Test
    void functionThatTheLibraryLacksIsAnError() {
        var kernel32 = new Linkage("kernel32", "GetLastError");
        assertThrows(NoSuchElementException.class, () -> kernel32.link("closesocket"));
    }
}
