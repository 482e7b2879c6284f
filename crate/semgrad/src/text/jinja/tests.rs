use crate::text::clock::Date;
use crate::text::template::{Template, Turn};
use serde::Deserialize;

/// Constructs of published templates and what Jinja2 makes of them, made by `tests/reference/text/jinja.py`.
const FIXTURE: &str = include_str!("../../../../../tests/reference/text/jinja.json");

/// Texts that differ from Jinja2's. None of them is in a published template.
const DIFFERENT: [&str; 10] = [
    // Python writes large and small floats with an exponent.
    "{{ 1e16 }}",
    "{{ 1e22 }}",
    "{{ 1e-5 }}",
    "{{ 100000000000000000000.0 }}",
    "{{ 1e-7 | tojson }}",
    // The engine's ranges and mapped lists are lists, its `attr` reads maps too, and it has no filler text.
    "{{ range(3) }}",
    "{{ messages | map(attribute='role') is sequence }}",
    "{{ m | attr('role') }}|",
    "{{ lipsum is defined }}",
    // Python's numbers may have underscores.
    "{{ '1_0' | int }}",
];

/// What Jinja2 renders and we refuse, which is an error that says so and no wrong prompt.
const REFUSED: [&str; 35] = [
    "{% macro f(a, b=a) %}{{ b }}{% endmacro %}{{ f(1) }}",
    "{% set x = 1 %}{% with x = 2, y = x %}{{ y }}{% endwith %}",
    "{{ strftime_now('%U %W') }}",
    "{{ strftime_now('%_d') }}",
    "{{ 'ÄßI'.casefold() }}",
    "{{ '½'.isdigit() }}",
    "{{ '½'.isnumeric() }}",
    "{{ '²'.isdigit() }}",
    "{{ '²'.isdecimal() }}",
    "{{ '٣'.isdecimal() }}",
    "{{ 'Ab Cd'.istitle() }}",
    "{{ 'a_1'.isidentifier() }}",
    "{{ 'a\\n'.isprintable() }}",
    "{{ 'a\\tb'.expandtabs(4) }}|",
    "{{ '{!r}'.format('a') }}",
    "{{ 'a'.translate({}) }}",
    "{{ '%r' % 'a' }}",
    "{{ '%d' % 3.9 }}",
    "{{ range is callable }}",
    "{{ 1 is filter }}",
    "{{ {1: 2, none: 3, true: 4} | tojson }}",
    "{{ 'abc def' | truncate(5) }}",
    "{{ 'abcdefgh ijklmnop' | truncate(9, true, '') }}",
    "{{ 'a' | center(5) }}|",
    "{{ 'a b' | urlencode }}",
    "{{ 1234567 | filesizeformat }}",
    "{{ 'aaa bbb' | wordwrap(3) }}",
    "{{ [1, 2] | pprint }}",
    "{{ {'a': 1} | xmlattr }}",
    "{{ {'b': 2, 'a': 1} | dictsort(false, 'value') }}",
    "{{ 'x' | forceescape }}",
    "{{ [1, 2, 3] | random is number }}",
    "{% macro f() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, x=2) }}",
    "{{ cycler('a', 'b').next() }}",
    "{{ '\\N{BULLET}' }}",
];

#[derive(Deserialize)]
struct Fixture {
    chats: [Vec<Turned>; 2],
    prefix: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Turned {
    role: String,
    content: String,
}

#[derive(Deserialize)]
struct Case {
    template: String,
    chat: bool,
    /// `None` where Jinja2 refuses.
    text: Option<String>,
}

fn render(source: &str, chat: &[Turned]) -> crate::error::Result<String> {
    let turns: Vec<_> = chat.iter().map(|turn| Turn { role: &turn.role, content: &turn.content }).collect();
    let tokens = vec![("bos_token".to_owned(), "<bos>".to_owned()), ("eos_token".to_owned(), "<eos>".to_owned())];
    Template::new(source, tokens)?.render(&turns, true, Date::DEFAULT, "")
}

#[test]
fn constructs_of_templates_give_what_jinja2_gives() {
    let fixture: Fixture = serde_json::from_str(FIXTURE).unwrap();
    assert!(fixture.cases.len() > 1500);
    for case in &fixture.cases {
        let Some(wanted) = &case.text else { continue };
        let made = render(&format!("{}{}", fixture.prefix, case.template), &fixture.chats[usize::from(case.chat)]);
        let known = |list: &[&str]| list.contains(&case.template.as_str());
        match made {
            Ok(text) if known(&DIFFERENT) => assert_ne!(text, *wanted, "{} is the same now", case.template),
            Ok(text) => {
                assert_eq!(text, *wanted, "{}", case.template);
                assert!(!known(&REFUSED), "{} is rendered now", case.template);
            }
            Err(error) => assert!(known(&REFUSED), "{}: {error}", case.template),
        }
    }
}

#[test]
fn what_jinja2_refuses_is_refused_but_for_undefined_values_and_more_filters() {
    let fixture: Fixture = serde_json::from_str(FIXTURE).unwrap();
    for case in fixture.cases.iter().filter(|case| case.text.is_none()) {
        let made = render(&format!("{}{}", fixture.prefix, case.template), &fixture.chats[usize::from(case.chat)]);
        if let Ok(text) = made {
            let lenient = ["u", "none", "split", "bool", "chain", "zip", "join"];
            let words = |c: char| !(c.is_alphanumeric() || c == '_');
            assert!(case.template.split(words).any(|word| lenient.contains(&word)), "{}: {text}", case.template);
        }
    }
}

#[test]
fn a_template_cannot_exhaust_stack_or_memory() {
    let deep = [
        ("-", ""),
        ("not ", ""),
        ("(", ")"),
        ("[", "]"),
        ("", "|string"),
        ("a if b else ", ""),
        ("", " + 1"),
        ("", ".b"),
        ("{'a':", "}"),
    ];
    for (before, after) in deep {
        for count in [240, 100_000] {
            let source = format!("{{{{ {}1{} }}}}", before.repeat(count), after.repeat(count));
            // As deep as it may be it renders or is refused; deeper it is refused.
            let made = render(&source, &[]);
            assert!(count == 240 || made.is_err(), "{before}1{after}");
        }
    }
    let blocks = format!("{}{}", "{% if true %}".repeat(50_000), "{% endif %}".repeat(50_000));
    assert!(render(&blocks, &[]).is_err());
    for large in [
        "{{ '%99999999999d' % 1 }}",
        "{{ '%.99999999999f' % 1.5 }}",
        "{{ '%99999999999d' | format(1) }}",
        "{{ '{:>99999999999}'.format('a') }}",
        "{{ 'a' * 99999999999 }}",
        "{{ [1] * 99999999999 }}",
        "{{ range(99999999999) | list | length }}",
        "{{ 'a' | indent(99999999999) }}",
        "{{ [1, 2] | batch(99999999999, 0) | list | length }}",
        "{{ [1, 2] | slice(99999999999) | list | length }}",
        "{{ 'abc'.zfill(99999999999) }}",
        "{{ 1.5 | round(99999999999) }}",
        "{{ 10 ** 99999 }}",
    ] {
        assert!(render(large, &[]).is_err(), "{large}");
    }
}
