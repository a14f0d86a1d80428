package io.github.iocp4j.bench;

import io.github.iocp4j.bench.cli.Machine;
import picocli.CommandLine.IVersionProvider;

/// What `--version` prints.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "iocp4j " + (version != null ? version : "(not packaged)"), Machine.java() + " on " + Machine.system()
        };
    }
}
