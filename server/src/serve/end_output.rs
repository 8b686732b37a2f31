//! The end of a connection on the server's side. A socket that is closed with unread input resets its connection, which
//! discards what the kernel still holds of the answers (RFC 9293, section 3.6.1; RFC 9112, section 9.6). Does not wait for
//! input that arrives later.

use std::io::Read as _;
use std::net::Shutdown;

use socket2::{SockRef, Socket};

/// The largest number of reads (of 4 KiB): a client may go on sending for ever.
const READS: usize = 16;

/// Ends the output of a non-blocking socket, and reads the input that has arrived, up to 64 KiB; nobody will answer it. If the
/// socket is closed now and the client sends nothing more, it receives all that was written.
pub(super) fn end_output<'socket>(socket: impl Into<SockRef<'socket>>) {
    let socket = socket.into();
    // A client that is gone needs no end.
    let _ = socket.shutdown(Shutdown::Write);
    let mut reader: &Socket = &socket;
    let mut unread = [0; 4096];
    for _ in 0..READS {
        if !reader.read(&mut unread).is_ok_and(|length| length == unread.len()) {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Write as _};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Returns what a client receives that has sent a second request before its connection is closed.
    fn received(close: fn(&TcpStream)) -> Result<usize, ErrorKind> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        server.set_nonblocking(true).unwrap();
        // More than the client's kernel takes by itself, so that the rest is still to be sent at the close.
        SockRef::from(&client).set_recv_buffer_size(16_384).unwrap();
        let mut sent = 0;
        while let Ok(length) = server.write(&[b'x'; 16_384]) {
            sent += length;
        }
        client.write_all(&[b'y'; 5_000]).unwrap();
        close(&server);
        drop(server);
        let mut all = Vec::new();
        client.read_to_end(&mut all).map_err(|error| error.kind())?;
        assert_eq!(all.len(), sent);
        Ok(sent)
    }

    #[test]
    fn unread_input_costs_no_output() {
        assert!(received(|server| end_output(server)).is_ok());
        assert_eq!(received(|_| {}), Err(ErrorKind::ConnectionReset));
    }
}
