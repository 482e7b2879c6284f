use super::{html, markdown, published, reading};
use crate::evaluate::summary::{
    Bin, Curves, Difference, Estimate, JudgeSummary, MethodSummary, ModelSummary, SetSummary, Summary,
};

fn known(value: f64) -> Estimate {
    Estimate { value: Some(value), low: Some(value - 0.04), high: Some(value + 0.04), reason: None }
}

fn unknown(reason: &str) -> Estimate {
    Estimate { reason: Some(reason.to_owned()), ..Estimate::default() }
}

/// Every number is another one, so that none can stand in another's column.
fn method(auroc: f64) -> MethodSummary {
    MethodSummary {
        questions: 120,
        auroc: known(auroc),
        auprc: known(auroc + 0.111),
        aurc: known(auroc - 0.31237),
        aurac: known(auroc - 0.2231),
        prr: known(2.0 * auroc - 1.0),
        prr_half: known(2.0 * auroc - 1.2),
        ece: known(0.0812),
        ece_mass: known(0.0723),
        ece_debiased: known(-0.0134),
        squared_error_debiased: known(0.00417),
        brier: known(0.1845),
        brier_skill: known(0.0956),
        probability: "isotonic, 5-fold".to_owned(),
        length_spearman: known(-0.2867),
        auroc_within_length: known(auroc - 0.0178),
        tsu: None,
        ms: Some(12.3456),
        cost: Some(1.0345678),
        passes: Some(2.0),
        versus: [(
            "gnll".to_owned(),
            Difference {
                difference: Some(auroc - 0.6),
                low: Some(auroc - 0.65),
                high: Some(auroc - 0.56),
                p: Some(0.0412),
            },
        )]
        .into(),
        curves: Curves {
            roc: vec![[0.0, 0.0], [0.3, 0.6], [1.0, 1.0]],
            risk_coverage: vec![[0.1, 0.2], [0.5, 0.55], [1.0, 0.7]],
            reliability: vec![
                Bin { confidence: 0.2, accuracy: 0.15, questions: 60 },
                Bin { confidence: 0.6, accuracy: 0.45, questions: 60 },
            ],
        },
    }
}

fn set(name: &str, methods: &[(&str, f64)]) -> SetSummary {
    SetSummary {
        name: name.to_owned(),
        judge: "containment".to_owned(),
        questions: 120,
        right: 36,
        accuracy: known(0.3),
        tokens: Some(11.5),
        generation_ms: Some(357.0),
        methods: methods.iter().map(|(id, auroc)| ((*id).to_owned(), method(*auroc))).collect(),
        others: Vec::new(),
        notes: Vec::new(),
    }
}

fn summary(sets: Vec<SetSummary>) -> Summary {
    let pooled =
        SetSummary { name: "pooled".to_owned(), ..sets.first().cloned().unwrap_or_else(|| set("pooled", &[])) };
    Summary {
        model: ModelSummary {
            name: "tiny.gguf".to_owned(),
            weights: Some("ab12".repeat(16)),
            parameters: Some(134_515_008),
        },
        prefix: "Q: ".to_owned(),
        system: None,
        max_tokens: Some(64),
        samples: Some(10),
        temperature: Some(1.0),
        date: "2026-11-21".to_owned(),
        device: "cpu".to_owned(),
        hardware: "two cores".to_owned(),
        resamples: 1000,
        sets,
        pooled,
        notes: Vec::new(),
    }
}

fn small() -> Summary {
    summary(vec![set(
        "sciq",
        &[("semgrad", 0.55), ("gnll", 0.6), ("perplexity", 0.648), ("confidence", 0.7), ("semantic_entropy", 0.5)],
    )])
}

/// What is between tags.
fn text(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

/// The value of an attribute of a tag that begins `html`.
fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let tag = html.split('>').next()?;
    tag.split_once(&format!("{name}=\""))?.1.split('"').next()
}

