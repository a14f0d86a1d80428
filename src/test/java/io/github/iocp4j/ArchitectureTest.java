package io.github.iocp4j;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.github.iocp4j.net.BufferVector;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The order of the packages, and what may reach the operating system by which way.
class ArchitectureTest {
    private static final String BASE = "io.github.iocp4j";
    private static final String FRAME = BASE + ".frame";
    private static final String MEMORY = BASE + ".memory";
    private static final String HOST = BASE + ".internal.host";
    private static final String WIN32 = BASE + ".internal.win32";
    private static final String BINDINGS = BASE + ".internal.bindings";

    /// Uppermost first.
    private static final List<String> ORDER = List.of(
            BASE,
            BASE + ".transfer",
            BASE + ".job",
            BASE + ".admission",
            FRAME,
            BASE + ".net",
            BASE + ".port",
            BASE + ".internal.file",
            MEMORY,
            BASE + ".error",
            BASE + ".internal.data",
            BASE + ".internal.option",
            BASE + ".internal.concurrent",
            HOST,
            WIN32,
            BINDINGS);

    private static final String SIMULATED = "the simulated kernel decides when time passes and which thread runs, and "
            + "repeats a run by its seed: what goes past " + HOST + " escapes it";

    private static final JavaClasses MAIN = importMain();

    private static JavaClasses importMain() {
        var output = Path.of(System.getProperty("basedir", ""), "target", "classes");
        assertTrue(Files.isRegularFile(output.resolve("module-info.class")), () -> "not compiled: " + output);
        return new ClassFileImporter().importPath(output);
    }

    static List<String> packages() {
        return ORDER;
    }

