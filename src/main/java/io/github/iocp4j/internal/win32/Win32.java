package io.github.iocp4j.internal.win32;

/// Constants of the Windows headers, by their names there. A test compares those that the bindings have too.
public final class Win32 {
    public static final long INVALID_HANDLE_VALUE = -1L;
    public static final long INVALID_SOCKET = -1L;
    public static final int INFINITE = -1;

    public static final int ERROR_SUCCESS = 0;
    public static final int ERROR_FILE_NOT_FOUND = 2;
    public static final int ERROR_PATH_NOT_FOUND = 3;
    public static final int ERROR_ACCESS_DENIED = 5;
    public static final int ERROR_INVALID_HANDLE = 6;
    public static final int ERROR_GEN_FAILURE = 31;
    public static final int ERROR_SHARING_VIOLATION = 32;
    public static final int ERROR_HANDLE_EOF = 38;
    public static final int ERROR_NETNAME_DELETED = 64;
    public static final int ERROR_FILE_EXISTS = 80;
    public static final int ERROR_INVALID_PARAMETER = 87;
    public static final int ERROR_DISK_FULL = 112;
    public static final int ERROR_INVALID_NAME = 123;
    public static final int ERROR_ALREADY_EXISTS = 183;
    public static final int WAIT_TIMEOUT = 258;
    public static final int ERROR_ABANDONED_WAIT_0 = 735;
    public static final int ERROR_OPERATION_ABORTED = 995;
    public static final int WSA_IO_PENDING = 997;
    public static final int ERROR_NOT_FOUND = 1168;
    public static final int WSAEINVAL = 10022;
    public static final int WSAEWOULDBLOCK = 10035;
    public static final int WSAENOTSOCK = 10038;
    public static final int WSAENOPROTOOPT = 10042;
    public static final int WSAEOPNOTSUPP = 10045;
    public static final int WSAEAFNOSUPPORT = 10047;
    public static final int WSAENETRESET = 10052;
    public static final int WSAECONNABORTED = 10053;
    public static final int WSAECONNRESET = 10054;
    public static final int WSAENOBUFS = 10055;
    public static final int WSAENOTCONN = 10057;
    public static final int WSAECONNREFUSED = 10061;

    public static final int GENERIC_READ = 0x80000000;
    public static final int GENERIC_WRITE = 0x40000000;
    public static final int FILE_SHARE_READ = 1;
    public static final int FILE_SHARE_WRITE = 2;
    public static final int FILE_SHARE_DELETE = 4;
    public static final int CREATE_NEW = 1;
    public static final int OPEN_EXISTING = 3;
    public static final int FILE_ATTRIBUTE_NORMAL = 0x80;
    public static final int FILE_FLAG_SEQUENTIAL_SCAN = 0x08000000;
    public static final int FILE_TYPE_DISK = 1;
    public static final int VER_NT_WORKSTATION = 1;

    public static final int FORMAT_MESSAGE_IGNORE_INSERTS = 0x00000200;
    public static final int FORMAT_MESSAGE_FROM_SYSTEM = 0x00001000;
    public static final int FORMAT_MESSAGE_MAX_WIDTH_MASK = 0x000000FF;

    public static final int SOCKET_ERROR = -1;
    public static final int WINSOCK_VERSION = 0x0202;
    public static final int SIO_GET_EXTENSION_FUNCTION_POINTER = 0xC8000006;
    public static final int SIO_KEEPALIVE_VALS = 0x98000004;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 23;
    public static final int SOCK_STREAM = 1;
    public static final int IPPROTO_TCP = 6;
    public static final int IPPROTO_IPV6 = 41;
    public static final int WSA_FLAG_OVERLAPPED = 0x01;
    public static final int WSA_FLAG_NO_HANDLE_INHERIT = 0x80;
    public static final int SOL_SOCKET = 0xffff;
    public static final int SO_KEEPALIVE = 0x0008;
    public static final int SO_LINGER = 0x0080;
    public static final int SO_EXCLUSIVEADDRUSE = ~0x0004;
    public static final int SO_SNDBUF = 0x1001;
    public static final int SO_RCVBUF = 0x1002;
    public static final int SO_UPDATE_ACCEPT_CONTEXT = 0x700B;
    public static final int SO_CONNECT_TIME = 0x700C;
    public static final int SO_UPDATE_CONNECT_CONTEXT = 0x7010;
    public static final int TCP_NODELAY = 0x0001;
    public static final int TCP_KEEPIDLE = 3;
    public static final int TCP_KEEPCNT = 16;
    public static final int TCP_KEEPINTVL = 17;
    public static final int IPV6_V6ONLY = 27;
    public static final int FIONBIO = 0x8004667e;
    public static final int SD_SEND = 1;
    public static final int TF_USE_KERNEL_APC = 0x20;
    public static final int XP1_IFS_HANDLES = 0x00020000;
    public static final int FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 1;
    public static final int FILE_SKIP_SET_EVENT_ON_HANDLE = 2;

    private Win32() {}
}
