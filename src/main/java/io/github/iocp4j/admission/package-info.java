/// Who may connect: a ban list, limits for each address, a filter of the program's own, and a time limit for
/// peers that connect and say nothing.
///
/// ```java
/// var admission = AdmissionOptions.DEFAULT
///         .withMostPerAddress(20)
///         .withAcceptsPerSecond(10, 50)
///         .withBanned(AddressRange.parse("203.0.113.0/24"))
///         .withFirstDataTimeout(Duration.ofSeconds(10));
/// var options = EndpointOptions.server(9000).admission(admission).build();
/// ```
///
/// An accepted connection is judged before anything is done for it: by the [io.github.iocp4j.admission.BanList],
/// the rate of its address, the number of connections of its address, and the
/// [io.github.iocp4j.admission.AcceptFilter], in this order. One that is refused is reset, and counted by the
/// rule that refused it. No callback is made about it, and no memory of a connection is taken.
///
/// This is what the article has under `SIMPLESECURITY`, with limits on its own memory, ranges, expiry and IPv6.
/// It knows nothing of the endpoint: [io.github.iocp4j.admission.Admission] can be used with a bare TcpListener
/// too.
@NullMarked
package io.github.iocp4j.admission;

import org.jspecify.annotations.NullMarked;
