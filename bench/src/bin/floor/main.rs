//! `floor`: the server that others are compared with. Linux only: elsewhere there is neither its epoll nor what its kernel
//! counts.

#[cfg(target_os = "linux")]
mod command;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    command::run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), &'static str> {
    Err("this measures on Linux only")
}
