package io.github.iocp4j.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.win32.Win32;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorTablesTest {
    static Stream<CodeTable> tables() {
        return Stream.of(Win32Errors.TABLE, WinsockErrors.TABLE);
    }

    static Stream<Field> codesInUse() {
        return Arrays.stream(Win32.class.getFields())
                .filter(field -> field.getName().matches("ERROR_.*|WAIT_TIMEOUT|WSAE.*|WSA_IO_PENDING"));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void codesAscendAndSymbolsAreUnique(CodeTable table) {
        int[] codes = table.codes();
        Set<String> symbols = new HashSet<>();
        for (int i = 0; i < codes.length; i++) {
            assertTrue(i == 0 || codes[i - 1] < codes[i], "after " + codes[Math.max(0, i - 1)]);
            String symbol = table.symbol(codes[i]);
            assertTrue(symbols.add(symbol), symbol);
            assertTrue(symbol.matches("[A-Z][A-Z0-9_]+"), symbol);
            assertEquals(codes[i], table.code(symbol));
        }
    }

    @ParameterizedTest
    @MethodSource("codesInUse")
    void everyCodeThatThisLibraryKnowsHasItsSymbol(Field constant) throws ReflectiveOperationException {
        String symbol = constant.getName().startsWith("WSA")
                ? WinsockErrors.symbol(constant.getInt(null))
                : Win32Errors.symbol(constant.getInt(null));
        assertEquals(constant.getName(), symbol);
    }

    @Test
    void eachTableKnowsTheCodesOfTheOther() {
        assertEquals("WSAECONNRESET", Win32Errors.symbol(10054));
        assertEquals("ERROR_NETNAME_DELETED", WinsockErrors.symbol(64));
    }

    @Test
    void lowCodesHaveTheNamesOfWinsockThere() {
        assertEquals("WSA_OPERATION_ABORTED", WinsockErrors.symbol(995));
        assertEquals("ERROR_OPERATION_ABORTED", Win32Errors.symbol(995));
    }

    @Test
    void unknownCodeHasNoSymbol() {
        assertEquals("", Win32Errors.symbol(9999));
        assertEquals("", WinsockErrors.symbol(-1));
        assertFalse(Win32Errors.symbol(Integer.MAX_VALUE).contains("ERROR"));
    }
}
