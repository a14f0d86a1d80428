package io.github.iocp4j.internal.bindings;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Every structure as the documented x64 interface of Windows has it; the numbers are written out here on purpose.
class IocpLayoutTest {
    @Test
    void overlappedIsThatOfX64() {
        assertLayout(
                OVERLAPPED.layout(),
                32,
                8,
                Map.of("Internal", 0, "InternalHigh", 8, "Offset", 16, "OffsetHigh", 20, "hEvent", 24));
    }

    @Test
    void overlappedEntryIsThatOfX64() {
        assertLayout(
                OVERLAPPED_ENTRY.layout(),
                32,
                8,
                Map.of("lpCompletionKey", 0, "lpOverlapped", 8, "Internal", 16, "dwNumberOfBytesTransferred", 24));
    }

    @Test
    void wsabufIsThatOfX64() {
        assertLayout(WSABUF.layout(), 16, 8, Map.of("len", 0, "buf", 8));
    }

    @Test
    void lingerIsThatOfX64() {
        assertLayout(LINGER.layout(), 4, 2, Map.of("l_onoff", 0, "l_linger", 2));
    }

    @Test
    void tcpKeepaliveIsThatOfX64() {
        assertLayout(tcp_keepalive.layout(), 12, 4, Map.of("onoff", 0, "keepalivetime", 4, "keepaliveinterval", 8));
    }

    @Test
    void sockaddrInIsThatOfX64() {
        assertLayout(SOCKADDR_IN.layout(), 16, 4, Map.of("sin_family", 0, "sin_port", 2, "sin_addr", 4, "sin_zero", 8));
    }

    @Test
    void sockaddrIn6IsThatOfX64() {
        assertLayout(
                SOCKADDR_IN6.layout(),
                28,
                4,
                Map.of("sin6_family", 0, "sin6_port", 2, "sin6_flowinfo", 4, "sin6_addr", 8, "sin6_scope_id", 24));
    }

    @Test
    void wsadataIsThatOfX64() {
        assertLayout(
                WSADATA.layout(),
                408,
                8,
                Map.of(
                        "wVersion",
                        0,
                        "wHighVersion",
                        2,
                        "iMaxSockets",
                        4,
                        "iMaxUdpDg",
                        6,
                        "lpVendorInfo",
                        8,
                        "szDescription",
                        16,
                        "szSystemStatus",
                        273));
    }

    @Test
    void guidIsThatOfX64() {
        assertLayout(GUID.layout(), 16, 4, Map.of("Data1", 0, "Data2", 4, "Data3", 6, "Data4", 8));
    }

    @Test
    void protocolChainIsThatOfX64() {
        assertLayout(WSAPROTOCOLCHAIN.layout(), 32, 4, Map.of("ChainLen", 0, "ChainEntries", 4));
    }

    @Test
    void protocolInfoIsThatOfX64() {
        assertLayout(
                WSAPROTOCOL_INFOW.layout(),
                628,
                4,
                Map.ofEntries(
                        Map.entry("dwServiceFlags1", 0),
                        Map.entry("dwServiceFlags2", 4),
                        Map.entry("dwServiceFlags3", 8),
                        Map.entry("dwServiceFlags4", 12),
                        Map.entry("dwProviderFlags", 16),
                        Map.entry("ProviderId", 20),
                        Map.entry("dwCatalogEntryId", 36),
                        Map.entry("ProtocolChain", 40),
                        Map.entry("iVersion", 72),
                        Map.entry("iAddressFamily", 76),
                        Map.entry("iMaxSockAddr", 80),
                        Map.entry("iMinSockAddr", 84),
                        Map.entry("iSocketType", 88),
                        Map.entry("iProtocol", 92),
                        Map.entry("iProtocolMaxOffset", 96),
                        Map.entry("iNetworkByteOrder", 100),
                        Map.entry("iSecurityScheme", 104),
                        Map.entry("dwMessageSize", 108),
                        Map.entry("dwProviderReserved", 112),
                        Map.entry("szProtocol", 116)));
    }

    @Test
    void versionInfoIsThatOfX64() {
        assertLayout(
                OSVERSIONINFOEXW.layout(),
                284,
                4,
                Map.ofEntries(
                        Map.entry("dwOSVersionInfoSize", 0),
                        Map.entry("dwMajorVersion", 4),
                        Map.entry("dwMinorVersion", 8),
                        Map.entry("dwBuildNumber", 12),
                        Map.entry("dwPlatformId", 16),
                        Map.entry("szCSDVersion", 20),
                        Map.entry("wServicePackMajor", 276),
                        Map.entry("wServicePackMinor", 278),
                        Map.entry("wSuiteMask", 280),
                        Map.entry("wProductType", 282),
                        Map.entry("wReserved", 283)));
    }

    @Test
    void extensionIdsAreThoseOfTheirGuids() {
        assertGuid("b5367df1-cbac-11cf-95ca-00805f48a192", Iocp.WSAID_ACCEPTEX_LOW(), Iocp.WSAID_ACCEPTEX_HIGH());
        assertGuid("25a207b9-ddf3-4660-8ee9-76e58c74063e", Iocp.WSAID_CONNECTEX_LOW(), Iocp.WSAID_CONNECTEX_HIGH());
        assertGuid(
                "b5367df2-cbac-11cf-95ca-00805f48a192",
                Iocp.WSAID_GETACCEPTEXSOCKADDRS_LOW(),
                Iocp.WSAID_GETACCEPTEXSOCKADDRS_HIGH());
        assertGuid(
                "b5367df0-cbac-11cf-95ca-00805f48a192", Iocp.WSAID_TRANSMITFILE_LOW(), Iocp.WSAID_TRANSMITFILE_HIGH());
    }

    /// No member may be missing on either side.
    private static void assertLayout(MemoryLayout layout, long size, long alignment, Map<String, Integer> offsets) {
        assertEquals(size, layout.byteSize(), "size");
        assertEquals(alignment, layout.byteAlignment(), "alignment");
        var actual = ((GroupLayout) layout)
                .memberLayouts().stream()
                        .filter(member -> !(member instanceof PaddingLayout))
                        .map(member -> member.name().orElseThrow())
                        .collect(toMap(name -> name, name -> (int) layout.byteOffset(PathElement.groupElement(name))));
        assertEquals(new TreeMap<>(offsets), new TreeMap<>(actual), "offsets");
    }

    /// In memory a GUID's first three parts are little-endian, its last eight bytes stand as they are written.
    private static void assertGuid(String text, long low, long high) {
        String hex = text.replace("-", "");
        long data1 = Long.parseLong(hex.substring(0, 8), 16);
        long data2 = Long.parseLong(hex.substring(8, 12), 16);
        long data3 = Long.parseLong(hex.substring(12, 16), 16);
        assertEquals(data1 | data2 << 32 | data3 << 48, low, text);
        assertEquals(Long.reverseBytes(Long.parseUnsignedLong(hex.substring(16), 16)), high, text);
    }
}
