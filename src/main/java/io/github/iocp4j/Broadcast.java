package io.github.iocp4j;

/// What has become of one [IocpEndpoint#broadcast]. Connections that were closing are counted nowhere.
///
/// @param taken how many connections have taken the frame into their send queues
/// @param skipped how many have not, for want of room
/// @param cut how many have been cut instead, because they were too slow
public record Broadcast(int taken, int skipped, int cut) {}