/// Rows of the first table after `mark`: cells with their attribute `data-value`.
fn rows<'a>(page: &'a str, mark: &str) -> Vec<Vec<(Option<&'a str>, String)>> {
    let table = page.split_once(mark).unwrap().1.split_once("<tbody>").unwrap().1.split("</tbody>").next().unwrap();
    let cells = |row: &'a str| -> Vec<_> {
        row.split("<t")
            .filter(|c| c.starts_with("d") || c.starts_with("h "))
            .map(|c| (attribute(c, "data-value"), text(&format!("<t{c}"))))
            .collect()
    };
    table.split("<tr").skip(1).map(cells).collect()
}

#[test]
fn every_number_of_the_table_is_the_summary_s() {
    let summary = small();
    let page = html(std::slice::from_ref(&summary));
    let rows = rows(&page, "All 5 scores in numbers");
    let order: Vec<&str> = rows.iter().map(|row| row[0].1.as_str()).collect();
    assert_eq!(order, ["confidence", "perplexity", "gnll", "semgrad", "semantic_entropy"], "best first");
    for row in &rows {
        let m = &summary.sets[0].methods[&row[0].1];
        let columns: [(&Estimate, usize); 14] = [
            (&m.auroc, 2),
            (&m.auroc_within_length, 2),
            (&m.length_spearman, 2),
            (&m.auprc, 2),
            (&m.prr, 2),
            (&m.prr_half, 2),
            (&m.aurc, 3),
            (&m.aurac, 3),
            (&m.ece, 3),
            (&m.ece_mass, 3),
            (&m.ece_debiased, 3),
            (&m.squared_error_debiased, 4),
            (&m.brier, 3),
            (&m.brier_skill, 2),
        ];
        for (i, (e, digits)) in columns.into_iter().enumerate() {
            let (value, shown) = &row[i + 1];
            let exact: f64 = value.unwrap().parse().unwrap();
            assert!((exact - e.value.unwrap()).abs() < 5.1e-6, "column {i}");
            let numbers = [e.value, e.low, e.high].map(|v| format!("{:.digits$}", v.unwrap()).replace('-', "−"));
            // What rounds to zero has no sign.
            let numbers =
                numbers.map(|n| if n.trim_matches(['−', '0', '.']).is_empty() { n.replace('−', "") } else { n });
            assert_eq!(*shown, format!("{} [{}, {}]", numbers[0], numbers[1], numbers[2]), "column {i}");
        }
        let rest: Vec<&str> = row[15..].iter().map(|cell| cell.1.as_str()).collect();
        assert_eq!(rest, ["1.03×", "12 ms", "2.0", "isotonic, 5-fold", "120"]);
    }
    let head = page.split_once("All 5 scores in numbers").unwrap().1.split("</thead>").next().unwrap();
    let heads: Vec<String> = head.split("<th ").skip(1).map(|h| text(&format!("<th {h}"))).collect();
    assert_eq!(heads.len(), rows[0].len());
    assert_eq!(heads[1..5], ["AUROC", "AUROC within length", "follows length", "AUPRC"].map(String::from));
    assert_eq!(heads[11..14], ["ECE, debiased", "squared error, debiased", "Brier"].map(String::from));
    assert_eq!(heads[7..11], ["AURC", "AURAC", "ECE", "ECE, equal mass"].map(String::from));
}

