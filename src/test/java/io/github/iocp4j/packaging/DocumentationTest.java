package io.github.iocp4j.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.iocp4j.IocpEndpoint;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Exports;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

class DocumentationTest {
    private static final Path SOURCES = Path.of(System.getProperty("basedir", ""), "src", "main", "java");

    @Test
    void everythingExportedIsDocumented() throws IOException {
        var files = new ArrayList<Path>();
        files.add(SOURCES.resolve("module-info.java"));
        var exported = IocpEndpoint.class.getModule().getDescriptor().exports();
        for (String name : exported.stream().map(Exports::source).toList()) {
            try (Stream<Path> sources = Files.list(SOURCES.resolve(name.replace('.', '/')))) {
                sources.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
        }
        try (var manager = ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)) {
            assertEquals(List.of(), UndocumentedMembers.of(manager.getJavaFileObjectsFromPaths(files)));
        }
    }

    @Test
    void whatIsNotDocumentedIsFound() throws IOException {
        assertEquals(
                List.of(
                        "p.Type",
                        "p.Type.CONSTANT",
                        "p.Type.<init>",
                        "p.Type.method",
                        "p.Type.Contract.answer",
                        "p.Type.Choice.ONE",
                        "p.Type.Pair, component second",
                        "p.Type.Made, default constructor"),
                UndocumentedMembers.of(List.of(source("""
                        package p;
                        public class Type {
                            public static final int CONSTANT = 1;
                            private int hidden;
                            protected Type() {}
                            void internal() {}
                            public void method(int parameter) {
                                int local = 1;
                            }
                            @Override public String toString() { return ""; }
                            /// Says so.
                            public interface Contract {
                                int answer();
                                private int own() { return 1; }
                            }
                            /** Says so. */
                            public enum Choice { ONE }
                            /// Says so.
                            /// @param first says so
                            public record Pair(int first, int second) {
                                static final int HIDDEN = 1;
                            }
                            /// Says so.
                            public static class Made {}
                            static class Hidden {
                                public void hidden() {}
                            }
                        }
                        """))));
    }

    private static JavaFileObject source(String text) {
        return new SimpleJavaFileObject(URI.create("string:///p/Type.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
