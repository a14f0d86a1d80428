package io.github.iocp4j.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An image made by jlink.
class ImageTest {
    private static final Path JDK = Path.of(System.getProperty("java.home"));

    @TempDir
    private Path folder;

    /// On Windows it echoes, elsewhere it says why it can't.
    @Test
    void imageOfTheLibraryAndJavaBaseRuns() throws IOException, InterruptedException {
        assumeTrue(linksImages(), () -> "no jmods in " + JDK + ", and its jlink can't do without");
        var jars = new Jars(folder);
        Path image = folder.resolve("image");
        var link = Run.of(
                folder,
                List.of(
                        Run.tool(JDK, "jlink"),
                        "--module-path",
                        jars.library() + File.pathSeparator + jars.program(),
                        "--add-modules",
                        Jars.PROGRAM_MODULE,
                        "--add-options=--enable-native-access=" + Jars.LIBRARY_MODULE,
                        "--output",
                        image.toString()));
        assertEquals(new Run(0, "", ""), link);

        var run = Run.java(image, folder, List.of("-m", Jars.PROGRAM_MODULE + "/" + Jars.PROGRAM_CLASS));

        String system = System.getProperty("os.name");
        String expected = system.startsWith("Windows")
                ? "echo"
                : "I/O completion ports exist on Windows only; this system is " + system;
        assertEquals(new Run(0, expected, ""), run);
        assertEquals(Set.of("java.base", Jars.LIBRARY_MODULE, Jars.PROGRAM_MODULE), modules(image));
    }

    /// What the image consists of, as it says itself.
    private static Set<String> modules(Path image) throws IOException {
        var release = new Properties();
        try (var in = Files.newInputStream(image.resolve("release"))) {
            release.load(in);
        }
        return Set.of(release.getProperty("MODULES").replace("\"", "").split(" "));
    }

    private boolean linksImages() throws IOException, InterruptedException {
        return Files.isDirectory(JDK.resolve("jmods"))
                || Run.of(folder, List.of(Run.tool(JDK, "jlink"), "--help"))
                        .out()
                        .contains("Linking from run-time image enabled");
    }
}
