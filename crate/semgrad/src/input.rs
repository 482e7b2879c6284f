//! Text as files have it: with or without a byte order mark, in UTF-8 or UTF-16 (Windows PowerShell writes it), with
//! line ends of any system, and with single lines that are damaged.

use crate::error::{Code, Error, Result};
pub use semgrad_scores::json::unmarked;

/// A line of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Without its end; U+FFFD stands for what could not be read.
    pub text: String,
    /// Why the text is not what the file has.
    pub fault: Option<&'static str>,
}

/// What a file's bytes hold, without byte order mark.
enum Content<'a> {
    Utf8(&'a [u8]),
    Utf16(Vec<u16>),
}

const NOT_UTF8: &str = "it is not text in UTF-8";
const NOT_UTF16: &str = "it is not text in UTF-16";

/// The whole text of a file.
///
/// # Errors
/// `bad_input` for what is neither UTF-8 nor UTF-16.
pub fn text(bytes: &[u8]) -> Result<String> {
    match content(bytes)? {
        Content::Utf8(bytes) => String::from_utf8(bytes.to_vec()).map_err(|_| unreadable(NOT_UTF8)),
        Content::Utf16(units) => String::from_utf16(&units).map_err(|_| unreadable(NOT_UTF16)),
    }
}

/// The lines of a file that are not blank. What cannot be read costs only its own line.
///
/// # Errors
/// `bad_input` for UTF-32, which nobody writes on purpose.
pub fn lines(bytes: &[u8]) -> Result<Vec<Line>> {
    let content = content(bytes)?;
    let read: Vec<(String, Option<&'static str>)> = match &content {
        Content::Utf8(bytes) => split(bytes)
            .into_iter()
            .map(|line| match std::str::from_utf8(line) {
                Ok(text) => (text.to_owned(), None),
                Err(_) => (String::from_utf8_lossy(line).into_owned(), Some(NOT_UTF8)),
            })
            .collect(),
        Content::Utf16(units) => split(units)
            .into_iter()
            .map(|line| match String::from_utf16(line) {
                Ok(text) => (text, None),
                Err(_) => (String::from_utf16_lossy(line), Some(NOT_UTF16)),
            })
            .collect(),
    };
    let line =
        |(before, (text, fault)): (usize, (String, Option<&'static str>))| Line { number: before + 1, text, fault };
    Ok(read.into_iter().enumerate().map(line).filter(|line| !line.text.trim().is_empty()).collect())
}

/// Parts at the line ends of any system: LF, CR LF, and CR alone. Several CR before an LF are one end with it.
fn split<T: Copy + PartialEq + From<u8>>(units: &[T]) -> Vec<&[T]> {
    let (cr, lf) = (T::from(b'\r'), T::from(b'\n'));
    let (mut lines, mut start, mut at) = (Vec::new(), 0, 0);
    while at < units.len() {
        let mut next = at + 1;
        if units[at] == cr {
            let run = units[at..].iter().take_while(|&&unit| unit == cr).count();
            next = at + run + usize::from(units.get(at + run) == Some(&lf));
        }
        if units[at] == cr || units[at] == lf {
            lines.push(&units[start..at]);
            // Without an LF each CR is an end, and what lies between them is blank.
            let blank = if units[next - 1] == lf { 0 } else { next - at - 1 };
            lines.extend(std::iter::repeat_n(&units[at..at], blank));
            start = next;
        }
        at = next;
    }
    lines.push(&units[start..]);
    lines
}

fn content(bytes: &[u8]) -> Result<Content<'_>> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        Content::Utf16(bytes.as_chunks().0.iter().map(|&pair| unit(pair)).collect())
    };
    Ok(match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err(unreadable("it is text in UTF-32")),
        [0xef, 0xbb, 0xbf, rest @ ..] => Content::Utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Without a mark: text begins with a character of ASCII, whose other half is zero. A zero before it may be a
        // stray one, unless another character follows in the same way.
        [1..=0x7f, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, 1..=0x7f] | [0, 1..=0x7f, 0, 1..=0x7f, ..] => utf16(bytes, u16::from_be_bytes),
        _ => Content::Utf8(bytes),
    })
}

fn unreadable(what: &str) -> Error {
    Error::new(Code::BadInput, format!("the file cannot be read: {what}."), "Save it as UTF-8.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Vec<(usize, String, bool)> {
        lines(bytes).unwrap().into_iter().map(|line| (line.number, line.text, line.fault.is_some())).collect()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn marks_line_ends_and_encodings_make_no_difference() {
        let want = vec![(1, "é1".to_owned(), false), (3, "x 🙂".to_owned(), false)];
        for plain in ["é1\n\nx 🙂", "é1\n \nx 🙂\n", "é1\r\n\r\nx 🙂\r\n", "é1\r\rx 🙂\r"] {
            assert_eq!(of(plain.as_bytes()), want);
            let marked = format!("\u{feff}{plain}");
            assert_eq!(of(marked.as_bytes()), want);
            assert_eq!(of(&utf16(&marked, u16::to_le_bytes)), want);
            assert_eq!(of(&utf16(&marked, u16::to_be_bytes)), want);
            for bytes in [marked.as_bytes(), &utf16(&marked, u16::to_le_bytes), &utf16(&marked, u16::to_be_bytes)] {
                assert_eq!(text(bytes).unwrap(), plain);
            }
        }
        // Without a mark where the first character is ASCII, as JSON's is.
        assert_eq!(of(&utf16("{}\r\n[]", u16::to_le_bytes)), [(1, "{}".into(), false), (2, "[]".into(), false)]);
        assert_eq!(of(&utf16("{}", u16::to_be_bytes)), [(1, "{}".into(), false)]);
        assert_eq!(
            of(b"a\r\r\nb\rc\n\rd"),
            [(1, "a"), (2, "b"), (3, "c"), (5, "d")].map(|(n, t)| (n, t.into(), false))
        );
        // A stray zero.
        assert_eq!(of(b"\0{}\n[]"), [(1, "\0{}".into(), false), (2, "[]".into(), false)]);
        assert!(of(b"").is_empty() && of(b"\xef\xbb\xbf").is_empty() && of(b"\xff\xfe\n").is_empty());
    }

    #[test]
    fn what_cannot_be_read_costs_its_own_line() {
        assert_eq!(of(b"a\nb\xe9\nc"), [(1, "a".into(), false), (2, "b\u{fffd}".into(), true), (3, "c".into(), false)]);
        assert!(text(b"b\xe9").unwrap_err().message.contains("UTF-8"));
        // Half of a pair of surrogates.
        let mut half = utf16("\u{feff}a\nb", u16::to_le_bytes);
        half.extend([0x3d, 0xd8, b'\n', 0, b'c', 0]);
        assert_eq!(of(&half).iter().map(|line| line.2).collect::<Vec<_>>(), [false, true, false]);
        assert!(text(&half).unwrap_err().message.contains("UTF-16"));
        let wide = b"\xff\xfe\0\0a\0\0\0";
        assert!(lines(wide).unwrap_err().message.contains("UTF-32") && text(wide).is_err());
    }
}
