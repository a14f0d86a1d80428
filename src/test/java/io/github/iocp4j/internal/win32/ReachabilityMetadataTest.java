package io.github.iocp4j.internal.win32;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.iocp4j.internal.bindings.Iocp;
import io.github.iocp4j.internal.win32.CompiledLibrary.CallSite;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// GraalVM's native-image must be told what is linked and what is looked up reflectively. What the library does
/// is read from its class files, so that nothing is missing in the metadata and nothing left over.
class ReachabilityMetadataTest {
    private static final String METADATA = "/META-INF/native-image/io.github.iocp4j/iocp4j/reachability-metadata.json";
    private static final String BINDINGS = Iocp.class.getPackageName();
    private static final Set<String> LINKS = Set.of("link", "linkPlain");

    private static final CompiledLibrary LIBRARY = new CompiledLibrary();

    @Test
    void downcallsAreThoseThatAreLinked() throws IOException {
        Set<String> linked =
                linkages().map(ReachabilityMetadataTest::downcall).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(linked.size() > 10, () -> "found only " + linked);
        compare(linked, entries(metadata().path("foreign").path("downcalls")));
    }

    @Test
    void reflectionIsThatOfTheLinkage() throws IOException {
        var types = new TreeSet<String>();
        types.add(type(Iocp.class.getName()));
        linkages().forEach(site -> {
            if (site.constant() instanceof ClassDesc function) {
                types.add(type(CompiledLibrary.className(function)));
            }
        });
        compare(types, entries(metadata().path("reflection")));
    }

    @Test
    void nothingElseIsInTheMetadata() throws IOException {
        var metadata = metadata();
        assertEquals(Set.of("reflection", "foreign"), names(metadata));
        assertEquals(Set.of("downcalls"), names(metadata.path("foreign")));
    }

    @Test
    void everythingIsLinkedByTheLinkage() {
        assertEquals(Set.of(Linkage.class.getName()), callersOutsideOfTheBindings(site -> links(site)));
    }

    /// Such a class links as soon as it is initialised, and so does a generated function when it is called.
    @Test
    void bindingsThatLinkByThemselvesAreNotUsed() {
        Set<String> linking = LIBRARY.calls()
                .filter(ReachabilityMetadataTest::links)
                .map(site -> CompiledLibrary.className(site.caller()))
                .filter(name -> name.startsWith(BINDINGS))
                .collect(Collectors.toSet());
        assertAll(LIBRARY.calls()
                .filter(site -> !CompiledLibrary.className(site.caller()).startsWith(BINDINGS))
                .filter(site -> owner(site.call()).startsWith(BINDINGS))
                .map(site -> () -> assertFalse(
                        linking.contains(owner(site.call())) || uses(site.call(), linking),
                        () -> site + " links by itself")));
    }

    @Test
    void onlyTheLinkageReflects() {
        assertEquals(
                Set.of(Linkage.class.getName()),
                callersOutsideOfTheBindings(site -> site.calls(
                                Class.class,
                                name -> name.startsWith("forName")
                                        || name.matches("get.*(Method|Field|Constructor|Component|Resource).*"))
                        || site.calls(MethodHandles.Lookup.class, name -> name.startsWith("unreflect"))));
    }

    private static Stream<CallSite> linkages() {
        return LIBRARY.calls().filter(site -> site.calls(Linkage.class, LINKS::contains));
    }

    private static String downcall(CallSite site) {
        FunctionDescriptor type = switch (site.constant()) {
            case String name -> Linkage.descriptor(name);
            case ClassDesc function -> Linkage.descriptor(load(CompiledLibrary.className(function)));
            case null, default -> throw new AssertionError(site + " is not given a constant");
        };
        String parameters = type.argumentLayouts().stream()
                .map(layout -> "\"" + name(layout) + "\"")
                .collect(Collectors.joining(","));
        String result = type.returnLayout().map(ReachabilityMetadataTest::name).orElse("void");
        String options = site.calls(Linkage.class, "link"::equals) ? ",\"options\":{\"captureCallState\":true}" : "";
        return "{\"returnType\":\"" + result + "\",\"parameterTypes\":[" + parameters + "]" + options + "}";
    }

    /// The JNI type: those have the same size on all systems.
    private static String name(MemoryLayout layout) {
        return "j" + ((ValueLayout) layout).carrier().getName();
    }

    private static String type(String name) {
        return "{\"type\":\"" + name + "\"}";
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ReachabilityMetadataTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean links(CallSite site) {
        return site.calls(Linker.class, Set.of("downcallHandle", "upcallStub")::contains);
    }

    private static boolean uses(InvokeInstruction call, Set<String> linking) {
        return LIBRARY.classes().stream()
                .filter(type -> CompiledLibrary.className(type).equals(owner(call)))
                .flatMap(type -> type.methods().stream())
                .filter(method -> method.methodName().equals(call.name()))
                .flatMap(method -> method.code().stream().flatMap(code -> code.elementStream()))
                .anyMatch(element -> switch (element) {
                    case InvokeInstruction inner -> linking.contains(owner(inner));
                    case FieldInstruction field ->
                        linking.contains(CompiledLibrary.className(field.owner().asSymbol()));
                    default -> false;
                });
    }

    private static Set<String> callersOutsideOfTheBindings(Predicate<CallSite> wanted) {
        return LIBRARY.calls()
                .filter(wanted)
                .map(CallSite::caller)
                .map(CompiledLibrary::className)
                .filter(name -> !name.startsWith(BINDINGS))
                .collect(Collectors.toSet());
    }

    private static String owner(InvokeInstruction call) {
        return CompiledLibrary.className(call.owner().asSymbol());
    }

    private static JsonNode metadata() throws IOException {
        try (InputStream in = Linkage.class.getResourceAsStream(METADATA)) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static Set<String> names(JsonNode object) {
        var names = new TreeSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> entries(JsonNode array) {
        var entries = new ArrayList<String>();
        array.forEach(entry -> entries.add(entry.toString()));
        return entries;
    }

    private static void compare(Set<String> done, List<String> listed) {
        var missing = new TreeSet<>(done);
        missing.removeAll(listed);
        var leftOver = new ArrayList<>(listed);
        done.forEach(leftOver::remove);
        if (!missing.isEmpty() || !leftOver.isEmpty()) {
            fail(METADATA + "\nlacks:\n  " + String.join(",\n  ", missing) + "\nhas left over, or twice:\n  "
                    + String.join(",\n  ", leftOver));
        }
    }
}
