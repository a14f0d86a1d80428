package io.github.iocp4j.admission;

import io.github.iocp4j.internal.option.Ranges;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who may connect to an endpoint. Immutable; [#DEFAULT] admits everybody, and each `with` method gives options
/// that differ in one thing.
///
/// Where addresses are counted, one of IPv4 counts by itself, whether it comes as such or mapped to IPv6, and
/// those of IPv6 count together when they have the first 64 bits in common, since whoever has one of them has
/// all.
///
/// @param banned ranges that are banned from the start, for ever
/// @param mostBans how many bans the [BanList] holds
/// @param mostPerAddress how many connections an address may have at once; [#NO_LIMIT] for any number
/// @param acceptsPerSecond how many connections of an address are accepted each second, on average; [#NO_LIMIT]
/// for any number
/// @param acceptBurst how many connections an address may make at once, after it has made none for a while
/// @param filter the program's own rule, or `null`
/// @param banMalformed for how long an address is banned that sends a frame which is too long or malformed;
/// [Duration#ZERO] for not at all
/// @param firstDataTimeout how long a peer may take to send its first byte; [Duration#ZERO] for ever
/// @param acceptWithData whether a connection is made known with its first data only
public record AdmissionOptions(
        List<AddressRange> banned,
        int mostBans,
        int mostPerAddress,
        int acceptsPerSecond,
        int acceptBurst,
        @Nullable AcceptFilter filter,
        Duration banMalformed,
        Duration firstDataTimeout,
        boolean acceptWithData) {
    /// No limit to a number.
    public static final int NO_LIMIT = 0;

    private static final int MOST = 1 << 20;
    private static final int DEFAULT_BANS = 10_000;

    /// Everybody is admitted.
    public static final AdmissionOptions DEFAULT = new AdmissionOptions(
            List.of(), DEFAULT_BANS, NO_LIMIT, NO_LIMIT, 1, null, Duration.ZERO, Duration.ZERO, false);

    /// Refuses values out of their ranges.
    ///
    /// @throws IllegalArgumentException that names the option, the value and the range
    public AdmissionOptions {
        banned = List.copyOf(banned);
        Ranges.require("mostBans", mostBans, 0, MOST);
        Ranges.require("mostPerAddress", mostPerAddress, NO_LIMIT, MOST);
        Ranges.require("acceptsPerSecond", acceptsPerSecond, NO_LIMIT, MOST);
        Ranges.require("acceptBurst", acceptBurst, 1, MOST);
        Ranges.requireTimeOrNone("banMalformed", banMalformed);
        Ranges.requireTimeOrNone("firstDataTimeout", firstDataTimeout);
        if (banned.size() > mostBans) {
            throw new IllegalArgumentException(
                    "banned: " + banned.size() + " ranges are more than mostBans=" + mostBans);
        }
    }

    /// With these ranges banned from the start, besides those that are already: for ever, or until
    /// [BanList#unban].
    public AdmissionOptions withBanned(AddressRange... ranges) {
        List<AddressRange> all =
                Stream.concat(banned.stream(), Stream.of(ranges)).distinct().toList();
        return new AdmissionOptions(
                all,
                mostBans,
                mostPerAddress,
                acceptsPerSecond,
                acceptBurst,
                filter,
                banMalformed,
                firstDataTimeout,
                acceptWithData);
    }

    /// With room for so many bans, 0 to 1,048,576; default 10,000.
    public AdmissionOptions withMostBans(int count) {
        return new AdmissionOptions(
                banned,
                count,
                mostPerAddress,
                acceptsPerSecond,
                acceptBurst,
                filter,
                banMalformed,
                firstDataTimeout,
                acceptWithData);
    }

    /// With so many connections at once for each address, 1 to 1,048,576, or [#NO_LIMIT], the default. The article
    /// had one for each.
    public AdmissionOptions withMostPerAddress(int count) {
        return new AdmissionOptions(
                banned,
                mostBans,
                count,
                acceptsPerSecond,
                acceptBurst,
                filter,
                banMalformed,
                firstDataTimeout,
                acceptWithData);
    }

    /// With so many accepts a second for each address, 1 to 1,048,576, or [#NO_LIMIT], the default, and `burst` at
    /// once (a token bucket).
    public AdmissionOptions withAcceptsPerSecond(int count, int burst) {
        return new AdmissionOptions(
                banned, mostBans, mostPerAddress, count, burst, filter, banMalformed, firstDataTimeout, acceptWithData);
    }

    /// With a rule of the program's own.
    public AdmissionOptions withFilter(AcceptFilter own) {
        return new AdmissionOptions(
                banned,
                mostBans,
                mostPerAddress,
                acceptsPerSecond,
                acceptBurst,
                own,
                banMalformed,
                firstDataTimeout,
                acceptWithData);
    }

    /// With a ban for the address of a peer that sends a frame which is too long or malformed, 1 ms to a year;
    /// the default, [Duration#ZERO], is none, since one bad frame then shuts out everybody behind the same
    /// address. The article bans for ever.
    public AdmissionOptions withBanMalformed(Duration time) {
        return new AdmissionOptions(
                banned,
                mostBans,
                mostPerAddress,
                acceptsPerSecond,
                acceptBurst,
                filter,
                time,
                firstDataTimeout,
                acceptWithData);
    }

    /// With a limit of time for the first byte of a peer that has connected, 1 ms to a year; default
    /// [Duration#ZERO]: none. Then it is cut. The time in which this side does not read does not count.
    public AdmissionOptions withFirstDataTimeout(Duration limit) {
        return new AdmissionOptions(
                banned,
                mostBans,
                mostPerAddress,
                acceptsPerSecond,
                acceptBurst,
                filter,
                banMalformed,
                limit,
                acceptWithData);
    }

    /// With connections that are accepted together with their first data: default `false`. Only for protocols in
    /// which the client speaks first: a server that wants to would wait for ever. What connects and says nothing,
    /// or goes without a word, then costs no connection, no memory of one and no callback; it keeps one of the
    /// endpoint's `pendingAccepts` until [#firstDataTimeout], which here holds to within two seconds, so there
    /// should be many of them, and a timeout. It is counted as never sent.
    public AdmissionOptions withAcceptWithData(boolean on) {
        return new AdmissionOptions(
                banned,
                mostBans,
                mostPerAddress,
                acceptsPerSecond,
                acceptBurst,
                filter,
                banMalformed,
                firstDataTimeout,
                on);
    }
}
