package io.github.iocp4j.internal.win32;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.iocp4j.internal.bindings.LPFN_ACCEPTEX;
import io.github.iocp4j.internal.bindings.LPFN_CONNECTEX;
import io.github.iocp4j.internal.bindings.LPFN_GETACCEPTEXSOCKADDRS;
import io.github.iocp4j.internal.bindings.LPFN_WINE_GET_VERSION;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import org.junit.jupiter.api.Test;

class LinkageTest {
    @Test
    void typesOfFunctionsComeFromTheBindings() {
        assertEquals(
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT),
                Linkage.descriptor("GetQueuedCompletionStatusEx"));
        assertEquals(
                FunctionDescriptor.of(
                        JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linkage.descriptor("WSARecv"));
        assertEquals(
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_BYTE),
                Linkage.descriptor("SetFileCompletionNotificationModes"));
        assertEquals(FunctionDescriptor.of(JAVA_INT, JAVA_SHORT, JAVA_LONG), Linkage.descriptor("WSAStartup"));
    }

    @Test
    void functionThatIsNotInTheBindingsIsNamed() {
        var error = assertThrows(UnsatisfiedLinkError.class, () -> Linkage.descriptor("CreateMutexW"));
        assertEquals("not in the bindings: CreateMutexW", error.getMessage());
    }

    @Test
    void functionTypesAreThoseOfTheBindings() {
        assertEquals(LPFN_ACCEPTEX.descriptor(), Linkage.descriptor(LPFN_ACCEPTEX.Function.class));
        assertEquals(LPFN_CONNECTEX.descriptor(), Linkage.descriptor(LPFN_CONNECTEX.Function.class));
        assertEquals(
                LPFN_GETACCEPTEXSOCKADDRS.descriptor(), Linkage.descriptor(LPFN_GETACCEPTEXSOCKADDRS.Function.class));
        assertEquals(LPFN_WINE_GET_VERSION.descriptor(), Linkage.descriptor(LPFN_WINE_GET_VERSION.Function.class));
    }

    @Test
    void interfaceThatIsNoFunctionTypeIsNamed() {
        var error = assertThrows(UnsatisfiedLinkError.class, () -> Linkage.descriptor(Kernel32.class));
        assertEquals("not a function type: io.github.iocp4j.internal.win32.Kernel32", error.getMessage());
    }

    @Test
    void failureIsTheNegatedCode() {
        var call = new Call(Arena.global());
        call.state().set(JAVA_INT, 4, Win32.WSAECONNRESET);
        assertEquals(-Win32.WSAECONNRESET, Linkage.failure(call, 4));
    }

    @Test
    void failureWithoutCodeIsNeverSuccess() {
        var call = new Call(Arena.global());
        call.state().set(JAVA_INT, 0, 0);
        assertEquals(-Win32.ERROR_GEN_FAILURE, Linkage.failure(call, 0));
    }

    @Test
    void unexpectedExceptionsStayWhatTheyAre() {
        var unchecked = new IllegalStateException();
        assertSame(unchecked, assertThrows(IllegalStateException.class, () -> Linkage.broken(unchecked)));
        var error = new StackOverflowError();
        assertSame(error, assertThrows(StackOverflowError.class, () -> Linkage.broken(error)));
        assertInstanceOf(IOException.class, Linkage.broken(new IOException()).getCause());
    }
}
