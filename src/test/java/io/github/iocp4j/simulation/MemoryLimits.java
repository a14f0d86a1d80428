package io.github.iocp4j.simulation;

/// How much memory the machine has for overlapped calls.
///
/// A WSARecv with room and a WSASend, both with an OVERLAPPED, lock each page that one of their WSABUFs touches,
/// from their submission until they end inside the kernel, and are refused when not enough pages are left. What
/// locks no page needs a little of the non-paged pool: AcceptEx, ConnectEx, a zero-byte WSARecv, and a posted
/// packet. While at least half of the pages are locked, that is short as well, and such a call is refused now and
/// then; trying again helps. A call without an OVERLAPPED needs nothing.
///
/// @param lockablePages how many pages of 4096 bytes all operations together may lock
/// @param scarcePercent how often a call that locks no page is refused while at least half of them are locked
/// @param wouldBlockPercent how many of the refusals of WSARecv and WSASend say WSAEWOULDBLOCK (too many
///                          outstanding requests) and not WSAENOBUFS
public record MemoryLimits(int lockablePages, int scarcePercent, int wouldBlockPercent) {
    public static final MemoryLimits UNLIMITED = new MemoryLimits(Integer.MAX_VALUE, 0, 0);

    private static final int SCARCE_PERCENT = 25;
    private static final int WOULD_BLOCK_PERCENT = 25;

    public static MemoryLimits pages(int lockable) {
        return new MemoryLimits(lockable, SCARCE_PERCENT, WOULD_BLOCK_PERCENT);
    }
}
