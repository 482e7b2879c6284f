//! Starting other programs.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs to the end with the user's terminal; anything but success is an error that shows the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| not_started(command))?;
    if !status.success() {
        bail!("`{}` failed ({status}); its own message is above", line(command));
    }
    Ok(())
}

/// Like [`run`], but for programs that print progress to standard output, which is ours to keep clean for results.
pub fn run_quietly(command: &mut Command) -> Result<()> {
    run(command.stdout(io::stderr()))
}

/// Runs to the end and returns the exit status as a shell would report it.
pub fn exit_code(command: &mut Command) -> Result<u8> {
    let status = command.status().with_context(|| not_started(command))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// Trimmed standard output of a program that answers a question; `None` if it is missing or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let Output { status, stdout, .. } = command.stderr(Stdio::null()).output().ok()?;
    status.success().then(|| String::from_utf8_lossy(&stdout).trim().to_owned())
}

/// Runs silently with a time limit; `false` for failure, a missing program or too much time.
pub fn succeeds_within(limit: Duration, command: &mut Command) -> bool {
    let Ok(mut child) = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
        return false;
    };
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if start.elapsed() < limit => std::thread::sleep(Duration::from_millis(50)),
            // Too late, or the child cannot be observed: in both cases there is nobody else to end it.
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// First executable of this name in the folders of `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| is_program(path))
}

/// Whether this is a file that can be executed.
#[cfg(unix)]
pub fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Whether this is a file that can be executed.
#[cfg(not(unix))]
pub fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The command as one would type it.
pub fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .map(|word| if word.contains(' ') { format!("'{word}'") } else { word.into_owned() })
        .collect::<Vec<_>>()
        .join(" ")
}

fn not_started(command: &Command) -> String {
    format!("`{}` could not be started; is it installed?", command.get_program().to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_show_the_command() {
        let error = run(Command::new("false").arg("two words")).unwrap_err().to_string();
        assert!(error.contains("`false 'two words'` failed"), "{error}");
        let error = run(&mut Command::new("no-such-program-anywhere")).unwrap_err().to_string();
        assert!(error.contains("is it installed?"), "{error}");
    }

    #[test]
    fn answers_are_trimmed() {
        assert_eq!(answer(Command::new("echo").arg(" yes ")).as_deref(), Some("yes"));
        assert_eq!(answer(&mut Command::new("false")), None);
    }

    #[test]
    fn a_slow_program_is_ended() {
        assert!(succeeds_within(Duration::from_secs(600), &mut Command::new("true")));
        let start = Instant::now();
        assert!(!succeeds_within(Duration::from_millis(100), Command::new("sleep").arg("3600")));
        assert!(start.elapsed() < Duration::from_secs(1800));
    }
}
