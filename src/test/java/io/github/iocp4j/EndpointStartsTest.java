package io.github.iocp4j;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.iocp4j.sample.EchoSample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// That the callbacks of every test are checked: endpoints are started by [CallbackOrder] alone.
class EndpointStartsTest {
    /// Who may start endpoints otherwise, and why.
    private static final Map<Class<?>, String> EXEMPT = Map.of(
            CallbackOrder.class, "it is the way to start one",
            OperationAllocationTest.class, "it measures the heap, on which checks make objects for each callback",
            EndpointAllocationWindowsTest.class, "it measures the heap likewise",
            FileAllocationWindowsTest.class, "so does it",
            OtherSystemsTest.class, "its endpoints don't start: there are no callbacks",
            EchoSample.class, "it is a user's program, on what is public and nothing else");

    private static final JavaClasses TESTS = importTests();

    private static JavaClasses importTests() {
        var output = Path.of(System.getProperty("basedir", ""), "target", "test-classes");
        assertTrue(Files.isDirectory(output), () -> "not compiled: " + output);
        return new ClassFileImporter().importPath(output);
    }

    @Test
    void everyHandlerOfATestIsChecked() {
        noClasses()
                .that(describe("are not exempt", type -> !names().contains(outermost(type.getName()))))
                .should()
                .accessTargetWhere(describe("start an endpoint", EndpointStartsTest::starts))
                .because("CallbackOrder.start checks the callbacks, whatever else a test is about")
                .check(TESTS);
    }

    @Test
    void everyExemptionIsNeeded() {
        Set<String> starting = TESTS.stream()
                .filter(type -> type.getAccessesFromSelf().stream().anyMatch(EndpointStartsTest::starts))
                .map(type -> outermost(type.getName()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(names(), starting);
    }

    private static Set<String> names() {
        return EXEMPT.keySet().stream().map(Class::getName).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean starts(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(IocpEndpoint.class)
                && access.getTarget().getName().equals("start");
    }

    private static String outermost(String name) {
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }
}
