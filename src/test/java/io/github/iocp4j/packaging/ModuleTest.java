package io.github.iocp4j.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The library's module as it is compiled.
class ModuleTest {
    private static final ModuleDescriptor MODULE = read();

    @Test
    void nothingButJavaBaseIsRequiredToRun() {
        var required = MODULE.requires().stream()
                .filter(module -> !module.modifiers().contains(Modifier.STATIC))
                .map(Requires::name)
                .collect(Collectors.toSet());
        assertEquals(Set.of("java.base"), required);
    }

    @Test
    void annotationsAreRequiredToCompileOnly() {
        var required = MODULE.requires().stream()
                .filter(module -> module.modifiers().contains(Modifier.STATIC))
                .map(Requires::name)
                .collect(Collectors.toSet());
        assertEquals(Set.of("org.jspecify"), required);
    }

    @Test
    void internalPackagesAreNotExported() {
        var exported = MODULE.exports().stream()
                .map(ModuleDescriptor.Exports::source)
                .filter(name -> name.contains(".internal"))
                .collect(Collectors.toSet());
        assertEquals(Set.of(), exported);
        assertEquals(Set.of(), MODULE.opens());
    }

    private static ModuleDescriptor read() {
        var compiled = Path.of(System.getProperty("basedir", ""), "target", "classes", "module-info.class");
        try (var in = Files.newInputStream(compiled)) {
            return ModuleDescriptor.read(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
