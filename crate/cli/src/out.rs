//! Standard output. What cannot be written ends the program with a reason, where `println!` would panic.

use crate::stop::Stop;
use std::fmt::Arguments;
use std::io::Write;

/// `print!` that does not panic.
macro_rules! say {
    ($($part:tt)*) => { crate::out::write(format_args!($($part)*)) };
}

/// `println!` that does not panic.
macro_rules! say_line {
    ($($part:tt)*) => { crate::out::write(format_args!("{}\n", format_args!($($part)*))) };
}

/// Writes, or ends the program: whoever reads its output must not take a part for the whole.
pub fn write(text: Arguments<'_>) {
    let mut stdout = std::io::stdout().lock();
    if let Err(error) = stdout.write_fmt(text).and_then(|()| stdout.flush()) {
        // Nobody reads on. Where there are signals, that one has ended the program already.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        let error = crate::jsonl::unusable("standard output".as_ref(), &error);
        eprintln!("error: {error}");
        std::process::exit(Stop::Failed(error).status().into());
    }
}
