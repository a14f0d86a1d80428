package io.github.iocp4j.internal.win32;

import io.github.iocp4j.internal.bindings.Iocp;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.Arrays;

/// One DLL whose functions are linked so that each call captures its error code.
final class Linkage {
    /// All memory, for out parameters that a caller gives by address.
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// For a call that says it failed, but left no code: a result of 0 would mean success.
    private static final int NO_CODE = Win32.ERROR_GEN_FAILURE;

    private final SymbolLookup library;
    private final Linker.Option capture;

    /// @param dll the DLL's name without its ending; it stays loaded
    /// @param source where its functions leave their code: `GetLastError` or `WSAGetLastError`
    Linkage(String dll, String source) {
        library = SymbolLookup.libraryLookup(dll, Arena.global());
        capture = Linker.Option.captureCallState(source);
    }

    /// Where [Call#state] has the code of `source`, in bytes.
    static long offset(String source) {
        return Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement(source));
    }

    /// The negated code of the call that just failed.
    static int failure(Call call, long offset) {
        int code = call.state().get(ValueLayout.JAVA_INT, offset);
        return code > 0 ? -code : -NO_CODE;
    }

    /// Links a function of this DLL; its first parameter is the segment for the code.
    MethodHandle link(String name) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor(name), capture);
    }

    /// Links a function type, one of the bindings' `Function` interfaces; the first two parameters are the
    /// function's address and the segment for the code.
    MethodHandle link(Class<?> type) {
        return Linker.nativeLinker().downcallHandle(descriptor(type), capture);
    }

    /// Links `function` with the type of the function `name` in the bindings, for a call that leaves no code.
    static MethodHandle linkPlain(MemorySegment function, String name) {
        return Linker.nativeLinker().downcallHandle(function, descriptor(name));
    }

    /// Links `function` with a function type, for a call that leaves no code.
    static MethodHandle linkPlain(MemorySegment function, Class<?> type) {
        return Linker.nativeLinker().downcallHandle(function, descriptor(type));
    }

    /// The type of a function in the bindings, read from the generated method. The generated
    /// `name$descriptor()` has it too, but would look up the symbol among the libraries that the class loader
    /// has loaded, and only one loader of a process may load a DLL in that way. The header has nothing but
    /// integers, so that the method says all.
    static FunctionDescriptor descriptor(String name) {
        for (Method method : Iocp.class.getMethods()) {
            if (method.getName().equals(name)) {
                return descriptor(method);
            }
        }
        throw new UnsatisfiedLinkError("not in the bindings: " + name);
    }

    /// The function type that is read from one of the bindings' `Function` interfaces. The class around it has
    /// it too, but would link the type a second time, without the code, when it is initialised.
    static FunctionDescriptor descriptor(Class<?> type) {
        Method[] methods = type.getMethods();
        if (methods.length != 1) {
            throw new UnsatisfiedLinkError("not a function type: " + type.getName());
        }
        return descriptor(methods[0]);
    }

    private static FunctionDescriptor descriptor(Method method) {
        MemoryLayout[] parameters =
                Arrays.stream(method.getParameterTypes()).map(Linkage::layout).toArray(MemoryLayout[]::new);
        return method.getReturnType() == void.class
                ? FunctionDescriptor.ofVoid(parameters)
                : FunctionDescriptor.of(layout(method.getReturnType()), parameters);
    }

    /// What to throw for an exception out of a method handle: none of our calls has one that is expected.
    static AssertionError broken(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new AssertionError(thrown);
        };
    }

    private static MemoryLayout layout(Class<?> type) {
        if (type == long.class) {
            return ValueLayout.JAVA_LONG;
        }
        if (type == int.class) {
            return ValueLayout.JAVA_INT;
        }
        if (type == short.class) {
            return ValueLayout.JAVA_SHORT;
        }
        if (type == byte.class) {
            return ValueLayout.JAVA_BYTE;
        }
        throw new AssertionError("not an integer: " + type);
    }
}
