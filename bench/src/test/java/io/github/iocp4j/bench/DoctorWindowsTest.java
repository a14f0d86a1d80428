package io.github.iocp4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DoctorWindowsTest {
    @Test
    void findsWhatIsNeeded() {
        CliRun doctor = CliRun.begin("doctor");
        assertEquals(0, doctor.exitCode(), () -> doctor.out() + doctor.err());
        assertTrue(doctor.out().contains("TCP provider"), doctor.out());
        assertTrue(doctor.out().contains("Everything that iocp4j needs is here."), doctor.out());
    }
}
