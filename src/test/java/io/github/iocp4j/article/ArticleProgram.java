package io.github.iocp4j.article;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Chats and exchanges files by the article's wire format, with blocking streams, one message after another.
///
/// A message is its length, 4 bytes with the lowest first, and so many bytes: a type and a body. Type 0 is a
/// text, 1 the size and the name of a file, 2 says to send it, 3 not to. Texts and names are UTF-8 with a zero at
/// the end. After a 2 the file's bytes follow, without any length.
public final class ArticleProgram {
    private static final int TEXT = 0;
    private static final int FILE_INFO = 1;
    private static final int START_FILE = 2;
    private static final int ABORT_FILE = 3;

    private final DataInputStream in;
    private final OutputStream out;
    private final List<String> texts = new ArrayList<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private byte @Nullable [] offered;
    private boolean wantsFiles = true;
    private int declined;
    private int sent;

    public ArticleProgram(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = out;
    }

    /// From now on files of the other side are not wanted.
    public void wantNoFiles() {
        wantsFiles = false;
    }

    public void sendText(String text) throws IOException {
        send(TEXT, zeroTerminated(text));
    }

    /// Says what file there is. Its bytes go out when the answer is read.
    public void offerFile(String name, byte[] content) throws IOException {
        offered = content;
        byte[] text = zeroTerminated(name);
        byte[] body = new byte[4 + text.length];
        putLength(body, content.length);
        System.arraycopy(text, 0, body, 4, text.length);
        send(FILE_INFO, body);
    }

    /// Reads the next message and does what it says.
    ///
    /// @return `false` when the other side has ended
    public boolean step() throws IOException {
        byte[] message;
        try {
            message = read(readLength());
        } catch (EOFException _) {
            return false;
        }
        switch (message[0]) {
            case TEXT -> texts.add(text(message, 1));
            case FILE_INFO -> takeFile(message);
            case START_FILE -> {
                out.write(offered == null ? new byte[0] : offered);
                out.flush();
                offered = null;
                sent++;
            }
            case ABORT_FILE -> {
                offered = null;
                declined++;
            }
            default -> throw new IOException("a message of type " + message[0]);
        }
        return true;
    }

    public List<String> texts() {
        return texts;
    }

    /// What has been received, by name.
    public Map<String, byte[]> files() {
        return files;
    }

    /// How many files the other side did not want.
    public int declined() {
        return declined;
    }

    /// How many files were sent.
    public int sent() {
        return sent;
    }

    private void takeFile(byte[] message) throws IOException {
        if (!wantsFiles) {
            send(ABORT_FILE, new byte[0]);
            return;
        }
        send(START_FILE, new byte[0]);
        files.put(text(message, 5), read(length(message, 1)));
    }

    private void send(int type, byte[] body) throws IOException {
        byte[] message = new byte[5 + body.length];
        putLength(message, 1 + body.length);
        message[4] = (byte) type;
        System.arraycopy(body, 0, message, 5, body.length);
        out.write(message);
        out.flush();
    }

    private int readLength() throws IOException {
        return length(read(4), 0);
    }

    private byte[] read(int count) throws IOException {
        byte[] bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }

    private static int length(byte[] bytes, int at) {
        int length = 0;
        for (int i = 3; i >= 0; i--) {
            length = (length << 8) | (bytes[at + i] & 0xff);
        }
        return length;
    }

    private static void putLength(byte[] bytes, int length) {
        for (int i = 0; i < 4; i++) {
            bytes[i] = (byte) (length >>> (8 * i));
        }
    }

    private static byte[] zeroTerminated(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] message, int from) {
        return new String(message, from, message.length - from - 1, StandardCharsets.UTF_8);
    }
}