#[test]
fn other_tables_have_the_summary_s_numbers() {
    let mut summary = small();
    summary.sets[0].others.push(JudgeSummary {
        judge: "rouge_l".to_owned(),
        questions: 118,
        right: 30,
        accuracy: Some(0.2542),
        agreement: Some(0.871),
        auroc: [("gnll".to_owned(), Some(0.666)), ("semgrad".to_owned(), None)].into(),
    });
    let page = html(&[summary]);
    let told = |mark: &str| -> Vec<Vec<String>> {
        rows(&page, mark).into_iter().map(|row| row.into_iter().map(|c| c.1).collect()).collect()
    };
    assert_eq!(told("What other judges say")[0], ["rouge_l", "118", "25.4 % (30)", "87.1 %", "gnll 0.67"]);
    let paired = told("Differences to gnll");
    assert_eq!(paired[0], ["confidence", "0.100 [0.050, 0.140]", "", "0.041", "better"]);
    let map = told("id=\"map\"");
    assert_eq!(map[0], ["confidence", "0.70", "0.70"]);
    let roc = told("Catching wrong answers (ROC)");
    assert_eq!(roc[3][..2], ["30 %", "60 %"].map(String::from));
    let risk = told("risk–coverage");
    // Half of the questions answered; an oracle has only 30 % right answers to give.
    assert_eq!(risk[4][..2], ["50 %", "55 %"].map(String::from));
    assert_eq!(risk[4][risk[4].len() - 2..], ["40 %", "70 %"].map(String::from));
    let bins = told("(reliability)");
    assert_eq!(bins[0], ["confidence", "20.0 %", "15.0 %", "60"]);
    let cost = told("What it costs (AUROC against time)");
    assert!(cost.iter().any(|row| *row == ["gnll", "1.03×", "0.60 [0.56, 0.64]"]), "{cost:?}");
}

#[test]
fn hostile_names_stay_text() {
    let evil = "\"><script>alert(1)</script><img src=x onerror=alert(2)>|`&";
    let mut summary = small();
    let m = method(0.66);
    summary.model.name = evil.to_owned();
    summary.prefix = evil.to_owned();
    summary.system = Some(evil.to_owned());
    summary.hardware = evil.to_owned();
    summary.notes.push(evil.to_owned());
    let set = &mut summary.sets[0];
    set.name = evil.to_owned();
    set.judge = evil.to_owned();
    set.notes.push(evil.to_owned());
    set.methods.insert(evil.to_owned(), MethodSummary { auprc: unknown(evil), probability: evil.to_owned(), ..m });
    set.methods.get_mut("gnll").unwrap().versus.insert(evil.to_owned(), Difference::default());
    set.others.push(JudgeSummary {
        judge: evil.to_owned(),
        questions: 3,
        right: 1,
        accuracy: None,
        agreement: Some(0.5),
        auroc: [(evil.to_owned(), Some(0.7))].into(),
    });
    let page = html(std::slice::from_ref(&summary));
    // One script, ours; no tag of theirs; the attributes they are in stay closed.
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img") && !page.contains("\"><script") && page.contains("&lt;script&gt;alert(1)"));
    let readme = markdown(&[summary]);
    assert!(!readme.contains("<script") && !readme.contains("<img"));
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(readme.lines().filter(|line| line.starts_with('|')).all(|line| cells(line) == 9), "{readme}");
}

/// [`small`], all answers wrong.
fn only_wrong(reason: &str) -> Summary {
    let mut summary = small();
    let set = &mut summary.sets[0];
    set.right = 0;
    set.accuracy = known(0.0);
    for m in set.methods.values_mut() {
        m.auroc = unknown(reason);
        m.prr =
            Estimate { value: Some(f64::NAN), low: Some(f64::NEG_INFINITY), high: Some(f64::INFINITY), reason: None };
        (m.ms, m.cost) = (None, Some(f64::NAN));
        m.versus.clear();
        m.curves = Curves { roc: vec![[f64::NAN, 0.5]], ..Curves::default() };
    }
    summary
}

#[test]
fn what_is_undefined_is_a_dash_with_its_reason() {
    let reason = "there are only wrong answers";
    let summary = only_wrong(reason);
    let page = html(std::slice::from_ref(&summary));
    assert!(!page.contains("NaN") && !page.contains(">inf") && !page.contains("=\"inf"));
    assert!(page.contains(&format!("{reason} (confidence, gnll, perplexity, semantic_entropy and semgrad)")));
    assert_eq!(rows(&page, "All 5 scores in numbers")[0][1], (None, "–".to_owned()));
    assert!(page.contains("All answers are wrong") && page.contains("Nothing to draw"));
    let readme = markdown(&[summary]);
    assert!(readme.contains("| 0 % | – | – | – | – |") && !readme.contains("NaN"), "{readme}");
}

