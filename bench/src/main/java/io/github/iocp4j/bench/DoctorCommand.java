package io.github.iocp4j.bench;

import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.doctor.Doctor;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// What this machine offers.
@Command(name = "doctor", description = "Tells what this machine offers, what is missing, and what that means.")
final class DoctorCommand implements Callable<Integer> {
    private final Cli cli;

    DoctorCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() {
        return new Doctor(cli.out()).examine() ? 0 : 1;
    }
}
