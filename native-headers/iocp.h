/*
 * What iocp4j uses of Windows, for jextract: the x64 binary interface of kernel32.dll, ws2_32.dll and ntdll.dll in plain C.
 *
 * Written so that jextract gives the same Java on every host. Nothing is included. Every type has a fixed width; `long`,
 * whose width differs between Windows and the rest, does not occur, nor do anonymous members. Handles and all pointers are
 * 64-bit integers: a Java caller passes addresses, and no MemorySegment is made or checked at a call.
 *
 * The error codes come last: the tables of io.github.iocp4j.error have more, by name only.
 */
#ifndef IOCP4J_IOCP_H
#define IOCP4J_IOCP_H

typedef unsigned short WORD;
typedef unsigned int DWORD;
typedef int BOOL;
typedef unsigned long long ULONG_PTR;

/* An address: of an OVERLAPPED, of a WSABUF array, of a buffer, of a text. 0 is NULL. */
typedef unsigned long long POINTER;
typedef unsigned long long HANDLE;
typedef unsigned long long SOCKET;

/* ---- Structures ---- */

/* One operation in flight. Internal ends as its NTSTATUS, InternalHigh as its count of bytes. */
typedef struct OVERLAPPED {
    ULONG_PTR Internal;
    ULONG_PTR InternalHigh;
    DWORD Offset;
    DWORD OffsetHigh;
    HANDLE hEvent;
} OVERLAPPED;