#[test]
fn nothing_measured_is_said() {
    assert!(html(&[]).contains("There is no summary") && markdown(&[]).contains("No evaluation"));
    let mut empty = summary(Vec::new());
    empty.pooled.questions = 0;
    empty.pooled.right = 0;
    empty.model = ModelSummary { name: String::new(), weights: None, parameters: None };
    assert!(html(std::slice::from_ref(&empty)).contains("No question was answered and judged"));
    assert!(markdown(&[empty]).contains("unknown weights"));
}

/// The whole page as it was last looked at, which `tests/browser/report.test.mjs` opens.
#[test]
fn the_page_is_the_one_that_was_looked_at() {
    let page = html(&[small(), only_wrong("there are only wrong answers")]);
    if page != include_str!("../../../../tests/reference/report/page.html") {
        let place = std::env::temp_dir().join("semgrad-report-page.html");
        std::fs::write(&place, page).unwrap();
        panic!("the page changed: look at {} and, if it is right, put it to tests/reference/report", place.display());
    }
}

#[test]
fn the_page_needs_nothing_else() {
    let page = html(&[small()]);
    for foreign in ["http://", "https://", "src=", "url(", "@import", "<link"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let script = page.split_once("<script>").unwrap().1.split("</script>").next().unwrap();
    let hash =
        base64::Engine::encode(&base64::prelude::BASE64_STANDARD, <sha2::Sha256 as sha2::Digest>::digest(script));
    assert!(
        page.contains(&format!("script-src &#39;sha256-{hash}&#39;"))
            || page.contains(&format!("script-src 'sha256-{hash}'"))
    );
    // All that can be jumped to is there, once.
    for link in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert_eq!(page.matches(&format!(" id=\"{link}\"")).count(), 1, "{link}");
    }
}

#[test]
fn warnings_name_what_the_numbers_cannot_bear() {
    let mut s = set("sciq", &[("semgrad", 0.52), ("gnll", 0.53), ("p_true", 0.4)]);
    (s.questions, s.right) = (80, 12);
    s.methods.get_mut("semgrad").unwrap().length_spearman = known(-0.7);
    s.methods.get_mut("p_true").unwrap().questions = 40;
    for m in ["semgrad", "gnll"] {
        s.methods.get_mut(m).unwrap().questions = 80;
    }
    let told = reading::read(&s);
    let warned = |part: &str| told.warnings.iter().any(|w| w.contains(part));
    assert!(told.facts[0].starts_with("12 of 80 answers are right: 15 % [26, 34]."), "{:?}", told.facts);
    for part in [
        "Only 80 questions",
        "Only 12 right answers",
        "not shown to beat guessing",
        "semgrad (−0.70; AUROC 0.52, within equal length 0.50)",
        "The wrong way round here, doubting right answers more: p_true",
        "Measured on 40 of the 80 questions only: p_true",
        "A program judges what is right: by containment",
        "gnll is the best of 2",
    ] {
        assert!(warned(part), "{part}: {:#?}", told.warnings);
    }
    assert!(!warned("wrong answers: every quality") && !warned("fitted on other questions"));
    let mut confident = set("sciq", &[("semgrad", 0.85), ("gnll", 0.99), ("confidence", 0.9)]);
    confident.methods.get_mut("gnll").unwrap().questions = 40;
    let told = reading::read(&confident);
    let two = method(1.0);
    let no_ends = Estimate { value: Some(1.0), ..Estimate::default() };
    let two = MethodSummary { questions: 2, auroc: no_ends, ..two };
    confident.methods.insert("semantic_entropy".to_owned(), two);
    let told_again = reading::read(&confident);
    assert_eq!(told.facts, told_again.facts, "two answers are no baseline");
    assert!(told.facts[1].contains("is semgrad"), "a third of the answers is too few: {:?}", told.facts);
    assert!(told.warnings.iter().any(|w| w.contains("fitted on other questions")));
    let good = reading::read(&set("sciq", &[("semgrad", 0.85)]));
    assert!(good.facts[1].contains("85 times in 100 [81, 89], a good signal"), "{:?}", good.facts);
    assert_eq!(good.warnings.len(), 1, "only the judge: {:?}", good.warnings);
}

