package io.github.iocp4j.simulation;

/// What goes wrong by chance, in percent of the cases.
///
/// @param refusedReceives overlapped WSARecv with a buffer, refused with WSAENOBUFS
/// @param refusedZeroByteReceives overlapped WSARecv without a byte, refused likewise
/// @param refusedSends WSASend, refused likewise
/// @param refusedAccepts AcceptEx, refused likewise
/// @param refusedConnects ConnectEx, refused likewise
/// @param refusedPosts PostQueuedCompletionStatus, refused with ERROR_NO_SYSTEM_RESOURCES
/// @param failedAccepts accepts that fail because the peer seems to have left
/// @param exhaustedSends sends that complete with STATUS_INSUFFICIENT_RESOURCES after an unknown part
/// @param shortSends sends that complete with fewer bytes than were given, the rest unsent
/// @param earlyReturns waits at a port that end before their time
public record Faults(
        int refusedReceives,
        int refusedZeroByteReceives,
        int refusedSends,
        int refusedAccepts,
        int refusedConnects,
        int refusedPosts,
        int failedAccepts,
        int exhaustedSends,
        int shortSends,
        int earlyReturns) {
    /// Nothing that Windows would not do on a good day.
    public static final Faults MILD = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 5);

    /// Resources run out everywhere, but nothing fails that was begun.
    public static Faults refusals(int percent) {
        return new Faults(percent, percent, percent, percent, percent, percent, 0, 0, 0, 5);
    }

    public Faults withRefusedConnects(int percent) {
        return new Faults(
                refusedReceives,
                refusedZeroByteReceives,
                refusedSends,
                refusedAccepts,
                percent,
                refusedPosts,
                failedAccepts,
                exhaustedSends,
                shortSends,
                earlyReturns);
    }

    public Faults withRefusedPosts(int percent) {
        return new Faults(
                refusedReceives,
                refusedZeroByteReceives,
                refusedSends,
                refusedAccepts,
                refusedConnects,
                percent,
                failedAccepts,
                exhaustedSends,
                shortSends,
                earlyReturns);
    }

    public Faults withFailedAccepts(int percent) {
        return new Faults(
                refusedReceives,
                refusedZeroByteReceives,
                refusedSends,
                refusedAccepts,
                refusedConnects,
                refusedPosts,
                percent,
                exhaustedSends,
                shortSends,
                earlyReturns);
    }

    public Faults withFailedSends(int exhausted, int cutShort) {
        return new Faults(
                refusedReceives,
                refusedZeroByteReceives,
                refusedSends,
                refusedAccepts,
                refusedConnects,
                refusedPosts,
                failedAccepts,
                exhausted,
                cutShort,
                earlyReturns);
    }
}
