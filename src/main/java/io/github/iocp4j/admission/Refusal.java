package io.github.iocp4j.admission;

/// The rule that has refused a connection.
public enum Refusal {
    /// The address is on the [BanList].
    BANNED,
    /// More connections came from the address than [AdmissionOptions#acceptsPerSecond] allows; or more addresses
    /// connect than the endpoint can count at once.
    RATE,
    /// The address has [AdmissionOptions#mostPerAddress] connections already.
    PER_ADDRESS,
    /// The [AcceptFilter] said no, or failed.
    FILTER
}
