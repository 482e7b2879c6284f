//! Records of evidence, from which every method computes its score.

use super::Target;
use semgrad_scores::evidence::Evidence;
use semgrad_scores::lexical;
use semgrad_scores::methods::{evaluate, select};

/// See [`Target`].
pub const TARGET: Target =
    Target { name: "evidence", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 100_000 };

const WORDS: &[&str] = &[
    "\"tokens\":",
    "\"samples\":",
    "\"logprob\":",
    "\"entropy\":",
    "\"similarity\":",
    "\"entailment\":",
    "\"covariance\":",
    "\"perturbed\":",
    "\"claims\":",
    "\"sentences\":",
    "\"attention\":",
    "\"NaN\"",
    "\"-inf\"",
    "1e-320",
    "-9999",
    "[[0,1],[1,0]]",
    "[[]]",
    "{\"entail\":1,\"neutral\":0,\"contradict\":0}",
    "\"vocab\":0",
    "\"depth\":0",
    "\"layer\":4294967295",
    "\"tokens\":[0,99]",
];

fn run(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let Ok(mut evidence) = Evidence::parse(&text) else { return false };
    lexical::compare(&mut evidence, true, true);
    let methods = select(&["all"]).unwrap_or_default();
    let scores = evaluate(&methods, &evidence);
    assert!(!scores.is_empty());
    let _ = (serde_json::to_string(&scores), serde_json::to_string(&evidence));
    true
}

fn seeds() -> Vec<Vec<u8>> {
    let same = r#"{"entail":0.9,"neutral":0.1,"contradict":0}"#;
    let other = r#"{"entail":0.1,"neutral":0.2,"contradict":0.7}"#;
    let whole = format!(
        r#"{{"question":"Q?","answer":"Paris","tokens":[{{"logprob":-0.5,"entropy":0.7,"top2_margin":0.2}},{{"logprob":-1.5,"entropy":1.7,"top2_margin":0.1}}],"shapes":[{{"mean_logprob":-5,"log_root_sum":1,"vocab":50,"top":[{{"id":0,"text":"t","logprob":-0.5}},{{"id":1,"text":"u","logprob":-1.5}}]}},{{"mean_logprob":-5,"log_root_sum":1,"vocab":50,"top":[]}}],"geometry":[{{"nci":0.5,"fdbd":1}},{{"nci":-0.5,"fdbd":2}}],"layers":[1,2,0.5,3],"paragrad":0.5,"exgrad":1.5,"attention":{{"depth":4,"layers":[{{"layer":2,"to_self":[[0.5,0.2],[0.1,0.9]]}}]}},"probes":{{"sep":0.4,"sep_tbg":0.6}},"samples":[{{"text":"Paris","logprob":[-0.1,-0.2],"sharp_logprob":-0.3,"relevance":[0.5,0.5]}},{{"text":"Rome is it","logprob":[-1.5],"sharp_logprob":-2,"relevance":[0.9]}}],"sharp_logprob":-0.4,"relevance":[0.3,0.8],"similarity":[[1,0.9,0.1],[0.9,1,0.2],[0.1,0.2,1]],"entailment":[[{same},{same},{other}],[{same},{same},{other}],[{other},{other},{same}]],"covariance":[[0.5,0.1],[0.1,0.4]],"p_true":0.7,"iterated":[[-0.5,-1],[-1,-0.2]],"perturbed":{{"questions":["Q?","P?"],"replies":[["Paris"],["Rome"]],"question_similarity":[[1,0.8],[0.8,1]],"reply_similarity":[[1,0.1],[0.1,1]],"hellinger":[[0.1,0.2],[0.3,0.4]]}},"demonstrations":[[0.1,0.2,0.3],[0.3,0.2,0.1]],"claims":[{{"text":"Paris","tokens":[0,2],"semgrad":0.5,"paragrad":0.2,"alternatives":[[{{"probability":0.3,"forward":{same},"backward":{other}}}],[]],"questions":[{{"question":"Q?","answers":["Paris","Rome"],"entailment":[[{same},{other}],[{other},{same}]]}}]}}],"sentences":[[[{same},{other}]],[[{other},{same}]]]}}"#
    );
    let texts =
        r#"{"answer":"It is Paris.","samples":[{"text":"Paris"},{"text":"Rome"},{"text":"It is Paris, caf\u00e9"}]}"#;
    let tokens = r#"{"tokens":[{"logprob":-0.5,"entropy":0.7},{"logprob":-1.5}],"samples":[{"text":"a","logprob":[-1]},{"text":"b","logprob":[-2,-3]}]}"#;
    [whole.as_str(), texts, tokens].map(|text| text.as_bytes().to_vec()).to_vec()
}
