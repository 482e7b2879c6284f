//! Question sets: files of one's own, and the public originals as they are downloaded.
//!
//! * JSON Lines, one question a line: `question`, `answers` (or `references`: what counts as right), and where they exist
//!   `id`, `incorrect` (what counts as wrong) and `context` (texts that say what is so, by which long answers are judged).
//! * TruthfulQA's `TruthfulQA.csv`: columns Question, Correct Answers and Incorrect Answers, separated by semicolons.
//! * SciQ's `test.json`: a list of `question`, `correct_answer` and `distractor1` … `distractor3` (these are not used: they
//!   are no answers that a free question would get).
//! * TriviaQA's `*.json`: `Data`, each with `Question`, `QuestionId` and `Answer.Aliases`.
//!
//! A question that cannot be used is left out and said, the others go on.

use semgrad::error::{Code, Error, Result};
use semgrad::input;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// One question with its references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Unique in its set; `<set>-<number>` where the file has none.
    pub id: String,
    /// What is asked.
    pub question: String,
    /// Right answers.
    pub references: Vec<String>,
    /// Wrong answers; may be empty.
    pub incorrect: Vec<String>,
    /// Texts that say what is so; may be empty.
    pub context: Vec<String>,
}

/// A question set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// Stem of its file's name.
    pub name: String,
    /// What can be asked, in the file's order.
    pub questions: Vec<Question>,
    /// What was left out.
    pub problems: Vec<Problem>,
}

/// A question that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `line` or, in files that are one JSON value, `question`.
    pub unit: &'static str,
    /// Its number, from 1.
    pub number: usize,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.unit, self.number, self.message)
    }
}

/// A question as it was found, or why it is none.
type Found = (usize, std::result::Result<Question, String>);

/// How a question is read from an element of a list.
type Read = fn(Value) -> serde_json::Result<Question>;

/// Reads the content of a file whose name without folder is `file`.
///
/// # Errors
/// `bad_input` when nothing in it can be asked.
pub fn parse(file: &str, content: impl AsRef<[u8]>) -> Result<Dataset> {
    read(file, content.as_ref(), true)
}

/// The same where nobody has to know what is right: questions without references are questions, too.
///
/// # Errors
/// As [`parse`].
pub fn parse_ungraded(file: &str, content: impl AsRef<[u8]>) -> Result<Dataset> {
    read(file, content.as_ref(), false)
}

