package io.github.iocp4j;

import io.github.iocp4j.frame.FrameDecoder;
import io.github.iocp4j.frame.Framing;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// Protocols as the far end writes them, each with the framing that reads it.
@SuppressWarnings("ImmutableEnumChecker") // these framings have no state
enum Protocol {
    LENGTH_PREFIXED(Framing.lengthPrefixed()) {
        @Override
        void encode(byte[] payload, Random random, ByteArrayOutputStream to) {
            to.writeBytes(WireFrames.encode(payload));
        }
    },
    SHORT_PREFIXED(new ShortPrefixed()) {
        @Override
        void encode(byte[] payload, Random random, ByteArrayOutputStream to) {
            to.write(payload.length >> 8);
            to.write(payload.length);
            to.writeBytes(payload);
        }
    },
    LINES(new Lines()) {
        @Override
        byte[] payload(int length, Random random) {
            byte[] payload = super.payload(length, random);
            for (int i = 0; i < length; i++) {
                // Many carriage returns, and no line feed.
                payload[i] = random.nextInt(4) == 0 ? (byte) '\r' : payload[i] == '\n' ? (byte) 'n' : payload[i];
            }
            return payload;
        }

        @Override
        void encode(byte[] payload, Random random, ByteArrayOutputStream to) {
            boolean endsWithReturn = payload.length > 0 && payload[payload.length - 1] == '\r';
            to.writeBytes(payload);
            if (endsWithReturn || random.nextBoolean()) {
                to.write('\r');
            }
            to.write('\n');
        }
    },
    /// The length in one byte or, after a 255, in two more; behind the payload three bytes that are none. It sees
    /// the 4 bytes that all frames have before it takes any, and so leaves payload.
    TRAILED(new ReceiveOnly((bytes, from, to, cut) -> {
        if (to - from < 4) {
            return;
        }
        int length = Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, from));
        if (length < 255) {
            cut.header(1).payload(length).trailer(3).end();
        } else {
            int high = Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, from + 1));
            int low = Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, from + 2));
            cut.header(3).payload(high << 8 | low).trailer(3).end();
        }
    })) {
        @Override
        void encode(byte[] payload, Random random, ByteArrayOutputStream to) {
            if (payload.length >= 255) {
                to.write(255);
                to.write(payload.length >> 8);
            }
            to.write(payload.length);
            to.writeBytes(payload);
            to.writeBytes(new byte[] {7, 7, 7});
        }
    },
    /// Ends with "aab": what may be the beginning of that is left until more comes, and then perhaps a part of it.
    MARKED(new ReceiveOnly((bytes, from, to, cut) -> {
        int sure = from;
        for (int i = from; i < to; i++) {
            byte each = bytes.get(ValueLayout.JAVA_BYTE, i);
            if (each == 'b' && i - sure >= 2) {
                cut.payload(i - 2 - from).trailer(3).end();
                return;
            }
            // Two of them may begin the end, a third one makes the first one sure.
            sure = each != 'a' ? i + 1 : Math.max(sure, i - 1);
        }
        cut.payload(sure - from);
    })) {
        @Override
        byte[] payload(int length, Random random) {
            byte[] payload = new byte[length];
            for (int i = 0; i < length; i++) {
                boolean wouldEnd = i >= 2 && payload[i - 1] == 'a' && payload[i - 2] == 'a';
                payload[i] = (byte) (random.nextInt(3) > 0 ? 'a' : wouldEnd ? 'c' : 'b');
            }
            return payload;
        }

        @Override
        void encode(byte[] payload, Random random, ByteArrayOutputStream to) {
            to.writeBytes(payload);
            to.writeBytes(new byte[] {'a', 'a', 'b'});
        }
    },
    /// Ends with a zero; a zero or a one in the payload has a one in front of it, which is none.
    ESCAPED(new ReceiveOnly((bytes, from, to, cut) -> {
        byte first = bytes.get(ValueLayout.JAVA_BYTE, from);
        if (first == 0) {
            cut.trailer(1).end();
        } else if (first != 1) {
            cut.payload(1);
        } else if (to - from >= 2) {
            cut.header(1).payload(1);
        }
    })) {
        @Override
        void encode(byte[] payload, Random random, ByteArrayOutputStream to) {
            for (byte each : payload) {
                if (each == 0 || each == 1) {
                    to.write(1);
                }
                to.write(each);
            }
            to.write(0);
        }
    };

    private final Framing framing;

    Protocol(Framing framing) {
        this.framing = framing;
    }

    Framing framing() {
        return framing;
    }

    /// A payload that this protocol can carry.
    byte[] payload(int length, Random random) {
        return WireFrames.random(random, length);
    }

    abstract void encode(byte[] payload, Random random, ByteArrayOutputStream to);

    /// A framing of which only the decoder matters.
    record ReceiveOnly(FrameDecoder newDecoder) implements Framing {
        @Override
        public int maxHeaderBytes() {
            return 0;
        }

        @Override
        public int encodeHeader(int payloadBytes, MemorySegment header) {
            return 0;
        }
    }
}
