package io.github.iocp4j.bench.cli;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.EndpointCounters;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What an endpoint has counted, as text: for each group its numbers, each behind the name that it has in
/// [EndpointCounters], in words. What is counted there is shown here, without this class knowing of it.
public final class CounterText {
    private static final int WIDTH = 100;
    private static final int NAME_WIDTH = 14;
    private static final double MILLIS_PER_SECOND = 1e3;

    private CounterText() {}

    /// The whole, several lines. Of refusals, shortages and the reasons of closes only those that have occurred
    /// are named, and files and jobs only where there were any.
    public static String snapshot(EndpointCounters counters) {
        StringBuilder text = new StringBuilder();
        group(text, "connections", numbers(counters.connections()), true);
        group(text, "admission", numbers(counters.admission()), false);
        group(text, "closes", closes(counters.connections().closes()), false);
        group(text, "traffic", numbers(counters.traffic()), true);
        group(text, "memory", numbers(counters.memory()), true);
        group(text, "shortage", numbers(counters.shortage()), false);
        if (numbers(counters.files()).stream().anyMatch(each -> each.value != 0)) {
            group(text, "files", numbers(counters.files()), true);
        }
        if (!counters.jobs().isNone()) {
            group(text, "jobs", numbers(counters.jobs()), true);
        }
        return text.toString();
    }

    /// What matters while it runs, in one line.
    ///
    /// @param before what was counted so long ago
    public static String status(EndpointCounters now, EndpointCounters before, Duration interval) {
        String shortage = now.shortage().isNone() ? "" : "; short of " + joined(numbers(now.shortage()));
        String jobs = now.jobs().isNone() ? "" : "; jobs " + joined(numbers(now.jobs()));
        return String.format(
                Locale.ROOT,
                "%,d connections, %,d frames (%,.0f/s), %,d bytes received, %,d sent, %,d pages locked, "
                        + "%,d bytes to send%s%s",
                now.connections().open(),
                now.framesReceived(),
                (now.framesReceived() - before.framesReceived()) * MILLIS_PER_SECOND / interval.toMillis(),
                now.bytesReceived(),
                now.bytesSent(),
                now.memory().pagesLocked(),
                now.memory().sendBytes(),
                jobs,
                shortage);
    }

    private record Item(String name, long value) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s %,d", name, value);
        }
    }

    private static List<Item> numbers(Record group) {
        List<Item> items = new ArrayList<>();
        for (RecordComponent component : group.getClass().getRecordComponents()) {
            try {
                if (component.getAccessor().invoke(group) instanceof Number number) {
                    items.add(new Item(words(component.getName()), number.longValue()));
                }
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("a public record", e);
            }
        }
        return items;
    }

    private static List<Item> closes(Map<CloseReason.Kind, Long> closes) {
        List<Item> items = new ArrayList<>();
        closes.forEach((kind, count) ->
                items.add(new Item(kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), count)));
        return items;
    }

    /// `framesReceived` as "frames received".
    private static String words(String name) {
        return name.replaceAll("(?=\\p{Upper})", " ").toLowerCase(Locale.ROOT);
    }

    private static String joined(List<Item> items) {
        return String.join(
                ", ",
                items.stream()
                        .filter(each -> each.value != 0)
                        .map(Item::toString)
                        .toList());
    }

    /// A group begins with its name, and goes on under its first number where it is longer than a line.
    private static void group(StringBuilder text, String name, List<Item> items, boolean zeros) {
        List<String> shown = items.stream()
                .filter(each -> zeros || each.value != 0)
                .map(Item::toString)
                .toList();
        StringBuilder line = new StringBuilder(padded(name));
        for (String each : shown.isEmpty() ? List.of("none") : shown) {
            boolean first = line.length() == NAME_WIDTH;
            if (!first && line.length() + 2 + each.length() > WIDTH) {
                text.append(line).append(',').append(System.lineSeparator());
                line = new StringBuilder(padded(""));
                first = true;
            }
            line.append(first ? "" : ", ").append(each);
        }
        text.append(line).append(System.lineSeparator());
    }

    private static String padded(String name) {
        return name + " ".repeat(NAME_WIDTH - name.length());
    }
}
