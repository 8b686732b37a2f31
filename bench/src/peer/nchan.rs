//! nginx with nchan, one worker for each core, configured as lean as possible: no access log, kept connections, messages in
//! memory. `nchan:multipart` puts all new messages into one response; `nchan:default` has nginx's default buffers.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::api::add;
use super::protocol::{Peer, Position, Protocol, port};
use super::running::Running;
use super::start::Start;
use crate::net;
use crate::response::{Response, header, write_text};

/// Debian's path of the module.
pub(super) const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// The smallest buffers for the requests of the bench.
const SMALL: &str = "client_header_buffer_size 512;
    connection_pool_size 256;
    request_pool_size 1k;
    large_client_header_buffers 4 2k;
    client_body_buffer_size 1k;";

/// The reason why nchan cannot be measured here, if any.
pub(super) fn missing() -> Option<String> {
    let there = Path::new(MODULE).exists();
    (!there).then(|| "as root: apt-get install nginx-light libnginx-mod-nchan".to_owned())
}

/// Starts nginx in the foreground with a configuration of its own.
pub(super) fn start(name: &str, start: &Start<'_>) -> Result<Peer> {
    let address = net::free_address()?;
    let folder = start.folder.display();
    let multipart = if name.ends_with(":multipart") { "nchan_longpoll_multipart_response on;" } else { "" };
    let buffers = if name.ends_with(":default") { "" } else { SMALL };
    let (port, workers) = (port(address), start.cores.len());
    let config = format!(
        "load_module {MODULE};
daemon off;
user root;
worker_processes {workers};
worker_rlimit_nofile 19990;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 19900; use epoll; multi_accept on; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    tcp_nodelay on;
    keepalive_timeout 3600s;
    keepalive_requests 1000000000;
    {buffers}
    nchan_shared_memory_size 512M;
    nchan_message_buffer_length 100000;
    nchan_message_timeout 1h;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location ~ /sub/(.+)$ {{
            nchan_subscriber longpoll;
            nchan_channel_id $1;
            nchan_subscriber_first_message newest;
            nchan_subscriber_timeout 0;
            {multipart}
        }}
        location ~ /pub/(.+)$ {{ nchan_publisher; nchan_channel_id $1; }}
    }}
}}
"
    );
    let file = start.folder.join("nginx.conf");
    fs::write(&file, config)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(start.folder).arg("-c").arg(&file).arg("-e").arg(start.folder.join("nginx.log"));
    Ok(Peer { running: Running::start(command, address, start)?, protocol: Box::new(Nchan) })
}

struct Nchan;

impl Protocol for Nchan {
    fn poll(&self, _: usize, room: &str, position: &Position, out: &mut Vec<u8>) {
        out.extend_from_slice(b"GET /sub/");
        out.extend_from_slice(room.as_bytes());
        out.extend_from_slice(b" HTTP/1.1\r\nhost: localhost\r\n");
        // Both validators of the last response, as a browser's cache sends them.
        if !position.cursor.bytes().is_empty() {
            out.extend_from_slice(b"if-modified-since: ");
            out.extend_from_slice(position.cursor.bytes());
            out.extend_from_slice(b"\r\nif-none-match: ");
            out.extend_from_slice(position.tag.bytes());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
    }

    fn advance(&self, response: &Response<'_>, position: &mut Position) {
        let date = header(response.head, b"last-modified");
        if let (Some(date), Some(tag)) = (date, header(response.head, b"etag")) {
            position.cursor.set(date);
            position.tag.set(tag);
        }
    }

    fn publish(&self, room: &str, number: u32, length: usize, out: &mut Vec<u8>) {
        add(
            out,
            format_args!(
                "POST /pub/{room} HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n"
            ),
        );
        write_text(number, length, out);
    }
}
