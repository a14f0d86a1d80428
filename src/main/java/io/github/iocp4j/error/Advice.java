package io.github.iocp4j.error;

/// What whoever meets a code can do about it, in one sentence for the end of a message.
final class Advice {
    private Advice() {}

    /// The advice for the failed call, or an empty string where the symbol says it all.
    static String of(String call, int code) {
        return switch (code) {
            case 5 -> "this account may not do that";
            case 6, 10038 -> "the handle has been closed, or is not of this kind";
            case 64, 10054 -> "the peer cut the connection";
            case 87 -> invalidParameter(call);
            case 735 -> "the port was closed by another thread";
            case 995 -> "cancelled, because this side closed the handle or cancelled the operation";
            case 8, 1450, 1453, 1454, 1455, 1816, 10055 ->
                "memory that can be locked, buffer space or client ports ran out: fewer pending reads, zero-byte reads "
                        + "or fewer connections help";
            case 1225, 10061 ->
                "nothing listens there: check the address and the port, and whether the server runs or has a full "
                        + "backlog";
            case 10013 ->
                "another program owns this port exclusively, the port lies in an excluded range (see: netsh int ipv4 "
                        + "show excludedportrange protocol=tcp), or a firewall forbids it: choose another port";
            case 10024 -> "too many sockets are open";
            case 10035 -> "too many operations are outstanding on this socket: try again later";
            case 10047 -> "this machine has no such address family: IPv6 may be switched off";
            case 10048 -> addressInUse(call);
            case 10049 -> "no interface of this machine has this address, or it is none that one can connect to";
            case 10050, 10051 -> "there is no way to that network: check the address and this machine's network";
            case 10053 -> "this machine cut the connection, often after data went unacknowledged for too long";
            case 10057 -> "the socket is not connected, or no longer";
            case 10060 -> "the peer did not answer in time: check the address, and firewalls on the way";
            case 10064, 10065 -> "the peer can't be reached: check the address, and whether that machine runs";
            case 10091, 10092, 10093 -> "Winsock 2.2 could not be started on this machine";
            case 10104, 10105, 10106 ->
                "Winsock can't load its provider: the environment needs SystemRoot; if it is there, see: netsh winsock "
                        + "reset";
            default -> "";
        };
    }

    private static String invalidParameter(String call) {
        return switch (call) {
            case "CreateIoCompletionPort" -> "the handle has a port already, or was not opened for overlapped I/O";
            case "SetFileCompletionNotificationModes" -> "the handle was not opened for overlapped I/O";
            default -> "";
        };
    }

    private static String addressInUse(String call) {
        return switch (call) {
            case "ConnectEx" -> "all client ports towards this peer are in use, many of them perhaps in TIME_WAIT";
            default -> "another program listens on this port: stop it, or choose another port";
        };
    }
}
