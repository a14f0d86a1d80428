package io.github.iocp4j.bench.cli;

import io.github.iocp4j.EndpointCounters;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// What closed endpoints have left over: a table that must be all 0.
///
/// @param names of the endpoints, as headings
/// @param counters of the endpoints, taken after their close
public record LeftOver(List<String> names, List<EndpointCounters> counters) {
    /// Whether nothing is left over, as it must be.
    public boolean isNothing() {
        return counters.stream().allMatch(EndpointCounters::isQuiescent);
    }

    /// Prints the table.
    public void print(PrintWriter out) {
        StringBuilder heading = new StringBuilder(String.format("%-32s", "left over at shutdown"));
        names.forEach(name -> heading.append(String.format("%12s", name)));
        out.println(heading);
        row(out, "pending I/O", each -> each.connections().pendingIo());
        row(out, "operations (slots) taken", each -> each.memory().operationsTaken());
        row(out, "operations (slots) in flight", each -> each.memory().operationsInFlight());
        row(out, "buffers out", each -> each.memory().buffersOut());
        row(
                out,
                "bytes charged",
                each -> each.memory().sendBytes() + each.memory().assemblyBytes());
        row(out, "pages locked", each -> each.memory().pagesLocked());
        row(out, "connections unreleased", EndpointCounters::unreleased);
        out.flush();
    }

    private void row(PrintWriter out, String name, ToLongFunction<EndpointCounters> value) {
        StringBuilder row = new StringBuilder(String.format("  %-30s", name));
        counters.forEach(each -> row.append(String.format(Locale.ROOT, "%,12d", value.applyAsLong(each))));
        out.println(row);
    }
}