    @ParameterizedTest
    @MethodSource("packages")
    void packageUsesOnlyThoseBelowIt(String name) {
        String[] above = ORDER.subList(0, ORDER.indexOf(name)).toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(above)
                .because("a lower package knows an upper one only as an interface that the lower one owns"));
    }

    @Test
    void everyPackageHasItsPlace() {
        check(classes()
                .should()
                .resideInAnyPackage(ORDER.toArray(String[]::new))
                .because("a package outside the order would be bound by no rule: give it its place in ORDER"));
    }

    @Test
    void framingKnowsMemoryOnly() {
        check(noClasses()
                .that()
                .resideInAPackage(FRAME)
                .should()
                .dependOnClassesThat(describe(
                        "are ours, beyond memory",
                        type -> type.getPackageName().startsWith(BASE)
                                && !Set.of(FRAME, MEMORY).contains(type.getPackageName())))
                .because("framing is a function of bytes, whatever brings them"));
    }

    @Test
    void whatIsReceivedPassesOneMethod() {
        check(onlyIn(
                ConnectionStage.class,
                "takeReceived",
                access -> named(access, FrameDelivery.class, "feed")
                        || (named(access, Receiver.class, "takeBuffer")
                                && !access.getOriginOwner().isAssignableTo(Receiver.class))));
    }

    @Test
    void whatIsSentPassesOneMethod() {
        check(onlyIn(SendNode.class, "addTo", access -> named(access, BufferVector.class, "add")));
    }

    @Test
    void nativeCodeIsLinkedInOnePlace() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(WIN32, BINDINGS)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Linker.class, SymbolLookup.class)
                .because("all above calls Windows by interfaces, which the simulated kernel implements too"));
    }

    @Test
    void addressesBecomeMemoryInOnePlace() {
        check(escapes(
                        "reinterpret memory",
                        access -> named(access, MemorySegment.class, "reinterpret"),
                        HOST,
                        WIN32,
                        BINDINGS)
                .because("a segment of the wrong size or lifetime is an access violation, which ends the process"));
    }

    @Test
    void timeComesFromTheHost() {
        check(escapes(
                        "read a clock",
                        access -> named(access, System.class, "nanoTime", "currentTimeMillis")
                                || named(access, Temporal.class, "now")
                                || named(access, Clock.class, "system", "systemUTC", "systemDefaultZone"),
                        HOST,
                        BINDINGS)
                .because(SIMULATED));
    }

    @Test
    void threadsComeFromTheHost() {
        check(escapes(
                        "make or start a thread, or an executor",
                        access -> named(access, Thread.class, "start", "ofPlatform", "ofVirtual", "startVirtualThread")
                                || named(access, Thread.class, "<init>")
                                || ofType(access, Timer.class, Executors.class, ExecutorService.class)
                                || (ofType(access, CompletionStage.class)
                                        && access.getTarget().getName().endsWith("Async")),
                        HOST,
                        BINDINGS)
                .because(SIMULATED));
    }

    @Test
    void waitingIsDoneByTheHost() {
        check(escapes(
                        "wait",
                        access -> ofObjectsMonitor(access)
                                || named(access, Thread.class, "sleep", "join", "yield", "onSpinWait")
                                || named(access, Future.class, "get", "join", "orTimeout")
                                || named(access, Future.class, "completeOnTimeout", "delayedExecutor")
                                || ofType(access, LockSupport.class, Condition.class, BlockingQueue.class)
                                || ofType(access, CountDownLatch.class, CyclicBarrier.class, Phaser.class)
                                || ofType(access, Semaphore.class, Exchanger.class),
                        HOST,
                        BINDINGS)
                .because(SIMULATED));
    }

    @Test
    void filesComeFromTheHost() {
        check(escapes(
                        "open a file",
                        access -> ofType(access, Files.class, FileChannel.class, java.io.RandomAccessFile.class)
                                || ofType(access, java.io.FileInputStream.class, java.io.FileOutputStream.class)
                                || ofType(access, java.io.FileReader.class, java.io.FileWriter.class),
                        HOST,
                        BINDINGS)
                .because("the simulated kernel has files of its own"));
    }

    @Test
    void nativeMemoryComesFromTheHost() {
        check(escapes(
                        "open an arena",
                        access -> named(access, Arena.class, "ofShared", "ofAuto", "ofConfined"),
                        HOST,
                        BINDINGS)
                .because("in simulation memory is never unmapped, only poisoned, so that a use after free is seen"));
    }

    @Test
    void onlyCallsKeepMemoryForEver() {
        check(escapes("use the global arena", access -> named(access, Arena.class, "global"), HOST, WIN32, BINDINGS)
                .because("what lives as long as the process, libraries and the threads' call states, belongs to "
                        + WIN32));
    }

    /// A word that a comment has lost at the end of a line compiles as a constant where constants stand.
    @Test
    void constantsOfEnumsAreNamedLikeConstants() {
        check(fields().that(describe(
                        "are constants of an enum",
                        (JavaField field) -> field.getModifiers().contains(JavaModifier.ENUM)))
                .should()
                .haveNameMatching("[A-Z][A-Z0-9_]*"));
    }

    private static ArchRule escapes(String what, Predicate<JavaAccess<?>> access, String... allowed) {
        return noClasses().that().resideOutsideOfPackages(allowed).should().accessTargetWhere(describe(what, access));
    }

    /// What this package does, and may do in one method only.
    private static ArchRule onlyIn(Class<?> owner, String method, Predicate<JavaAccess<?>> access) {
        assertTrue(
                MAIN.get(owner).getAccessesFromSelf().stream().anyMatch(access),
                () -> owner + " does not do what only it may do");
        return noClasses()
                .that()
                .resideInAPackage(BASE)
                .should()
                .accessTargetWhere(describe(
                        "make a second way beside " + owner.getSimpleName() + "." + method,
                        each -> access.test(each)
                                && !(each.getOriginOwner().isEquivalentTo(owner)
                                        && each.getOrigin().getName().equals(method))))
                .because("a two-way stage, such as TLS, has its place where all bytes pass");
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }

    private static boolean named(JavaAccess<?> access, Class<?> owner, String... names) {
        return ofType(access, owner)
                && Arrays.asList(names).contains(access.getTarget().getName());
    }

    private static boolean ofType(JavaAccess<?> access, Class<?>... owners) {
        JavaClass owner = access.getTargetOwner();
        return Arrays.stream(owners).anyMatch(owner::isAssignableTo);
    }

    /// These methods are final in Object: name and parameters are enough, whatever the type they are called on.
    private static boolean ofObjectsMonitor(JavaAccess<?> access) {
        if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
            return false;
        }
        var parameters =
                target.getRawParameterTypes().stream().map(JavaClass::getName).toList();
        return switch (target.getName()) {
            case "notify", "notifyAll" -> parameters.isEmpty();
            case "wait" ->
                List.of(List.of(), List.of("long"), List.of("long", "int")).contains(parameters);
            default -> false;
        };
    }
}
