package io.github.iocp4j;

/// What becomes of a peer that takes its frames too slowly for a broadcast: one whose send queue is above its
/// high mark and refuses another frame. A frame that is refused for want of the budget that all connections share
/// is nobody's fault: that connection is skipped in any case.
public enum SlowPeers {
    /// It does not get this frame; its next one may have room again.
    SKIP,
    /// It is cut, with [CloseReason.Kind#TOO_SLOW]: for streams in which no frame may be missing.
    CUT
}
