package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.SimulatedPort.Packet;
import io.github.iocp4j.simulation.scheduler.Scheduler;
import io.github.iocp4j.testing.CountedCall;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The simulated `kernel32.dll`.
final class SimulatedKernel32 implements Kernel32 {
    private static final int ENTRY_BYTES = 32;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// Stands in the member of an OVERLAPPED_ENTRY that Microsoft calls reserved.
    private static final long RESERVED = 0xDDDD_DDDD_DDDD_DDDDL;

    private final SimulatedKernel kernel;

    SimulatedKernel32(SimulatedKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public long CreateIoCompletionPort(
            Call call,
            long fileHandle,
            long existingCompletionPort,
            long completionKey,
            int numberOfConcurrentThreads) {
        return kernel.call(call, "CreateIoCompletionPort", fileHandle, existingCompletionPort, () -> {
            if (fileHandle == Win32.INVALID_HANDLE_VALUE) {
                return existingCompletionPort == 0 ? newPort() : -Win32.ERROR_INVALID_PARAMETER;
            }
            return associate(fileHandle, existingCompletionPort, completionKey);
        });
    }

    @Override
    public int GetQueuedCompletionStatus(Call call, long completionPort, long entry, int milliseconds) {
        return (int) kernel.call(
                call,
                "GetQueuedCompletionStatus",
                completionPort,
                milliseconds,
                () -> dequeue(completionPort, entry, 1, milliseconds, false));
    }

    @Override
    public int GetQueuedCompletionStatusEx(Call call, long completionPort, long entries, int count, int milliseconds) {
        return (int) kernel.call(
                call,
                "GetQueuedCompletionStatusEx",
                completionPort,
                count,
                () -> count <= 0
                        ? -Win32.ERROR_INVALID_PARAMETER
                        : dequeue(completionPort, entries, count, milliseconds, true));
    }

    @Override
    public int PostQueuedCompletionStatus(
            Call call, long completionPort, int numberOfBytesTransferred, long completionKey, long overlapped) {
        return (int) kernel.call(call, "PostQueuedCompletionStatus", completionPort, completionKey, () -> {
            SimulatedPort port = kernel.port(completionPort, "PostQueuedCompletionStatus");
            if (port == null) {
                return -Win32.ERROR_INVALID_HANDLE;
            }
            Operation operation = kernel.inFlight.at(overlapped);
            if (operation != null) {
                throw kernel.fail("a packet is posted with the OVERLAPPED of " + operation);
            }
            int percent = kernel.options.faults().refusedPosts();
            if (kernel.kernelMemory.refuses(CountedCall.POST_QUEUED_COMPLETION_STATUS, percent)) {
                return -Status.ERROR_NO_SYSTEM_RESOURCES;
            }
            port.queue(new Packet(completionKey, overlapped, numberOfBytesTransferred, null));
            return 1;
        });
    }

    @Override
    public int CloseHandle(Call call, long handle) {
        return (int) kernel.call(call, "CloseHandle", handle, 0, () -> {
            if (kernel.handles.get(handle) instanceof OpenFile file) {
                kernel.files.close(file);
                return 1;
            }
            SimulatedPort port = kernel.port(handle, "CloseHandle");
            if (port == null) {
                return -Win32.ERROR_INVALID_HANDLE;
            }
            for (Packet packet : port.packets) {
                if (packet.operation() != null) {
                    throw kernel.fail("packet lost: " + port + " is closed with that of " + packet.operation());
                }
            }
            Operation operation = kernel.inFlight.reportingTo(port);
            if (operation != null) {
                throw kernel.fail("packet lost: " + port + " is closed before that of " + operation);
            }
            port.closed = true;
            port.packets.clear();
            port.waiters.wakeAll();
            kernel.handles.remove(handle);
            return 1;
        });
    }

    @Override
    public int CancelIoEx(Call call, long handle, long overlapped) {
        return (int) kernel.call(call, "CancelIoEx", handle, kernel.memory.idOf(overlapped), () -> {
            SimulatedSocket socket = kernel.socket(handle, "CancelIoEx");
            if (socket == null) {
                return -Win32.ERROR_INVALID_HANDLE;
            }
            return socket.cancel(overlapped) ? 1 : -Win32.ERROR_NOT_FOUND;
        });
    }

    @Override
    public int SetFileCompletionNotificationModes(Call call, long handle, int flags) {
        return (int) kernel.call(call, "SetFileCompletionNotificationModes", handle, flags, () -> {
            SimulatedSocket socket = kernel.socket(handle, "SetFileCompletionNotificationModes");
            if (socket == null) {
                return -Win32.ERROR_INVALID_HANDLE;
            }
            if ((flags & ~(Win32.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | Win32.FILE_SKIP_SET_EVENT_ON_HANDLE)) != 0) {
                return -Win32.ERROR_INVALID_PARAMETER;
            }
            if ((flags & Win32.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0) {
                if (kernel.options.layeredProvider()) {
                    throw kernel.fail("skip-on-success with a provider that has no IFS handles");
                }
                socket.skipsOnSuccess = true;
            }
            return 1;
        });
    }

    @Override
    public long CreateFileW(
            Call call, long fileName, int desiredAccess, int shareMode, int creationDisposition, int flags) {
        if (desiredAccess == Win32.GENERIC_READ && (flags & Win32.FILE_FLAG_SEQUENTIAL_SCAN) == 0) {
            throw kernel.fail("CreateFileW of a file to be sent, without FILE_FLAG_SEQUENTIAL_SCAN");
        }
        return kernel.files.create(call, fileName, desiredAccess, shareMode, creationDisposition);
    }

    @Override
    public int GetFileType(Call call, long file) {
        return kernel.files.type(call, file);
    }

    @Override
    public long GetFileSizeEx(Call call, long file) {
        return kernel.files.size(call, file);
    }

    @Override
    public int ReadFile(Call call, long file, long offset, long buffer, int length) {
        return kernel.files.read(call, file, offset, buffer, length);
    }

    @Override
    public int WriteFile(Call call, long file, long offset, long buffer, int length) {
        return kernel.files.write(call, file, offset, buffer, length);
    }

    @Override
    public int MoveFileExW(Call call, long existingFileName, long newFileName, int flags) {
        return kernel.files.move(call, existingFileName, newFileName, flags);
    }

    @Override
    public int DeleteFileW(Call call, long fileName) {
        return kernel.files.delete(call, fileName);
    }

    @Override
    public String FormatMessageW(int code) {
        return "";
    }

    private long newPort() {
        long handle = kernel.handles.reserve();
        kernel.handles.put(handle, new SimulatedPort(kernel.scheduler, handle));
        return handle;
    }

    private long associate(long fileHandle, long existingCompletionPort, long completionKey) {
        SimulatedSocket socket = kernel.socket(fileHandle, "CreateIoCompletionPort");
        SimulatedPort port = kernel.port(existingCompletionPort, "CreateIoCompletionPort");
        if (socket == null || port == null) {
            return -Win32.ERROR_INVALID_HANDLE;
        }
        if (socket.port != null || !socket.isOverlapped) {
            return -Win32.ERROR_INVALID_PARAMETER;
        }
        socket.port = port;
        socket.key = completionKey;
        return port.handle;
    }

    private int dequeue(long handle, long entries, int count, int milliseconds, boolean many) {
        SimulatedPort port = kernel.port(handle, "GetQueuedCompletionStatus");
        if (port == null) {
            return -Win32.ERROR_INVALID_HANDLE;
        }
        Region _ = kernel.memory.region(entries, (long) count * ENTRY_BYTES, "OVERLAPPED_ENTRY array");
        if (!awaitPacket(port, milliseconds)) {
            return port.closed ? -Win32.ERROR_ABANDONED_WAIT_0 : -Win32.WAIT_TIMEOUT;
        }
        Region region = kernel.memory.region(entries, (long) count * ENTRY_BYTES, "OVERLAPPED_ENTRY array");
        int most = Math.min(count, port.packets.size());
        int taken = kernel.chance(75) ? most : kernel.scheduler.random().nextInt(1, most + 1);
        for (int i = 0; i < taken; i++) {
            take(port, region.segment().asSlice((long) i * ENTRY_BYTES, ENTRY_BYTES), many);
        }
        return taken;
    }

    private boolean awaitPacket(SimulatedPort port, int milliseconds) {
        long deadlineNanos = Scheduler.NEVER;
        if (milliseconds != Win32.INFINITE) {
            long nanos = Integer.toUnsignedLong(milliseconds) * NANOS_PER_MILLI;
            if (nanos > 0 && kernel.chance(kernel.options.faults().earlyReturns())) {
                nanos = kernel.scheduler.random().nextLong(nanos);
            }
            deadlineNanos = kernel.scheduler.deadline(nanos);
        }
        while (port.packets.isEmpty() && !port.closed) {
            if (milliseconds == 0 || !port.waiters.await(deadlineNanos)) {
                break;
            }
        }
        return !port.packets.isEmpty();
    }

    private void take(SimulatedPort port, MemorySegment entry, boolean many) {
        Packet packet = port.packets.remove();
        entry.set(ValueLayout.JAVA_LONG, 0, packet.key());
        entry.set(ValueLayout.JAVA_LONG, 8, packet.overlapped());
        if (many) {
            entry.set(ValueLayout.JAVA_LONG, 16, RESERVED);
        }
        entry.set(ValueLayout.JAVA_INT, 24, packet.bytes());
        kernel.scheduler.record(
                "takes a packet", packet.key(), kernel.memory.idOf(packet.overlapped()), packet.bytes());
        Operation operation = packet.operation();
        if (operation != null) {
            kernel.inFlight.release(operation);
        }
    }
}
