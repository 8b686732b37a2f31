//! The resources that a process uses, as the kernel reports them.

use std::fs;

use anyhow::{Context as _, Result};

/// The memory and files of a process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    /// Resident memory in bytes.
    pub(super) memory: u64,
    /// Open files, sockets among them.
    pub(super) files: usize,
}

impl Usage {
    /// Reads the current usage; only Linux reports it.
    pub(super) fn of(process: u32) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        let files = fs::read_dir(format!("/proc/{process}/fd"))?.count();
        Ok(Self { memory: kilobytes.context("the system does not say how much memory it has")? << 10, files })
    }
}