fn read(file: &str, content: &[u8], graded: bool) -> Result<Dataset> {
    let (lines, text) = (input::lines(content)?, input::text(content));
    let (name, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let list: Option<(Vec<Value>, Read)> = match text.as_ref().map(|text| serde_json::from_str(text)) {
        Ok(Ok(Value::Array(list))) => Some((list, sci_q)),
        Ok(Ok(Value::Object(mut fields))) => match fields.remove("Data") {
            Some(Value::Array(list)) => Some((list, trivia_qa)),
            _ => None,
        },
        _ => None,
    };
    let (unit, found) = match list {
        _ if extension.eq_ignore_ascii_case("csv") => ("line", truthful_qa(file, &text?)?),
        Some((list, read)) => ("question", numbered(list, read)),
        None => ("line", own(&lines)),
    };
    let mut set = Dataset { name: name.to_owned(), ..Dataset::default() };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (number, question) in found {
        let mut problem = |message| set.problems.push(Problem { unit, number, message });
        match question.and_then(|question| complete(question, graded)) {
            Err(message) => problem(message),
            Ok(mut question) => {
                if question.id.is_empty() {
                    question.id = format!("{name}-{number}");
                }
                match seen.get(&question.id) {
                    Some(first) => problem(format!("the id {:?} was used on {unit} {first} already", question.id)),
                    None => {
                        seen.insert(question.id.clone(), number);
                        set.questions.push(question);
                    }
                }
            }
        }
    }
    if set.questions.is_empty() { Err(empty(file, &set.problems)) } else { Ok(set) }
}

fn empty(file: &str, problems: &[Problem]) -> Error {
    let message = match problems.first() {
        None => format!("{file} has no questions."),
        Some(first) => format!("{file} has no usable question ({first})."),
    };
    let advice = "Give one JSON object with \"question\" and \"answers\" a line, TruthfulQA.csv, or the JSON of SciQ or \
                  TriviaQA.";
    Error::new(Code::BadInput, message, advice)
}

/// Blank references are none, and a `graded` question needs some.
fn complete(mut question: Question, graded: bool) -> std::result::Result<Question, String> {
    if question.question.trim().is_empty() {
        return Err("\"question\" is missing or empty".into());
    }
    for list in [&mut question.references, &mut question.incorrect, &mut question.context] {
        let mut seen = HashSet::new();
        list.retain(|text| !text.trim().is_empty() && seen.insert(text.clone()));
    }
    match graded && question.references.is_empty() {
        true => Err("there are no references (\"answers\") to judge by".into()),
        false => Ok(question),
    }
}

fn own(lines: &[input::Line]) -> Vec<Found> {
    #[derive(Deserialize)]
    struct Line {
        #[serde(default)]
        id: Value,
        #[serde(default)]
        question: String,
        #[serde(default)]
        answers: Texts,
        #[serde(default)]
        references: Texts,
        #[serde(default)]
        incorrect: Texts,
        #[serde(default)]
        context: Texts,
    }
    let read = |line: &str| match serde_json::from_str::<Line>(line) {
        Ok(line) => Ok(Question {
            id: id_text(&line.id),
            question: line.question,
            references: line.answers.list().into_iter().chain(line.references.list()).collect(),
            incorrect: line.incorrect.list(),
            context: line.context.list(),
        }),
        // The parser's own line is always the first.
        Err(error) => Err(format!("this is no question ({error})").replace(" at line 1 column", " at column")),
    };
    let found = |line: &input::Line| match line.fault {
        Some(fault) => (line.number, Err(fault.to_owned())),
        None => (line.number, read(&line.text)),
    };
    lines.iter().map(found).collect()
}

/// One text or several.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Texts {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl Texts {
    fn list(self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

/// An id as text: a JSON string without its quotes, nothing for null.
pub fn id_text(id: &Value) -> String {
    match id {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn numbered(list: Vec<Value>, read: Read) -> Vec<Found> {
    let read = |value| read(value).map_err(|error| format!("this is no question ({error})"));
    list.into_iter().enumerate().map(|(before, value)| (before + 1, read(value))).collect()
}

fn sci_q(value: Value) -> serde_json::Result<Question> {
    #[derive(Deserialize)]
    struct Item {
        question: String,
        correct_answer: String,
        #[serde(default)]
        id: Value,
    }
    let item: Item = serde_json::from_value(value)?;
    let references = vec![item.correct_answer];
    Ok(Question { id: id_text(&item.id), question: item.question, references, ..Question::default() })
}

#[allow(non_snake_case, reason = "the file's own names")]
fn trivia_qa(value: Value) -> serde_json::Result<Question> {
    #[derive(Deserialize)]
    struct Item {
        Question: String,
        #[serde(default)]
        QuestionId: String,
        Answer: Answer,
    }
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        Value: String,
        #[serde(default)]
        Aliases: Vec<String>,
    }
    let item: Item = serde_json::from_value(value)?;
    let references = std::iter::once(item.Answer.Value).chain(item.Answer.Aliases).collect();
    Ok(Question { id: item.QuestionId, question: item.Question, references, ..Question::default() })
}

fn truthful_qa(file: &str, text: &str) -> Result<Vec<Found>> {
    let mut rows = rows(text).into_iter();
    let headers = rows.next().map(|(_, headers)| headers).unwrap_or_default();
    let column = |name: &str| {
        headers.iter().position(|header| header.trim() == name).ok_or_else(|| {
            let message = format!("{file} has no column {name:?} (it has {}).", headers.join(", "));
            Error::new(Code::BadInput, message, "Give TruthfulQA.csv as it is published, or a JSONL file.")
        })
    };
    let (question, correct, incorrect) =
        (column("Question")?, column("Correct Answers")?, column("Incorrect Answers")?);
    let list = |text: &str| text.split(';').map(|part| part.trim().to_owned()).collect();
    let read = |row: Vec<String>| {
        let of = |column: usize| row.get(column).map(|field| field.trim()).ok_or("the line has too few columns");
        Ok(Question {
            id: String::new(),
            question: of(question)?.to_owned(),
            references: list(of(correct)?),
            incorrect: list(of(incorrect)?),
            context: Vec::new(),
        })
    };
    Ok(rows.map(|(line, row)| (line, read(row).map_err(|message: &str| message.to_owned()))).collect())
}

/// The rows of a CSV text, each with the line it begins on. By `csv-core`: `csv` switches on a feature of serde that
/// everything else is built without, and would have all of it built a second time.
fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
    let (mut reader, mut input, mut rows) = (csv_core::Reader::new(), text.as_bytes(), Vec::new());
    // Neither a field nor a row is longer than the text.
    let (mut fields, mut ends) = (vec![0; text.len() + 1], vec![0; text.len() + 1]);
    let (mut length, mut count, mut line) = (0, 0, reader.line());
    loop {
        let (state, read, written, ended) = reader.read_record(input, &mut fields[length..], &mut ends[count..]);
        (input, length, count) = (&input[read..], length + written, count + ended);
        match state {
            // An empty input tells the reader that the text is over.
            csv_core::ReadRecordResult::InputEmpty => {}
            csv_core::ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let field = |(from, to): (usize, &usize)| String::from_utf8_lossy(&fields[from..*to]).into_owned();
                rows.push((line as usize, starts.zip(&ends[..count]).map(field).collect()));
                (length, count, line) = (0, 0, reader.line());
            }
            _ => return rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(set: &Dataset) -> Vec<&str> {
        set.questions.iter().map(|question| question.id.as_str()).collect()
    }

    #[test]
    fn own_files_and_their_bad_lines() {
        let text = "\u{feff}{\"id\": \"a\", \"question\": \"Q1?\", \"answers\": [\"x\", \"x\", \" \", \"y\"]}\n\
                    \n\
                    {\"id\": 7, \"question\": \"Q2?\", \"references\": \"z\", \"incorrect\": [\"w\"]}\n\
                    {\"id\": \"b\", \"question\": \"Q3?\"}\n\
                    {\"id\": \"c\", \"question\n\
                    {\"id\": \"a\", \"question\": \"Q4?\", \"answers\": [\"x\"]}\n\
                    {\"question\": \"Q5?\", \"answers\": [\"x\"]}\n\
                    {\"id\": \"d\", \"question\": \" \", \"answers\": [\"x\"]}\n\
                    1\n";
        let set = parse("mine.jsonl", text).unwrap();
        assert_eq!((set.name.as_str(), ids(&set)), ("mine", vec!["a", "7", "mine-7"]));
        assert_eq!(set.questions[0].references, ["x", "y"]);
        assert_eq!(
            (&set.questions[1].references[..], &set.questions[1].incorrect[..]),
            (&["z".to_owned()][..], &["w".to_owned()][..])
        );
        let said: Vec<String> = set.problems.iter().map(Problem::to_string).collect();
        assert_eq!(said[0], "line 4: there are no references (\"answers\") to judge by");
        assert!(said[1].starts_with("line 5: this is no question (EOF while parsing a string"), "{}", said[1]);
        assert_eq!(said[2], "line 6: the id \"a\" was used on line 1 already");
        assert_eq!(said[3], "line 8: \"question\" is missing or empty");
        assert!(said[4].starts_with("line 9: this is no question ("), "{}", said[4]);
        assert_eq!(said.len(), 5);
        // Nobody has to know what is right.
        let all = parse_ungraded("mine.jsonl", text).unwrap();
        assert_eq!((ids(&all), all.problems.len()), (vec!["a", "7", "b", "mine-7"], 4));
        // One line alone is a JSON object as a whole.
        assert_eq!(parse("one.jsonl", r#"{"question": "Q?", "answers": ["x"]}"#).unwrap().questions.len(), 1);
    }

    #[test]
    fn encodings_and_damaged_lines() {
        let text =
            "\u{feff}{\"question\": \"É?\", \"answers\": [\"x\"]}\r\n{\"question\": \"Q?\", \"answers\": \"y\"}\r\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let want = parse("s.jsonl", text).unwrap();
        assert_eq!(want.questions.iter().map(|q| q.question.as_str()).collect::<Vec<_>>(), ["É?", "Q?"]);
        for content in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            assert_eq!(parse("s.jsonl", content).unwrap(), want);
        }
        let mut damaged = b"{\"question\": \"caf\xe9?\", \"answers\": [\"x\"]}\n".to_vec();
        damaged.extend(text.trim_start_matches('\u{feff}').as_bytes());
        let set = parse("s.jsonl", damaged).unwrap();
        assert_eq!((set.questions.len(), set.problems[0].to_string().as_str()), (2, "line 1: it is not text in UTF-8"));
        assert!(parse("s.csv", b"Question\n\xe9").unwrap_err().message.contains("UTF-8"));
    }

    #[test]
    fn files_without_questions() {
        let message = |file: &str, text: &str| parse(file, text).unwrap_err().message;
        assert_eq!(message("e.jsonl", "\n \n"), "e.jsonl has no questions.");
        assert!(message("e.jsonl", "hello").starts_with("e.jsonl has no usable question (line 1: this is no question"));
        assert_eq!(message("e.json", "[]"), "e.json has no questions.");
        assert_eq!(message("e.csv", "a,b\n1,2\n"), "e.csv has no column \"Question\" (it has a, b).");
        assert!(
            message("e.json", "[{\"question\": \"Q?\"}]").contains("question 1: this is no question (missing field")
        );
    }

    #[test]
    fn public_originals() {
        let csv = "Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\n\
                   A,M,\"Who, then?\",Me,\"Me; It was \"\"me\"\"\",You; They;,x\n\
                   A,M,Short\n\
                   A,M,Why?,B,B,C,y\n";
        let set = parse("TruthfulQA.csv", csv).unwrap();
        assert_eq!(ids(&set), ["TruthfulQA-2", "TruthfulQA-4"]);
        assert_eq!(set.questions[0].question, "Who, then?");
        assert_eq!(set.questions[0].references, ["Me", "It was \"me\""]);
        assert_eq!(set.questions[0].incorrect, ["You", "They"]);
        assert_eq!(set.problems[0].to_string(), "line 3: the line has too few columns");

        let sciq = r#"[{"question": "What acid?", "distractor1": "b", "correct_answer": "amino", "support": ""}]"#;
        let set = parse("test.json", sciq).unwrap();
        assert_eq!((ids(&set), &set.questions[0].references[..]), (vec!["test-1"], &["amino".to_owned()][..]));

        let trivia = r#"{"Data": [
            {"Question": "Who?", "QuestionId": "tc_1", "Answer": {"Value": "Mark Twain", "Aliases": ["Sam Clemens", "Mark Twain"]}},
            {"Question": "Unanswered?", "QuestionId": "tc_2"}], "Version": 1.0}"#;
        let set = parse("wikipedia-dev.json", trivia).unwrap();
        assert_eq!(
            (ids(&set), &set.questions[0].references[..]),
            (vec!["tc_1"], &["Mark Twain".to_owned(), "Sam Clemens".into()][..])
        );
        assert_eq!((set.problems.len(), set.problems[0].unit, set.problems[0].number), (1, "question", 2));
    }
}
