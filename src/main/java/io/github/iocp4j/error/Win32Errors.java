package io.github.iocp4j.error;

/// The Win32 codes that I/O calls give, as `GetLastError` gives them, by their symbols in the Windows headers.
public final class Win32Errors {
    static final CodeTable TABLE = new CodeTable("""
            0 ERROR_SUCCESS
            1 ERROR_INVALID_FUNCTION
            2 ERROR_FILE_NOT_FOUND
            3 ERROR_PATH_NOT_FOUND
            4 ERROR_TOO_MANY_OPEN_FILES
            5 ERROR_ACCESS_DENIED
            6 ERROR_INVALID_HANDLE
            8 ERROR_NOT_ENOUGH_MEMORY
            11 ERROR_BAD_FORMAT
            12 ERROR_INVALID_ACCESS
            13 ERROR_INVALID_DATA
            14 ERROR_OUTOFMEMORY
            15 ERROR_INVALID_DRIVE
            17 ERROR_NOT_SAME_DEVICE
            18 ERROR_NO_MORE_FILES
            19 ERROR_WRITE_PROTECT
            20 ERROR_BAD_UNIT
            21 ERROR_NOT_READY
            22 ERROR_BAD_COMMAND
            23 ERROR_CRC
            24 ERROR_BAD_LENGTH
            25 ERROR_SEEK
            29 ERROR_WRITE_FAULT
            30 ERROR_READ_FAULT
            31 ERROR_GEN_FAILURE
            32 ERROR_SHARING_VIOLATION
            33 ERROR_LOCK_VIOLATION
            38 ERROR_HANDLE_EOF
            39 ERROR_HANDLE_DISK_FULL
            50 ERROR_NOT_SUPPORTED
            51 ERROR_REM_NOT_LIST
            52 ERROR_DUP_NAME
            53 ERROR_BAD_NETPATH
            54 ERROR_NETWORK_BUSY
            55 ERROR_DEV_NOT_EXIST
            57 ERROR_ADAP_HDW_ERR
            58 ERROR_BAD_NET_RESP
            59 ERROR_UNEXP_NET_ERR
            64 ERROR_NETNAME_DELETED
            65 ERROR_NETWORK_ACCESS_DENIED
            67 ERROR_BAD_NET_NAME
            68 ERROR_TOO_MANY_NAMES
            71 ERROR_REQ_NOT_ACCEP
            80 ERROR_FILE_EXISTS
            82 ERROR_CANNOT_MAKE
            87 ERROR_INVALID_PARAMETER
            109 ERROR_BROKEN_PIPE
            110 ERROR_OPEN_FAILED
            111 ERROR_BUFFER_OVERFLOW
            112 ERROR_DISK_FULL
            121 ERROR_SEM_TIMEOUT
            122 ERROR_INSUFFICIENT_BUFFER
            123 ERROR_INVALID_NAME
            124 ERROR_INVALID_LEVEL
            126 ERROR_MOD_NOT_FOUND
            127 ERROR_PROC_NOT_FOUND
            131 ERROR_NEGATIVE_SEEK
            143 ERROR_SAME_DRIVE
            160 ERROR_BAD_ARGUMENTS
            161 ERROR_BAD_PATHNAME
            170 ERROR_BUSY
            183 ERROR_ALREADY_EXISTS
            206 ERROR_FILENAME_EXCED_RANGE
            231 ERROR_PIPE_BUSY
            232 ERROR_NO_DATA
            233 ERROR_PIPE_NOT_CONNECTED
            234 ERROR_MORE_DATA
            240 ERROR_VC_DISCONNECTED
            258 WAIT_TIMEOUT
            259 ERROR_NO_MORE_ITEMS
            267 ERROR_DIRECTORY
            288 ERROR_NOT_OWNER
            299 ERROR_PARTIAL_COPY
            303 ERROR_DELETE_PENDING
            317 ERROR_MR_MID_NOT_FOUND
            433 ERROR_NO_SUCH_DEVICE
            487 ERROR_INVALID_ADDRESS
            535 ERROR_PIPE_CONNECTED
            536 ERROR_PIPE_LISTENING
            676 ERROR_HANDLES_CLOSED
            735 ERROR_ABANDONED_WAIT_0
            736 ERROR_ABANDONED_WAIT_63
            737 ERROR_USER_APC
            738 ERROR_KERNEL_APC
            995 ERROR_OPERATION_ABORTED
            996 ERROR_IO_INCOMPLETE
            997 ERROR_IO_PENDING
            998 ERROR_NOACCESS
            1001 ERROR_STACK_OVERFLOW
            1002 ERROR_INVALID_MESSAGE
            1004 ERROR_INVALID_FLAGS
            1006 ERROR_FILE_INVALID
            1008 ERROR_NO_TOKEN
            1114 ERROR_DLL_INIT_FAILED
            1115 ERROR_SHUTDOWN_IN_PROGRESS
            1117 ERROR_IO_DEVICE
            1127 ERROR_DISK_OPERATION_FAILED
            1167 ERROR_DEVICE_NOT_CONNECTED
            1168 ERROR_NOT_FOUND
            1169 ERROR_NO_MATCH
            1201 ERROR_CONNECTION_UNAVAIL
            1214 ERROR_INVALID_NETNAME
            1223 ERROR_CANCELLED
            1224 ERROR_USER_MAPPED_FILE
            1225 ERROR_CONNECTION_REFUSED
            1226 ERROR_GRACEFUL_DISCONNECT
            1227 ERROR_ADDRESS_ALREADY_ASSOCIATED
            1228 ERROR_ADDRESS_NOT_ASSOCIATED
            1229 ERROR_CONNECTION_INVALID
            1230 ERROR_CONNECTION_ACTIVE
            1231 ERROR_NETWORK_UNREACHABLE
            1232 ERROR_HOST_UNREACHABLE
            1233 ERROR_PROTOCOL_UNREACHABLE
            1234 ERROR_PORT_UNREACHABLE
            1235 ERROR_REQUEST_ABORTED
            1236 ERROR_CONNECTION_ABORTED
            1237 ERROR_RETRY
            1238 ERROR_CONNECTION_COUNT_LIMIT
            1241 ERROR_INCORRECT_ADDRESS
            1244 ERROR_NOT_AUTHENTICATED
            1256 ERROR_HOST_DOWN
            1314 ERROR_PRIVILEGE_NOT_HELD
            1352 ERROR_INVALID_SERVER_STATE
            1359 ERROR_INTERNAL_ERROR
            1450 ERROR_NO_SYSTEM_RESOURCES
            1451 ERROR_NONPAGED_SYSTEM_RESOURCES
            1452 ERROR_PAGED_SYSTEM_RESOURCES
            1453 ERROR_WORKING_SET_QUOTA
            1454 ERROR_PAGEFILE_QUOTA
            1455 ERROR_COMMITMENT_LIMIT
            1460 ERROR_TIMEOUT
            1617 ERROR_DEVICE_REMOVED
            1784 ERROR_INVALID_USER_BUFFER
            1816 ERROR_NOT_ENOUGH_QUOTA
            2014 ERROR_DUPLICATE_TAG
            4350 ERROR_FILE_OFFLINE
            5023 ERROR_INVALID_STATE
            """);

    private Win32Errors() {}

    /// The symbol of a code, for example `ERROR_INVALID_PARAMETER` of 87.
    ///
    /// The table has the codes of handles, files, pipes and the network; a Winsock code (10000 and above) gives
    /// its Winsock symbol.
    ///
    /// @param code the code, as `GetLastError` gave it
    /// @return the symbol, or an empty string when the code is not in the tables
    public static String symbol(int code) {
        String symbol = TABLE.symbol(code);
        return symbol.isEmpty() ? WinsockErrors.TABLE.symbol(code) : symbol;
    }
}
