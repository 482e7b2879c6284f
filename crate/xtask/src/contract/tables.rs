//! What documents say about methods.

use super::document::{list, text};
use serde_json::Value;

/// How many there are.
pub fn count(contract: &Value) -> String {
    list(contract, "methods").len().to_string()
}

/// One row for what methods read and what that costs, with the methods of which that is true, in the registry's order.
pub fn methods(contract: &Value) -> String {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for method in list(contract, "methods") {
        let words = |name| list(method, name).iter().filter_map(Value::as_str).collect::<Vec<_>>();
        let costs = words("cost");
        let costs = if costs.is_empty() { "nothing".to_owned() } else { costs.join("; ") };
        let [reads, engines] = [("needs", "the answer's tokens"), ("engines", "–")].map(|(name, otherwise)| {
            let ids: Vec<String> = words(name).iter().map(|id| format!("`{id}`")).collect();
            if ids.is_empty() { otherwise.to_owned() } else { ids.join(" ") }
        });
        let kind = format!("| {reads} | {engines} | {costs} |");
        let id = format!("`{}`", text(method, "id"));
        match rows.iter_mut().find(|row| row.0 == kind) {
            Some((_, ids)) => ids.push(id),
            None => rows.push((kind, vec![id])),
        }
    }
    let rows = rows.iter().map(|(kind, ids)| format!("{kind} {} |\n", ids.join(" ")));
    let head = "| reads | engine | costs, beside the answer | methods |\n| --- | --- | --- | --- |\n";
    head.to_owned() + &rows.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_cost_the_same_share_a_row() {
        let method = |id: &str, needs: &[&str], cost: &[&str], engines: &[&str]| serde_json::json!({"id": id, "needs": needs, "cost": cost, "engines": engines});
        let contract = serde_json::json!({"methods": [
            method("gnll", &[], &[], &[]),
            method("deg", &["sample_texts"], &["K answers drawn"], &["nli"]),
            method("lsc", &[], &[], &[]),
        ]});
        let rows: Vec<String> = methods(&contract).lines().skip(2).map(str::to_owned).collect();
        let expected = [
            "| the answer's tokens | – | nothing | `gnll` `lsc` |",
            "| `sample_texts` | `nli` | K answers drawn | `deg` |",
        ];
        assert_eq!(rows, expected);
        assert_eq!(count(&contract), "3");
    }
}
