package io.github.iocp4j.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A user's program, started in each way that the README has.
class LaunchWindowsTest {
    private static final Run ECHO = new Run(0, "echo", "");

    @TempDir
    private static Path folder;

    private static String classPath;
    private static String modulePath;
    private static String program;

    @BeforeAll
    static void makeJars() throws IOException {
        var jars = new Jars(folder);
        program = jars.program().toString();
        classPath = jars.library() + File.pathSeparator + program;
        modulePath = classPath;
    }

    @Test
    void classPathNeedsTheFlagForUnnamedModules() throws IOException, InterruptedException {
        assertEquals(ECHO, java("--enable-native-access=ALL-UNNAMED", "-cp", classPath, Jars.PROGRAM_CLASS));
    }

    @Test
    void executableJarNeedsTheAttributeInItsManifest() throws IOException, InterruptedException {
        assertEquals(ECHO, java("-jar", program));
    }

    /// With what the library requires, java.base, and nothing else of the JDK.
    @Test
    void modulePathNeedsTheFlagForTheModule() throws IOException, InterruptedException {
        assertEquals(
                ECHO,
                java(
                        "--enable-native-access=" + Jars.LIBRARY_MODULE,
                        "--limit-modules",
                        String.join(",", "java.base", Jars.LIBRARY_MODULE, Jars.PROGRAM_MODULE),
                        "-p",
                        modulePath,
                        "-m",
                        Jars.PROGRAM_MODULE + "/" + Jars.PROGRAM_CLASS));
    }

    @Test
    void deniedAccessOnTheClassPathIsOneSentenceWithTheFlag() throws IOException, InterruptedException {
        assertEquals(denied("ALL-UNNAMED"), java("-cp", classPath, Jars.PROGRAM_CLASS));
    }

    @Test
    void deniedAccessOnTheModulePathIsOneSentenceWithTheFlag() throws IOException, InterruptedException {
        assertEquals(
                denied(Jars.LIBRARY_MODULE),
                java("-p", modulePath, "-m", Jars.PROGRAM_MODULE + "/" + Jars.PROGRAM_CLASS));
    }

    private static Run denied(String module) {
        return new Run(0, "Native access is denied: start Java with --enable-native-access=" + module, "");
    }

    private static Run java(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<String>();
        all.add("--illegal-native-access=deny");
        all.addAll(List.of(arguments));
        return Run.java(Path.of(System.getProperty("java.home")), folder, all);
    }
}
