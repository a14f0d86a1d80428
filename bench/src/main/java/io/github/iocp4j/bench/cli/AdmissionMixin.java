package io.github.iocp4j.bench.cli;

import io.github.iocp4j.admission.AddressRange;
import io.github.iocp4j.admission.AdmissionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// The options about who may connect.
public final class AdmissionMixin {
    private static final int MOST_SECONDS = 86_400;
    private static final int MOST = 1 << 20;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--ban",
            paramLabel = "CIDR",
            converter = Range.class,
            description = "Refuse an address, or a range such as 192.0.2.0/24; may be given several times.")
    private final List<AddressRange> banned = new ArrayList<>();

    @Option(
            names = "--max-per-address",
            paramLabel = "N",
            defaultValue = "0",
            description = "The most connections of one address at once; 0 for any number (default: 0).")
    private int maxPerAddress;

    @Option(
            names = "--accept-rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "The most connections of one address in a second; 0 for any number (default: 0).")
    private int acceptRate;

    @Option(
            names = "--first-data-timeout",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Cut a peer that has sent nothing in this time; 0 for never (default: 0).")
    private int firstDataSeconds;

    @Option(
            names = "--ban-malformed",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Ban the address of a peer that sends too long a frame, for so long; 0 for not (default: 0).")
    private int banMalformedSeconds;

    /// The options.
    ///
    /// @throws ParameterException when one is out of range
    public AdmissionOptions build() {
        Ranges.require(spec, "--max-per-address", maxPerAddress, 0, MOST);
        Ranges.require(spec, "--accept-rate", acceptRate, 0, MOST);
        Ranges.require(spec, "--first-data-timeout", firstDataSeconds, 0, MOST_SECONDS);
        Ranges.require(spec, "--ban-malformed", banMalformedSeconds, 0, MOST_SECONDS);
        return AdmissionOptions.DEFAULT
                .withBanned(banned.toArray(AddressRange[]::new))
                .withMostPerAddress(maxPerAddress)
                .withAcceptsPerSecond(acceptRate, Math.max(1, acceptRate))
                .withFirstDataTimeout(Duration.ofSeconds(firstDataSeconds))
                .withBanMalformed(Duration.ofSeconds(banMalformedSeconds));
    }

    /// Reads an address or a range of them.
    private static final class Range implements ITypeConverter<AddressRange> {
        @Override
        public AddressRange convert(String text) {
            try {
                return AddressRange.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
