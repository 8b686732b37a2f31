//! Tests of Holdline over real sockets, one file per behaviour. Every test has its own server on a free port of the
//! loopback address, and no test sleeps to wait for a result.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests panic on unexpected results")]
#![expect(clippy::format_collect, reason = "speed does not matter in tests")]

mod support;

mod admin_socket;
mod answers;
mod both_ways;
mod change;
mod classic;
mod cli_admin;
mod cli_door;
mod cli_environment;
mod cli_health;
mod cli_rooms;
mod cli_send;
mod cli_servers;
mod cli_signals;
mod cli_tail;
mod compression;
mod contrib;
mod crowd;
mod durability;
mod events;
mod examples;
mod expiry;
mod fuzz_seeds;
mod health;
mod held;
mod history;
mod hosts;
mod incidents;
mod limits;
mod log_backup;
mod log_check;
mod log_copies;
mod log_crashes;
mod log_damage;
mod log_escapes;
mod log_export;
mod log_files;
mod methods;
mod metrics;
mod mount;
mod openapi;
mod people;
mod poll;
mod presence;
mod problems;
mod protocol;
mod publish;
mod readme;
mod request_ids;
mod request_limits;
mod room_access;
mod rooms;
mod server_log;
mod session;
mod shutdown;
mod trunk;
mod upgrade;
