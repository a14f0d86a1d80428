package io.github.iocp4j.simulation.scheduler;

import io.github.iocp4j.testing.ThrowingRunnable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Lets exactly one thread run at a time and decides by a seed, at each [#switchPoint] and each wait, who is next.
///
/// Only real threads made by [#newThread] may call it while it runs, one at a time, so its state needs no lock:
/// the hand-over of the baton orders everything. When nobody can run, the clock jumps to the earliest time that
/// somebody waits for; when there is none, the run has a deadlock. A failure anywhere ends the run, and every
/// thread is unwound by an [Error] out of its next call.
public final class Scheduler {
    /// The deadline of a wait without limit.
    public static final long NEVER = Long.MAX_VALUE;

    private static final long NANOS_PER_STEP = 1_000;
    private static final int STEPS_PER_MOOD = 256;
    private static final int STEPS_PER_POLL = 8;
    private static final int[] SWITCH_PERCENTS = {2, 10, 30, 60, 95};
    private static final int[] BACKGROUND_PERCENTS = {5, 25, 60};
    private static final int HELD_STEPS = 40;
    private static final int UNWINDINGS = 10_000;

    private final long seed;
    private final Limits limits;
    private final SplittableRandom random;
    private final History history = new History();
    private final Outcome outcome = new Outcome();
    private final Timers timers = new Timers();
    private final Polls polls = new Polls();
    private final List<ScheduledThread> threads = new ArrayList<>();
    private final List<ScheduledThread> runnable = new ArrayList<>();
    private @Nullable Background background;
    private volatile @Nullable ScheduledThread current;
    private long steps;
    private long clockNanos;
    private int switchPercent;
    private int backgroundPercent;
    private boolean deciding;

    public Scheduler(long seed, Limits limits) {
        this.seed = seed;
        this.limits = limits;
        random = new SplittableRandom(seed);
    }

    public long seed() {
        return seed;
    }

    public History history() {
        return history;
    }

    /// The numbers that all decisions of the run come from. Only who runs may draw one.
    public SplittableRandom random() {
        return random;
    }

    /// Whether something happens that happens in `percent` of 100 cases.
    public boolean chance(int percent) {
        return percent > 0 && random.nextInt(100) < percent;
    }

    public void setBackground(Background work) {
        background = work;
    }

    /// Runs `main` as a thread and waits until it and all threads started meanwhile have ended. Once per
    /// scheduler.
    ///
    /// @throws SimulationFailure when anything failed
    public void run(ThrowingRunnable main) {
        ScheduledThread first = newThread("main", () -> runUnchecked(main));
        start(first);
        current = first;
        first.handBaton();
        boolean ended = outcome.awaitEnd(limits.wall().toNanos());
        if (!ended) {
            ended = stopStuck();
        }
        for (ScheduledThread thread : ended ? threads : List.<ScheduledThread>of()) {
            thread.awaitDeath();
        }
        outcome.throwIfFailed(seed, history, ended);
    }

    /// A thread that takes part as soon as it is started.
    public ScheduledThread newThread(String name, Runnable body) {
        ScheduledThread thread = new ScheduledThread(this, name, body);
        threads.add(thread);
        return thread;
    }

    /// Starts a thread of the test. What it throws fails the run.
    public void spawn(String name, ThrowingRunnable body) {
        newThread(name, () -> runUnchecked(body)).start();
    }

    /// Somewhere another thread may go on in place of the caller.
    public void switchPoint() {
        if (!deciding) {
            next(current());
        }
    }

    /// A [#switchPoint] after something that others may see already while the caller hasn't returned: now and then
    /// the caller is held there while all others go on.
    public void switchPointAfterEffect() {
        if (!deciding && random.nextInt(8) == 0) {
            current().heldUntilStep = steps + random.nextInt(HELD_STEPS);
        }
        switchPoint();
    }

    /// Time on the simulated clock. It moves a little with each look, so that nobody can wait for it in a loop for
    /// ever.
    public long nanoTime() {
        if (isRunning() && !deciding) {
            unwindIfStopping(current());
            clockNanos += 100;
        }
        return clockNanos;
    }

    /// The time `nanos` from now; [Signal#FOREVER] gives [#NEVER].
    public long deadline(long nanos) {
        return nanos >= NEVER - clockNanos ? NEVER : clockNanos + Math.max(0, nanos);
    }

    /// Runs `action` after `nanos` on the clock, between the steps of the threads.
    public void schedule(long nanos, Runnable action) {
        timers.add(deadline(nanos), action);
    }

    /// Waits until `condition` holds. It is looked at between the steps of other threads and must only look.
    ///
    /// @return whether it held in time
    public boolean awaitCondition(String what, long nanos, BooleanSupplier condition) {
        long deadlineNanos = deadline(nanos);
        switchPoint();
        if (condition.getAsBoolean()) {
            return true;
        }
        Polls.Poll poll = polls.add(current(), condition);
        try {
            return block(what, deadlineNanos) || condition.getAsBoolean();
        } finally {
            polls.remove(poll);
        }
    }

    /// Ends the run as failed.
    ///
    /// @return never; declared for `throw fail(...)`
    public Error fail(String message) {
        return fail(new AssertionError(message));
    }

    /// Records an event of the running thread, or of the background.
    public void record(String event, long a, long b, long c) {
        history.add(deciding ? "(background)" : current().name(), event, clockNanos, a, b, c);
    }

    /// Whether [#run] is under way.
    public boolean isRunning() {
        return current != null && !outcome.isOver();
    }

    /// The threads that have not ended, for a test that there are none after a run.
    public List<Thread> threadsAlive() {
        return threads.stream()
                .map(ScheduledThread::thread)
                .filter(Thread::isAlive)
                .toList();
    }

    /// The thread that runs, which must be the caller.
    public ScheduledThread current() {
        ScheduledThread thread = current;
        if (thread == null || !thread.isCurrent()) {
            throw new IllegalStateException(
                    Thread.currentThread().getName() + " is no thread of the simulation, or the run is over");
        }
        return thread;
    }

    void start(ScheduledThread thread) {
        if (thread.started) {
            throw fail(thread.name() + " is started twice");
        }
        thread.started = true;
        runnable.add(thread);
    }

    /// Takes the caller out of the runnable threads until it is woken or its time has come.
    ///
    /// @return false when the time had come first
    boolean block(String what, long deadlineNanos) {
        ScheduledThread self = current();
        unwindIfStopping(self);
        self.waitsFor = what;
        self.woken = false;
        if (deadlineNanos != NEVER) {
            self.timer = timers.add(deadlineNanos, () -> makeRunnable(self));
        }
        runnable.remove(self);
        next(self);
        return self.woken;
    }

    void wake(ScheduledThread thread) {
        thread.woken = true;
        if (thread.timer != null) {
            timers.cancel(thread.timer);
        }
        makeRunnable(thread);
    }

    /// The whole life of a thread that has the baton for the first time.
    void runThread(ScheduledThread self, Runnable body) {
        try {
            unwindIfStopping(self);
            body.run();
        } catch (StoppedError _) {
            // The failure is noted already.
        } catch (Throwable e) {
            outcome.note(e, Outcome.list(threads));
        }
        runnable.remove(self);
        self.end();
        passOn();
    }

    private void makeRunnable(ScheduledThread thread) {
        if (!thread.ended && !thread.waitsFor.isEmpty()) {
            thread.waitsFor = "";
            thread.timer = null;
            runnable.add(thread);
        }
    }

    /// Decides who goes on, and returns when the caller does.
    private void next(ScheduledThread self) {
        unwindIfStopping(self);
        ScheduledThread chosen = decide(self);
        if (chosen != self) {
            current = chosen;
            chosen.handBaton();
            self.awaitTurn();
        }
        unwindIfStopping(self);
    }

    private ScheduledThread decide(@Nullable ScheduledThread self) {
        deciding = true;
        try {
            return choose(self);
        } catch (StoppedError e) {
            throw e;
        } catch (Throwable e) {
            throw fail(e);
        } finally {
            deciding = false;
        }
    }

    private ScheduledThread choose(@Nullable ScheduledThread self) {
        while (true) {
            step();
            fireTimers();
            if (!polls.isEmpty() && (runnable.isEmpty() || steps % STEPS_PER_POLL == 0)) {
                polls.look(this);
            }
            if (background != null && background.hasWork() && (runnable.isEmpty() || chance(backgroundPercent))) {
                background.step();
            } else if (!runnable.isEmpty()) {
                return pick(self);
            } else if (timers.earliestNanos() != NEVER) {
                clockNanos = Math.max(clockNanos, timers.earliestNanos());
            } else {
                throw fail("deadlock: no thread can go on");
            }
        }
    }

    private ScheduledThread pick(@Nullable ScheduledThread self) {
        boolean mayStay = self != null && self.waitsFor.isEmpty() && !self.ended && self.heldUntilStep <= steps;
        if (mayStay && !chance(switchPercent)) {
            return self;
        }
        int count = runnable.size();
        int from = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            ScheduledThread thread = runnable.get((from + i) % count);
            if (thread.heldUntilStep <= steps) {
                return thread;
            }
        }
        return runnable.get(from);
    }

    private void step() {
        if (steps % STEPS_PER_MOOD == 0) {
            switchPercent = SWITCH_PERCENTS[random.nextInt(SWITCH_PERCENTS.length)];
            backgroundPercent = BACKGROUND_PERCENTS[random.nextInt(BACKGROUND_PERCENTS.length)];
        }
        steps++;
        clockNanos += NANOS_PER_STEP;
        if (steps > limits.steps()) {
            throw fail("no end after " + limits.steps() + " steps");
        }
        if (clockNanos > limits.simulated().toNanos()) {
            throw fail("no end after " + limits.simulated() + " of simulated time");
        }
    }

    private void fireTimers() {
        for (Runnable due = timers.takeDue(clockNanos); due != null; due = timers.takeDue(clockNanos)) {
            due.run();
        }
    }

    /// Gives the baton away for good: the caller's thread ends.
    private void passOn() {
        ScheduledThread chosen = null;
        if (!outcome.isFailed() && threads.stream().anyMatch(each -> each.started && !each.ended)) {
            try {
                chosen = decide(null);
            } catch (StoppedError _) {
                // Whoever is left is unwound below.
            }
        }
        if (chosen == null) {
            chosen = threads.stream()
                    .filter(each -> each.begun() && !each.ended)
                    .findFirst()
                    .orElse(null);
        }
        if (chosen == null) {
            outcome.end();
        } else {
            current = chosen;
            chosen.handBaton();
        }
    }

    private Error fail(Throwable cause) {
        if (!isRunning()) {
            throw new AssertionError("outside the run: " + cause.getMessage(), cause);
        }
        outcome.note(cause, Outcome.list(threads));
        throw new StoppedError();
    }

    /// Throws when the run has failed. A thread that swallows that again and again is left behind, parked for
    /// ever.
    private void unwindIfStopping(ScheduledThread self) {
        if (!outcome.isFailed()) {
            return;
        }
        if (++self.unwound > UNWINDINGS) {
            self.end();
            passOn();
            while (true) {
                self.awaitTurn();
            }
        }
        throw new StoppedError();
    }

    private static void runUnchecked(ThrowingRunnable body) {
        try {
            body.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e.toString(), e);
        }
    }

    /// Some thread blocks or spins where the scheduler can't see it.
    private boolean stopStuck() {
        ScheduledThread stuck = current;
        if (stuck == null) {
            throw new AssertionError("the run has not begun");
        }
        AssertionError cause = new AssertionError("no end within " + limits.wall() + " of real time");
        outcome.note(cause, Outcome.describeStuck(stuck) + Outcome.list(List.copyOf(threads)));
        stuck.thread().interrupt();
        return outcome.awaitEnd(TimeUnit.SECONDS.toNanos(2));
    }
}