#[test]
fn the_published_order_is_compared_by_numbers() {
    let same = [("hybridgrad", 0.9), ("semgrad", 0.8), ("paragrad", 0.7), ("exgrad", 0.6), ("semantic_entropy", 0.5)];
    let sets = |methods: &[(&str, f64)]| {
        summary(["my_SciQ", "triviaqa", "TruthfulQA-100"].map(|name| set(name, methods)).into())
    };
    let comparison = published::compare(&sets(&same)).unwrap();
    assert_eq!((comparison.pairs, &comparison.published), ((10, 10), &comparison.measured));
    assert!(comparison.claims.iter().all(|c| c.outcome == published::Outcome::Reproduced), "{:?}", comparison.claims);
    assert!(comparison.told().starts_with("In plain numbers the whole published order is reproduced: 10 of 10 pairs"));

    let turned: Vec<(&str, f64)> = same.iter().map(|(id, v)| (*id, 1.4 - v)).collect();
    let comparison = published::compare(&sets(&turned)).unwrap();
    assert_eq!(comparison.pairs, (0, 10));
    assert!(
        comparison.claims.len() == 5 && comparison.claims.iter().all(|c| c.outcome == published::Outcome::Reversed)
    );
    assert!(comparison.told().contains("not reproduced as a whole"));

    // ±0.04 on each of two scores and three sets: ±0.033 on the mean difference.
    let close = published::compare(&sets(&[("semgrad", 0.62), ("paragrad", 0.60)])).unwrap();
    assert_eq!(close.claims[0].outcome, published::Outcome::Undecided);
    assert_eq!(close.claims[0].measured, "difference 0.020 ± 0.033");
    // A paired interval comes first.
    let mut paired = sets(&[("semgrad", 0.62), ("gnll", 0.60)]);
    for set in &mut paired.sets {
        let d = Difference { difference: Some(0.02), low: Some(0.01), high: Some(0.03), p: Some(0.01) };
        set.methods.get_mut("semgrad").unwrap().versus.insert("gnll".to_owned(), d);
    }
    assert_eq!(published::compare(&paired).unwrap().claims[0].measured, "difference 0.020 ± 0.006");
    assert_eq!(published::compare(&summary(vec![set("mine", &same)])), None);
    assert_eq!(published::compare(&summary(vec![set("sciq", &same[..1])])), None);
}

#[test]
fn the_readme_section_as_a_whole() {
    let told = markdown(&[small()]);
    let expected = "\
AUROC: of a wrong and a right answer, how often the score doubts the wrong one more; 0.5 is guessing. In brackets
95 % intervals; × is the time for answer and score as a multiple of the answer alone.

| model | set | questions | right | best score of one answer | semgrad | calibrated confidence | drawing more answers |
| --- | --- | ---: | ---: | --- | --- | --- | --- |
| tiny | sciq | 120 | 30 % | `perplexity` 0.65 [0.61, 0.69], 1.03× | 0.55 [0.51, 0.59], 1.03× | 0.70 [0.66, 0.74], 1.03× | `semantic_entropy` 0.50 [0.46, 0.54], 1.03× |

**tiny**

* weights ab12ab12ab12…, judge containment, 2026-11-21, cpu (two cores), 10 samples.
* Calibrated confidence, sciq: debiased ECE −0.013 [−0.053, 0.027], Brier skill 0.10 [0.06, 0.14].
* With 135 million weights the model gets 30 % right. Most of what it says is wrong, so even a good order of its answers leaves few to act on.
* Against arXiv 2605.04638, table 1: In plain numbers the whole published order is reproduced: 3 of 3 pairs of methods stand as published (sciq). \
Reproduced: gnll above semgrad in the mean of the sets. Not reproduced, too close to tell: semgrad above semantic_entropy in the mean of the sets.
";
    assert_eq!(told, expected, "\n{told}");
}
