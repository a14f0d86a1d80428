package io.github.iocp4j.error;

import java.util.Arrays;

/// Codes and their symbols, found by binary search.
final class CodeTable {
    private final int[] codes;
    private final String[] symbols;

    /// @param text one line a code, ascending: the code in decimal, and its symbol
    CodeTable(String text) {
        String[] lines = text.lines().toArray(String[]::new);
        codes = new int[lines.length];
        symbols = new String[lines.length];
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            int space = line.indexOf(' ');
            codes[i] = Integer.parseInt(line.substring(0, space));
            symbols[i] = line.substring(space + 1);
        }
    }

    /// The symbol of `code`, or an empty string.
    String symbol(int code) {
        int index = Arrays.binarySearch(codes, code);
        return index < 0 ? "" : symbols[index];
    }

    /// The code of `symbol`, or -1.
    int code(String symbol) {
        int index = Arrays.asList(symbols).indexOf(symbol);
        return index < 0 ? -1 : codes[index];
    }

    int[] codes() {
        return codes.clone();
    }
}
