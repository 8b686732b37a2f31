//! The end of a connection on the server's side. Closing a socket with unread input resets the connection, which discards what
//! the kernel still holds of the answers (RFC 9293, 3.10.4; RFC 9112, 9.6).

use std::io::Read as _;

use socket2::{SockRef, Socket};

/// The number of reads (of 4 KiB): a client that sends without end is not waited for.
const MOST: usize = 16;

/// Ends the output of a non-blocking socket, and reads its input, which will not be answered. The client gets all that was written
/// when the socket is closed now.
pub(super) fn end_output<'socket>(socket: impl Into<SockRef<'socket>>) {
    let socket = socket.into();
    // A client that is gone needs no end.
    let _ = socket.shutdown(std::net::Shutdown::Write);
    let (mut socket, mut unread): (&Socket, _) = (&socket, [0; 4096]);
    for _ in 0..MOST {
        if !socket.read(&mut unread).is_ok_and(|length| length > 0) {
            break;
        }
    }
}
