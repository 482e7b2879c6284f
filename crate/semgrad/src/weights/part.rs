//! How the files of a model are called that is split over several GGUF files: `name-00001-of-00003.gguf`.

/// Which part of which model a file is, by its name.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartName<'a> {
    /// What stands before the numbers.
    pub stem: &'a str,
    /// From 1.
    pub number: usize,
    /// How many parts there are.
    pub count: usize,
    /// `.gguf`, in whatever case.
    ending: &'a str,
}

impl<'a> PartName<'a> {
    /// Of a file's name, with folders before it or without; `None` for a file that is whole by its name.
    pub fn of(name: &'a str) -> Option<Self> {
        let (bare, ending) = name.split_at_checked(name.len().checked_sub(5)?)?;
        let (rest, count) = bare.rsplit_once("-of-")?;
        let (stem, number) = rest.rsplit_once('-')?;
        let [number, count] = [number, count].map(digits);
        let (number, count) = (number?, count?);
        let fits = ending.eq_ignore_ascii_case(".gguf") && (1..=count).contains(&number);
        fits.then_some(Self { stem, number, count, ending })
    }

    /// The name of another part.
    pub fn other(&self, number: usize) -> String {
        format!("{}-{number:05}-of-{:05}{}", self.stem, self.count, self.ending)
    }
}

/// Exactly five of them.
fn digits(text: &str) -> Option<usize> {
    let fits = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts_are_told_from_others() {
        let name = "a/Qwen3-8B-of-x-00002-of-00010.GGUF";
        let part = PartName::of(name).unwrap();
        assert_eq!((part.stem, part.number, part.count), ("a/Qwen3-8B-of-x", 2, 10));
        assert_eq!((part.other(2).as_str(), part.other(10).as_str()), (name, "a/Qwen3-8B-of-x-00010-of-00010.GGUF"));
        for whole in [
            "model.gguf",
            "",
            "gguf",
            "é.gguf",
            "m-00001-of-00002.safetensors",
            "m-00003-of-00002.gguf",
            "m-00000-of-00002.gguf",
            "m-0001-of-0002.gguf",
            "m-+0001-of-00002.gguf",
            "00001-of-00002.gguf",
        ] {
            assert_eq!(PartName::of(whole), None, "{whole}");
        }
    }
}
