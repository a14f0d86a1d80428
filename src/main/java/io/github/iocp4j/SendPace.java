package io.github.iocp4j;

import io.github.iocp4j.net.BufferVector;

/// When the next send of a connection may be made, and how many pages it may lock: after a refusal half as many as
/// were refused, after a time; with each send that Windows takes, twice as many again.
///
/// For the holder of the send queue's claim, but for [#hurry] and [#resume].
final class SendPace {
    /// A header's page and one more.
    private static final int LEAST_PAGES = 2;

    /// No send locks more: each buffer begins and ends in a page.
    private static final int ALL_PAGES = 2 * BufferVector.CAPACITY;

    private final ConnectionContext context;
    private final LockedPages pages;
    private final Shortages shortages;
    private final MemoryRetry retry;
    private int mostPages = Integer.MAX_VALUE;

    SendPace(ConnectionContext context) {
        this.context = context;
        pages = context.resources().lockedPages();
        shortages = context.resources().shortages();
        retry = new MemoryRetry(context.deadlines(), Deadlines.SEND);
    }

    boolean isWaiting() {
        return retry.isWaiting();
    }

    int mostPages() {
        return mostPages;
    }

    /// Locks the pages of a send, against the budget of the endpoint.
    ///
    /// @return `false` when there are not so many left: then the send is to be tried again later
    boolean lock(int count) {
        if (pages.lockForSend(count)) {
            return true;
        }
        shortages.countMissingPages();
        later(count);
        return false;
    }

    /// Windows has refused a send, of which nothing has gone out. Where reads lock pages for peers that say
    /// nothing, they give up some.
    void refused(int count) {
        pages.unlock(count);
        shortages.countRefusedSend();
        pages.refused();
        later(count);
        context.relieve();
    }

    /// Windows has taken a send.
    void taken() {
        if (mostPages != Integer.MAX_VALUE) {
            mostPages = mostPages > ALL_PAGES ? Integer.MAX_VALUE : 2 * mostPages;
            retry.succeeded();
        }
    }

    /// A send is home: its pages, and what they stand for, are there again. Any thread.
    void hurry(int count) {
        pages.unlock(count);
        retry.hurry();
    }

    /// Ends a wait whose time has come.
    ///
    /// @return whether it has ended now
    boolean resume(long now) {
        return retry.resume(now);
    }

    void reset() {
        mostPages = Integer.MAX_VALUE;
        retry.reset();
    }

    private void later(int count) {
        mostPages = Math.max(LEAST_PAGES, count / 2);
        retry.later();
    }
}
