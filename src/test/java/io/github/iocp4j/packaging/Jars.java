package io.github.iocp4j.packaging;

import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.sample.EchoSample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.lang.reflect.AccessFlag;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/// Makes the library's jar, and that of a program of a user, in a folder.
final class Jars {
    static final String LIBRARY_MODULE = "io.github.iocp4j";
    static final String PROGRAM_MODULE = EchoSample.class.getPackageName();
    static final String PROGRAM_CLASS = EchoSample.class.getName();

    private final Path library;
    private final Path program;

    /// @param folder where they are made, with those names in the manifests
    Jars(Path folder) throws IOException {
        library = folder.resolve("library.jar");
        program = folder.resolve("program.jar");
        try (var jar = new JarOutputStream(Files.newOutputStream(library))) {
            addClasses(jar, IocpEndpoint.class, "");
        }
        try (var jar = new JarOutputStream(Files.newOutputStream(program), executable())) {
            addClasses(jar, EchoSample.class, EchoSample.class.getPackageName().replace('.', '/'));
            jar.putNextEntry(new JarEntry("module-info.class"));
            jar.write(moduleInfo());
        }
    }

    Path library() {
        return library;
    }

    /// An executable jar that finds the library beside itself, and a module as well.
    Path program() {
        return program;
    }

    private static Manifest executable() {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, PROGRAM_CLASS);
        attributes.put(Attributes.Name.CLASS_PATH, "library.jar");
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        return manifest;
    }

    /// Written by hand, since the JVM for Windows may have no compiler.
    private static byte[] moduleInfo() {
        return ClassFile.of()
                .buildModule(ModuleAttribute.of(
                        ModuleDesc.of(PROGRAM_MODULE),
                        module -> module.requires(ModuleDesc.of("java.base"), AccessFlag.MANDATED.mask(), null)
                                .requires(ModuleDesc.of(LIBRARY_MODULE), 0, null)
                                .exports(PackageDesc.of(PROGRAM_MODULE), 0)));
    }

    private static void addClasses(JarOutputStream jar, Class<?> sample, String folder) throws IOException {
        Path root = root(sample);
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(root.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, jar);
            }
        }
    }

    /// The folder that a class file, with the folders of its package, lies in.
    private static Path root(Class<?> type) {
        try {
            Path path =
                    Path.of(type.getResource(type.getSimpleName() + ".class").toURI());
            for (int i = 0;
                    i <= type.getPackageName().chars().filter(c -> c == '.').count() + 1;
                    i++) {
                path = path.getParent();
            }
            return path;
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
