package io.github.iocp4j.bench.files;

import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A folder that files are received into, each under its own name where that is free, else as `name (2).ext` and
/// so on. Nothing is overwritten. Any thread may use it; it looks at the disk.
public final class Inbox {
    private static final int MOST_LENGTH = 255;
    private static final int MOST_OF_A_NAME = 10_000;

    private final Path folder;

    /// The names of files that are on their way, which the folder does not show yet; in lower case, since Windows
    /// takes both cases for the same.
    private final Set<String> promised = ConcurrentHashMap.newKeySet();

    /// @param folder must exist
    public Inbox(Path folder) {
        this.folder = folder;
    }

    /// Accepts a file, or declines it when its name is used up. [#release] is due once it is over.
    ///
    /// @return `null` when it will not come
    public @Nullable FileTransfer accept(FileOffer offer) {
        Path target = reserve(offer.name());
        if (target == null) {
            offer.decline();
            return null;
        }
        FileTransfer file = offer.accept(target);
        if (file == null) {
            release(target);
        }
        return file;
    }

    /// The file is there, or will not be.
    ///
    /// @param target the path of the transfer
    public void release(Path target) {
        promised.remove(key(String.valueOf(target.getFileName())));
    }

    @Nullable
    Path reserve(String name) {
        for (int i = 1; i <= MOST_OF_A_NAME; i++) {
            String candidate = i == 1 ? name : numbered(name, i);
            if (promised.add(key(candidate))) {
                Path target = folder.resolve(candidate);
                if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                    return target;
                }
                promised.remove(key(candidate));
            }
        }
        return null;
    }

    private static String numbered(String name, int number) {
        int dot = name.lastIndexOf('.');
        String extension = dot > 0 ? name.substring(dot) : "";
        String mark = " (" + number + ")";
        String stem = name.substring(0, name.length() - extension.length());
        int room = MOST_LENGTH - mark.length() - extension.length();
        if (room <= 0) {
            return name.substring(0, MOST_LENGTH - mark.length()) + mark;
        }
        return stem.substring(0, Math.min(stem.length(), room)) + mark + extension;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
