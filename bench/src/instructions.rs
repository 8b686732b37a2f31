//! Instructions of the pure hot functions, which do not depend on the machine's mood: what callgrind counts of the program
//! `hot` that does a function N times and of one that does it 2N times, the difference divided by N. What comes before and
//! after is the same in both and cancels out, so neither has to say where the function begins.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::{interrupt, say};

/// What it is called where scenarios are named.
pub(crate) const NAME: &str = "instructions";

/// What one time of a function takes.
pub(crate) struct Count {
    pub(crate) function: String,
    pub(crate) instructions: f64,
}

/// Counts, and says the table. None where there is no valgrind, which is said.
pub(crate) fn count() -> Result<Option<Vec<Count>>> {
    if !has_valgrind()? {
        say::line("instructions are not counted: there is no valgrind (as root: apt-get install valgrind)");
        return Ok(None);
    }
    let program = program()?;
    let list = output(&mut Command::new(&program))?.0;
    let mut counts = Vec::new();
    say::line(format!("\n{NAME}: for one time of each function"));
    for line in list.lines() {
        let (times, function) = line.split_once(' ').context("a number of times, then a name")?;
        let times: u32 = times.parse()?;
        let (once, twice) =
            (collected(&program, function, times)?, collected(&program, function, times * 2)?);
        let instructions = (twice - once) / f64::from(times);
        say::line(format!("{instructions:>9.0}  {function}"));
        counts.push(Count { function: function.to_owned(), instructions });
    }
    Ok(Some(counts))
}

fn has_valgrind() -> Result<bool> {
    let version =
        Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match version {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        version => Ok(version?.success()),
    }
}

/// It is built together with us.
fn program() -> Result<PathBuf> {
    let program = env::current_exe()?.with_file_name("hot");
    ensure!(program.exists(), "{} is not built", program.display());
    Ok(program)
}

/// Instructions of a whole run.
fn collected(program: &Path, function: &str, times: u32) -> Result<f64> {
    interrupt::check()?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.arg(program).args([function, &times.to_string()]);
    read(&output(&mut valgrind)?.1).with_context(|| format!("callgrind says nothing of {function:?}"))
}

/// The sum that callgrind says at its end.
fn read(said: &str) -> Option<f64> {
    let sum = said.lines().find_map(|line| line.split_once("Collected :"))?.1;
    sum.trim().parse().ok()
}

/// What a program says, and what it says besides.
fn output(command: &mut Command) -> Result<(String, String)> {
    let name = command.get_program().to_os_string();
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot start {}", name.display()))?;
    let besides = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{} failed: {besides}", name.display());
    Ok((String::from_utf8(output.stdout)?, besides))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_read() {
        let said = "==7== Callgrind\n==7== Events    : Ir\n==7== Collected : 203456\n==7== \n";
        assert_eq!(read(said), Some(203_456.0));
        assert_eq!(read("==7== Callgrind\n"), None);
    }
}
