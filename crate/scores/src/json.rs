//! JSON texts as files have them.

/// The text without a byte order mark.
pub fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_no_part_of_the_text() {
        assert_eq!((unmarked("\u{feff}{}"), unmarked("{}"), unmarked("")), ("{}", "{}", ""));
    }
}
