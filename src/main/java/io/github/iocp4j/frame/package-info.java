/// Framing: how the messages of a protocol lie in its stream of bytes.
///
/// The article's format ([io.github.iocp4j.frame.Framing#lengthPrefixed]) and no frames at all
/// ([io.github.iocp4j.frame.Framing#raw]) are there; any other protocol is a [io.github.iocp4j.frame.Framing] of
/// one's own. This one has the length of the payload in front of it, in 2 bytes, big-endian:
/// ```java
/// final class ShortPrefixed implements Framing {
///     private static final ValueLayout.OfShort LENGTH =
///             ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
///
///     @Override
///     public FrameDecoder newDecoder() {
///         return (bytes, from, to, cut) -> {
///             if (to - from >= 2) {    // else more bytes come
///                 cut.header(2).payload(Short.toUnsignedInt(bytes.get(LENGTH, from))).end();
///             }
///         };
///     }
///
///     @Override
///     public int maxHeaderBytes() {
///         return 2;
///     }
///
///     @Override
///     public int maxPayloadBytes() {
///         return 0xFFFF;
///     }
///
///     @Override
///     public int encodeHeader(int payloadBytes, MemorySegment header) {
///         header.set(LENGTH, 0, (short) payloadBytes);
///         return 2;
///     }
/// }
/// ```
/// A decoder sees the bytes where they were received, and a frame that lies in one buffer is given to the handler
/// where it lies. Nothing is copied but frames that go over several buffers, which are put together in one that
/// grows as bytes arrive; so a peer that announces much costs nothing until it sends it.
///
/// This package knows nothing of connections: a framing is a function of bytes, and tested as one.
@NullMarked
package io.github.iocp4j.frame;

import org.jspecify.annotations.NullMarked;
