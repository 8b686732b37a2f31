//! `bench`: what `cargo xtask bench` builds and runs. Linux only: elsewhere there is neither its epoll nor what its kernel
//! counts.

#[cfg(target_os = "linux")]
mod command;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    command::run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), &'static str> {
    Err("this measures on Linux only")
}
