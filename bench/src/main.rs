//! `bench`: the program that `cargo xtask bench` builds and runs. Linux only: it needs epoll and `/proc`.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    holdline_bench::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), &'static str> {
    Err("bench measures on Linux only")
}
