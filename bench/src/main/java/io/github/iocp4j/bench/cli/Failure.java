package io.github.iocp4j.bench.cli;

import java.io.IOException;
import java.io.UncheckedIOException;

/// A failure that the user is told in one sentence.
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param sentence says what failed, for the user
    public Failure(String sentence) {
        super(sentence);
    }

    /// @param sentence says what failed, for the user; the cause's message is added
    public Failure(String sentence, Throwable cause) {
        super(sentence + ": " + sentence(cause), cause);
    }

    /// What to tell the user about `thrown`, in one line.
    public static String sentence(Throwable thrown) {
        String message = thrown.getMessage();
        if (thrown instanceof UncheckedIOException && thrown.getCause() != null) {
            return sentence(thrown.getCause());
        }
        boolean expected = thrown instanceof Failure
                || thrown instanceof IOException
                || thrown instanceof UnsupportedOperationException;
        if (expected && message != null) {
            return message.lines().findFirst().orElse(message);
        }
        return "unexpected " + thrown + "; --verbose tells more";
    }
}
