package io.github.iocp4j.internal.win32;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ConstantInstruction.LoadConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The library's class files, and the calls in their code: what is linked is seen there on any system.
final class CompiledLibrary {
    /// One call in the code of a class.
    ///
    /// @param constant what the instruction before it loads: the last argument, when that is a constant
    record CallSite(
            ClassModel caller,
            MethodModel method,
            InvokeInstruction call,
            @Nullable ConstantDesc constant) {
        boolean calls(Class<?> owner, Predicate<String> name) {
            return call.owner().asSymbol().equals(owner.describeConstable().orElseThrow())
                    && name.test(call.name().stringValue());
        }

        @Override
        public String toString() {
            return className(caller) + "." + method.methodName() + ": "
                    + call.owner().name() + "." + call.name();
        }
    }

    private final List<ClassModel> classes;

    CompiledLibrary() {
        var output = Path.of(System.getProperty("basedir", ""), "target", "classes");
        try (Stream<Path> files = Files.walk(output)) {
            classes = files.filter(file -> file.toString().endsWith(".class"))
                    .map(CompiledLibrary::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<ClassModel> classes() {
        return classes;
    }

    /// All calls in the code of all classes.
    Stream<CallSite> calls() {
        return classes.stream().flatMap(type -> type.methods().stream().flatMap(method -> calls(type, method)));
    }

    static String className(ClassModel type) {
        return type.thisClass().asInternalName().replace('/', '.');
    }

    static String className(ClassDesc type) {
        return type.packageName() + "." + type.displayName();
    }

    private static Stream<CallSite> calls(ClassModel type, MethodModel method) {
        Stream.Builder<CallSite> found = Stream.builder();
        method.code().ifPresent(code -> {
            ConstantDesc constant = null;
            for (var element : code) {
                if (element instanceof InvokeInstruction call) {
                    found.add(new CallSite(type, method, call, constant));
                }
                // Where a branch ends, there may be another constant.
                if (element instanceof Instruction || element instanceof LabelTarget) {
                    constant = element instanceof LoadConstantInstruction load ? load.constantValue() : null;
                }
            }
        });
        return found.build();
    }

    private static ClassModel parse(Path file) {
        try {
            return ClassFile.of().parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
