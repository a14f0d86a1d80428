/// File transfer over connections, by the article's handshake (its section 5.1): what a program names of it.
///
/// A sender offers a file, `Connection.sendFile`, and the peer's handler accepts or declines it,
/// `EndpointHandler.fileOffered`. Once accepted, exactly the bytes of the file follow on the stream. Both sides
/// are told how it ended, once: `EndpointHandler.fileCompleted`. On the wire, each in a frame of the endpoint's
/// framing:
///
/// | type | | body |
/// |---|---|---|
/// | 1 | here is a file | its size, 4 bytes; its name, UTF-8 with a NUL at the end |
/// | 2 | send it | |
/// | 3 | don't send it | |
/// | 4 | here is a file of 4 GiB or more (not the article's) | its size, 8 bytes; its name |
///
/// From its offer to the end of its file a sender sends no other frame but answers to the peer's offers, since
/// the peer takes what follows its answer for the file; so both sides may offer at once. One that has been
/// offered a file answers before it begins to send one of its own, if the offer came before the answer to its
/// own. The word for "don't" says nothing to who has begun to send: there is no end of a file on the wire but its
/// last byte, or that of the connection.
@NullMarked
package io.github.iocp4j.transfer;

import org.jspecify.annotations.NullMarked;
