package io.github.iocp4j.internal.win32;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.iocp4j.internal.bindings.Iocp;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Win32Test {
    static Stream<Field> constants() {
        return Arrays.stream(Win32.class.getFields());
    }

    @ParameterizedTest
    @MethodSource("constants")
    void constantIsThatOfTheBindings(Field constant) throws ReflectiveOperationException {
        Object bound = Iocp.class.getMethod(constant.getName()).invoke(null);
        assertEquals(bound, constant.get(null));
    }
}
