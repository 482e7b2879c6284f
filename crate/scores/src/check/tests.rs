//! Each kind of fault beside a text that looks like one and is none.

use super::{FaultKind, check};

fn found(question: &str, answer: &str) -> Vec<(FaultKind, String, Option<String>)> {
    check(question, answer, "").into_iter().map(|fault| (fault.kind, fault.said, fault.meant)).collect()
}

/// One fault, what it says and what would be right.
#[track_caller]
fn finds(kind: FaultKind, question: &str, answer: &str, said: &str, meant: Option<&str>) {
    assert_eq!(found(question, answer), [(kind, said.to_string(), meant.map(String::from))], "{answer}");
}

#[track_caller]
fn silent(question: &str, answer: &str) {
    assert_eq!(found(question, answer), [], "{answer}");
}

#[test]
fn calculations() {
    use FaultKind::Arithmetic as Kind;
    finds(Kind, "", "17 × 23 is 381.", "381", Some("391"));
    finds(Kind, "", "So $17 \\times 23 = 381$.", "381", Some("391"));
    finds(Kind, "", "Add them: **12 + 5 = 18**", "18", Some("17"));
    finds(Kind, "", "15% of 80 is 14.", "14", Some("12"));
    finds(Kind, "What is 17 × 23?", "The answer is 381.", "381", Some("391"));
    finds(Kind, "", "\\[ \\frac{84}{4} = 22 \\]", "22", Some("21"));
    finds(Kind, "", "Twelve times twelve equals 142.", "142", Some("144"));
    finds(Kind, "", "The sum of 3, 4 and 5 is 13.", "13", Some("12"));
    silent("", "17 × 23 is 391. 100 / 3 = 33.33, or 33 if cut off. 2/3 = 0.67");
    silent("", "3.14 × 5² = 78.54 and x + 3 = 5 and 2 H2 + O2 = 2 H2O");
    silent("", "If 2 + 2 = 5, then pigs fly. \"1\" + \"1\" = \"11\"");
    silent("", "They won 3-2 in 2 sets. From 5-10 is fine. Chapter 3 + 4 = 9?");
    silent("", "17 ÷ 5 = 3 remainder 2, (3/4) × 100 = 75%, 5 + 3 = 8 + 2 = 10");
}

#[test]
fn totals() {
    use FaultKind::Total as Kind;
    finds(Kind, "", "- Rent: $1,200\n- Food: $300\n- Total: $1,600", "$1,600", Some("$1500"));
    finds(Kind, "", "| Item | Cost |\n| --- | --- |\n| A | 12 |\n| B | 30 |\n| Total | 52 |", "52", Some("42"));
    silent("", "- Rent: $1,200\n- Food: $300\n- Total: $1,500");
    silent("", "- Ticket: $100\n- Discount: $10\n- Total: $90");
}

#[test]
fn dates() {
    use FaultKind::Date as Kind;
    finds(Kind, "", "July 20, 1969 was a Monday.", "Monday", Some("Sunday"));
    finds(Kind, "", "It happened on Tuesday, 20 July 1969.", "Tuesday", Some("Sunday"));
    finds(Kind, "", "From March 3, 2024 to April 10, 2024 there are 48 days.", "48 days", Some("38 days"));
    finds(Kind, "", "1900 was a leap year.", "1900 was a leap year", Some("no leap year"));
    silent("", "July 20, 1969 was a Sunday. 2000 was a leap year; 1900 was not a leap year.");
    silent("", "Between March 3, 2024 and April 10, 2024 there are 39 days, both counted.");
}

#[test]
fn conversions() {
    use FaultKind::Unit as Kind;
    finds(Kind, "", "5 miles is about 12 km.", "12 km", Some("8.05"));
    finds(Kind, "", "A mile is 5,380 feet.", "5,380 feet", Some("5280"));
    finds(Kind, "", "Water boils at 100 °C (202 °F).", "202 °F", Some("212"));
    finds(Kind, "", "There are 14 inches in a foot.", "14 inches", Some("12"));
    silent("", "5 miles (8 km), 6 feet (1.8 m), 5 feet 10 inches (178 cm), 400 °F (200 °C), 1 gallon (3.8 L)");
    silent("", "She ran 5 miles or 10 km races. A rise of 2 °C (3.6 °F).");
}

#[test]
fn counts() {
    use FaultKind::Count as Kind;
    finds(Kind, "", "The word \"strawberry\" has 2 r's.", "2", Some("3"));
    finds(Kind, "", "“banana” has five letters.", "five", Some("6"));
    finds(Kind, "", "Here are five ways:\n\n1. One.\n2. Two.\n3. Three.\n4. Four.\n\nGood luck!", "five", Some("4"));
    silent("", "Here are two ways:\n\n1. One.\n2. Two.");
    silent("", "The word \"strawberry\" has three r's and ten letters.");
}

#[test]
fn contradictions() {
    let answer =
        "The Eiffel Tower is 330 meters tall. It was built in 1889. In short, the Eiffel Tower is 342 meters tall.";
    finds(FaultKind::Contradiction, "", answer, "342 meters", None);
    silent("", "The tower is 330 meters tall. The bridge is 342 meters tall.");
    silent("", "In 1990, the population was 5,000. In 2000, the population was 6,000.");
}

#[test]
fn quotations() {
    let question = "Is the Great Wall visible from space?";
    finds(
        FaultKind::Quotation,
        question,
        "You asked “Is the Great Wall visible from the Moon?”",
        "Is the Great Wall visible from the Moon?",
        None,
    );
    silent(question, "You asked “is the great wall visible from space”. Hamlet says “to be or not to be”.");
    silent(question, "You could say “it is not”.");
}

#[test]
fn places_are_in_utf16() {
    let faults = check("", "😀 17 × 23 = 381", "");
    assert_eq!((faults[0].at, faults[0].said.as_str()), ([13, 16], "381"));
}

#[test]
fn nothing_makes_it_panic() {
    for text in [
        "",
        "=",
        "\\frac{",
        "$",
        "5!",
        "((((((((((((((((((1",
        "|",
        "“",
        "9".repeat(60).as_str(),
        "1/0 = 2",
        "2^999 = 3",
        "Total: 3",
        "in",
        "5 in",
        "\\",
    ] {
        check(text, text, text);
    }
}