/* One packet, as GetQueuedCompletionStatusEx gives it. */
typedef struct OVERLAPPED_ENTRY {
    ULONG_PTR lpCompletionKey;
    POINTER lpOverlapped;
    ULONG_PTR Internal;
    DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY;

/* One piece of the data of WSARecv or WSASend. */
typedef struct WSABUF {
    DWORD len;
    POINTER buf;
} WSABUF;

typedef struct LINGER {
    WORD l_onoff;
    WORD l_linger;
} LINGER;

/* The input of SIO_KEEPALIVE_VALS; times are milliseconds. */
typedef struct tcp_keepalive {
    DWORD onoff;
    DWORD keepalivetime;
    DWORD keepaliveinterval;
} tcp_keepalive;

/* Ports and addresses are in network order. */
typedef struct SOCKADDR_IN {
    WORD sin_family;
    WORD sin_port;
    DWORD sin_addr;
    unsigned char sin_zero[8];
} SOCKADDR_IN;

typedef struct SOCKADDR_IN6 {
    WORD sin6_family;
    WORD sin6_port;
    DWORD sin6_flowinfo;
    unsigned char sin6_addr[16];
    DWORD sin6_scope_id;
} SOCKADDR_IN6;

typedef struct WSADATA {
    WORD wVersion;
    WORD wHighVersion;
    WORD iMaxSockets;
    WORD iMaxUdpDg;
    POINTER lpVendorInfo;
    unsigned char szDescription[257];
    unsigned char szSystemStatus[129];
} WSADATA;

typedef struct GUID {
    DWORD Data1;
    WORD Data2;
    WORD Data3;
    unsigned char Data4[8];
} GUID;

typedef struct WSAPROTOCOLCHAIN {
    int ChainLen;
    DWORD ChainEntries[7];
} WSAPROTOCOLCHAIN;

typedef struct WSAPROTOCOL_INFOW {
    DWORD dwServiceFlags1;
    DWORD dwServiceFlags2;
    DWORD dwServiceFlags3;
    DWORD dwServiceFlags4;
    DWORD dwProviderFlags;
    GUID ProviderId;
    DWORD dwCatalogEntryId;
    WSAPROTOCOLCHAIN ProtocolChain;
    int iVersion;
    int iAddressFamily;
    int iMaxSockAddr;
    int iMinSockAddr;
    int iSocketType;
    int iProtocol;
    int iProtocolMaxOffset;
    int iNetworkByteOrder;
    int iSecurityScheme;
    DWORD dwMessageSize;
    DWORD dwProviderReserved;
    WORD szProtocol[256];
} WSAPROTOCOL_INFOW;

typedef struct OSVERSIONINFOEXW {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    WORD szCSDVersion[128];
    WORD wServicePackMajor;
    WORD wServicePackMinor;
    WORD wSuiteMask;
    unsigned char wProductType;
    unsigned char wReserved;
} OSVERSIONINFOEXW;

/* ---- kernel32.dll: a failed call returns 0 (FALSE, NULL), the code is in GetLastError ---- */

HANDLE CreateIoCompletionPort(
    HANDLE FileHandle, HANDLE ExistingCompletionPort, ULONG_PTR CompletionKey, DWORD NumberOfConcurrentThreads);
BOOL GetQueuedCompletionStatus(
    HANDLE CompletionPort,
    POINTER lpNumberOfBytesTransferred,
    POINTER lpCompletionKey,
    POINTER lpOverlapped,
    DWORD dwMilliseconds);
BOOL GetQueuedCompletionStatusEx(
    HANDLE CompletionPort,
    POINTER lpCompletionPortEntries,
    DWORD ulCount,
    POINTER ulNumEntriesRemoved,
    DWORD dwMilliseconds,
    BOOL fAlertable);
BOOL PostQueuedCompletionStatus(
    HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred, ULONG_PTR dwCompletionKey, POINTER lpOverlapped);
BOOL CloseHandle(HANDLE hObject);
BOOL CancelIoEx(HANDLE hFile, POINTER lpOverlapped);
BOOL SetFileCompletionNotificationModes(HANDLE FileHandle, unsigned char Flags);
/* The exception: a failed call returns INVALID_HANDLE_VALUE. */
HANDLE CreateFileW(
    POINTER lpFileName,
    DWORD dwDesiredAccess,
    DWORD dwShareMode,
    POINTER lpSecurityAttributes,
    DWORD dwCreationDisposition,
    DWORD dwFlagsAndAttributes,
    HANDLE hTemplateFile);
/* Cannot fail but with FILE_TYPE_UNKNOWN, which is 0. */
DWORD GetFileType(HANDLE hFile);
BOOL GetFileSizeEx(HANDLE hFile, POINTER lpFileSize);
BOOL ReadFile(
    HANDLE hFile, POINTER lpBuffer, DWORD nNumberOfBytesToRead, POINTER lpNumberOfBytesRead, POINTER lpOverlapped);
BOOL WriteFile(
    HANDLE hFile, POINTER lpBuffer, DWORD nNumberOfBytesToWrite, POINTER lpNumberOfBytesWritten, POINTER lpOverlapped);
BOOL MoveFileExW(POINTER lpExistingFileName, POINTER lpNewFileName, DWORD dwFlags);
BOOL DeleteFileW(POINTER lpFileName);
DWORD FormatMessageW(
    DWORD dwFlags,
    POINTER lpSource,
    DWORD dwMessageId,
    DWORD dwLanguageId,
    POINTER lpBuffer,
    DWORD nSize,
    POINTER Arguments);

/* ---- ws2_32.dll: a failed call returns SOCKET_ERROR (or INVALID_SOCKET), the code is in WSAGetLastError ---- */

/* The exception: returns the code itself. */
int WSAStartup(WORD wVersionRequested, POINTER lpWSAData);
int WSACleanup(void);
SOCKET WSASocketW(int af, int type, int protocol, POINTER lpProtocolInfo, DWORD g, DWORD dwFlags);
int closesocket(SOCKET s);
int bind(SOCKET s, POINTER name, int namelen);
int listen(SOCKET s, int backlog);
int getsockname(SOCKET s, POINTER name, POINTER namelen);
int setsockopt(SOCKET s, int level, int optname, POINTER optval, int optlen);
int getsockopt(SOCKET s, int level, int optname, POINTER optval, POINTER optlen);
int ioctlsocket(SOCKET s, int cmd, POINTER argp);
int shutdown(SOCKET s, int how);
int WSARecv(
    SOCKET s,
    POINTER lpBuffers,
    DWORD dwBufferCount,
    POINTER lpNumberOfBytesRecvd,
    POINTER lpFlags,
    POINTER lpOverlapped,
    POINTER lpCompletionRoutine);
int WSASend(
    SOCKET s,
    POINTER lpBuffers,
    DWORD dwBufferCount,
    POINTER lpNumberOfBytesSent,
    DWORD dwFlags,
    POINTER lpOverlapped,
    POINTER lpCompletionRoutine);
int WSAIoctl(
    SOCKET s,
    DWORD dwIoControlCode,
    POINTER lpvInBuffer,
    DWORD cbInBuffer,
    POINTER lpvOutBuffer,
    DWORD cbOutBuffer,
    POINTER lpcbBytesReturned,
    POINTER lpOverlapped,
    POINTER lpCompletionRoutine);
int WSAEnumProtocolsW(POINTER lpiProtocols, POINTER lpProtocolBuffer, POINTER lpdwBufferLength);

/* ---- Extensions of Winsock, by the pointers that WSAIoctl gives; FALSE is failure, the code is in WSAGetLastError ---- */

typedef BOOL (*LPFN_ACCEPTEX)(
    SOCKET sListenSocket,
    SOCKET sAcceptSocket,
    POINTER lpOutputBuffer,
    DWORD dwReceiveDataLength,
    DWORD dwLocalAddressLength,
    DWORD dwRemoteAddressLength,
    POINTER lpdwBytesReceived,
    POINTER lpOverlapped);
typedef BOOL (*LPFN_CONNECTEX)(
    SOCKET s,
    POINTER name,
    int namelen,
    POINTER lpSendBuffer,
    DWORD dwSendDataLength,
    POINTER lpdwBytesSent,
    POINTER lpOverlapped);
typedef void (*LPFN_GETACCEPTEXSOCKADDRS)(
    POINTER lpOutputBuffer,
    DWORD dwReceiveDataLength,
    DWORD dwLocalAddressLength,
    DWORD dwRemoteAddressLength,
    POINTER LocalSockaddr,
    POINTER LocalSockaddrLength,
    POINTER RemoteSockaddr,
    POINTER RemoteSockaddrLength);
typedef BOOL (*LPFN_TRANSMITFILE)(
    SOCKET hSocket,
    HANDLE hFile,
    DWORD nNumberOfBytesToWrite,
    DWORD nNumberOfBytesPerSend,
    POINTER lpOverlapped,
    POINTER lpTransmitBuffers,
    DWORD dwReserved);

/* Their GUIDs as two little-endian 64-bit integers. */
#define WSAID_ACCEPTEX_LOW 0x11CFCBACB5367DF1ULL
#define WSAID_ACCEPTEX_HIGH 0x92A1485F8000CA95ULL
#define WSAID_CONNECTEX_LOW 0x4660DDF325A207B9ULL
#define WSAID_CONNECTEX_HIGH 0x3E06748CE576E98EULL
#define WSAID_GETACCEPTEXSOCKADDRS_LOW 0x11CFCBACB5367DF2ULL
#define WSAID_GETACCEPTEXSOCKADDRS_HIGH 0x92A1485F8000CA95ULL
#define WSAID_TRANSMITFILE_LOW 0x11CFCBACB5367DF0ULL
#define WSAID_TRANSMITFILE_HIGH 0x92A1485F8000CA95ULL

/* ---- ntdll.dll ---- */

/* Returns an NTSTATUS. */
int RtlGetVersion(POINTER lpVersionInformation);

/* wine_get_version, which only Wine has: returns the address of a text. */
typedef POINTER (*LPFN_WINE_GET_VERSION)(void);

/* ---- Constants ---- */

#define INVALID_HANDLE_VALUE 0xFFFFFFFFFFFFFFFFULL
#define INVALID_SOCKET 0xFFFFFFFFFFFFFFFFULL
#define SOCKET_ERROR (-1)
#define INFINITE 0xFFFFFFFFU

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 0x2

#define GENERIC_READ 0x80000000U
#define GENERIC_WRITE 0x40000000U
#define FILE_SHARE_READ 0x1
#define FILE_SHARE_WRITE 0x2
#define FILE_SHARE_DELETE 0x4
#define CREATE_NEW 1
#define OPEN_EXISTING 3
#define FILE_ATTRIBUTE_NORMAL 0x80
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000
#define FILE_TYPE_DISK 0x1
#define VER_NT_WORKSTATION 0x1

#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FF

/* MAKEWORD(2, 2) */
#define WINSOCK_VERSION 0x0202

#define AF_INET 2
#define AF_INET6 23
#define SOCK_STREAM 1
#define IPPROTO_TCP 6
#define IPPROTO_IPV6 41

#define WSA_FLAG_OVERLAPPED 0x01
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80

#define SOL_SOCKET 0xFFFF
#define SO_KEEPALIVE 0x0008
#define SO_LINGER 0x0080
#define SO_EXCLUSIVEADDRUSE (~0x0004)
#define SO_SNDBUF 0x1001
#define SO_RCVBUF 0x1002
#define SO_UPDATE_ACCEPT_CONTEXT 0x700B
#define SO_CONNECT_TIME 0x700C
#define SO_UPDATE_CONNECT_CONTEXT 0x7010
#define TCP_NODELAY 0x0001
#define TCP_KEEPIDLE 3
#define TCP_KEEPCNT 16
#define TCP_KEEPINTVL 17
#define IPV6_V6ONLY 27

#define FIONBIO 0x8004667EU
#define SIO_GET_EXTENSION_FUNCTION_POINTER 0xC8000006U
#define SIO_KEEPALIVE_VALS 0x98000004U
#define SD_SEND 1
#define TF_USE_KERNEL_APC 0x20
#define XP1_IFS_HANDLES 0x00020000

/* ---- Error codes ---- */

#define ERROR_SUCCESS 0
#define ERROR_FILE_NOT_FOUND 2
#define ERROR_PATH_NOT_FOUND 3
#define ERROR_ACCESS_DENIED 5
#define ERROR_INVALID_HANDLE 6
#define ERROR_GEN_FAILURE 31
#define ERROR_SHARING_VIOLATION 32
#define ERROR_HANDLE_EOF 38
#define ERROR_NETNAME_DELETED 64
#define ERROR_FILE_EXISTS 80
#define ERROR_INVALID_PARAMETER 87
#define ERROR_DISK_FULL 112
#define ERROR_INVALID_NAME 123
#define ERROR_ALREADY_EXISTS 183
#define WAIT_TIMEOUT 258
#define ERROR_ABANDONED_WAIT_0 735
#define ERROR_OPERATION_ABORTED 995
#define WSA_IO_PENDING 997
#define ERROR_NOT_FOUND 1168
#define WSAEINVAL 10022
#define WSAEWOULDBLOCK 10035
#define WSAENOTSOCK 10038
#define WSAENOPROTOOPT 10042
#define WSAEOPNOTSUPP 10045
#define WSAEAFNOSUPPORT 10047
#define WSAENETRESET 10052
#define WSAECONNABORTED 10053
#define WSAECONNRESET 10054
#define WSAENOBUFS 10055
#define WSAENOTCONN 10057
#define WSAECONNREFUSED 10061

#endif
