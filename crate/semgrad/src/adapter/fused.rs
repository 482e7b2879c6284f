//! Layers that files of a family hold as one: there an adapter has one A and one B for all parts.

use super::data::{Adapter, Pair, scale};
use crate::weights::config::ModelConfig;
use crate::weights::families::family::Fused;
use crate::weights::layout;

/// Changes of the parts in the place of those of the whole: the same A, and the part's own rows of B.
pub(super) fn split(mut adapter: Adapter, config: &ModelConfig, fused: Fused) -> Adapter {
    let layers = layout::linears(config);
    for (whole, parts) in fused {
        let names: Vec<String> = adapter.pairs.keys().filter(|name| name.ends_with(whole)).cloned().collect();
        for name in names {
            let part = |part: &&str| name.strip_suffix(whole).map(|layer| format!("{layer}{part}"));
            let parts: Vec<(String, usize)> = parts
                .iter()
                .filter_map(part)
                .filter_map(|name| layers.get(&name).map(|(outputs, _)| (name.clone(), *outputs)))
                .collect();
            let outputs: usize = parts.iter().map(|(_, outputs)| outputs).sum();
            // What does not fit stays as it is: the check says so.
            if adapter.pairs.get(&name).is_none_or(|pair| pair.outputs != outputs || !pair.is_whole()) {
                continue;
            }
            let Some(pair) = adapter.pairs.remove(&name) else { continue };
            let mut b = pair.b.as_slice();
            for (name, outputs) in parts {
                let (own, rest) = b.split_at(outputs * pair.rank);
                adapter.pairs.insert(name, Pair { outputs, b: own.to_vec(), a: pair.a.clone(), ..pair });
                b = rest;
            }
        }
    }
    adapter
}

/// The other way. Parts that do not share their A have one below the other, and B has zeros where a row is none of theirs:
/// the same change, of a rank as high as theirs together.
pub(super) fn fuse(adapter: &Adapter, config: &ModelConfig, fused: Fused) -> Adapter {
    let (mut adapter, layers) = (adapter.clone(), layout::linears(config));
    for (whole, parts) in fused {
        for layer in 0..config.layers {
            let parts = parts.iter().map(|part| format!("model.layers.{layer}.{part}"));
            let parts = parts.filter_map(|name| Some((adapter.pairs.remove(&name), layers.get(&name)?.0)));
            let parts: Vec<(Option<Pair>, usize)> = parts.collect();
            if let Some(pair) = join(&parts, adapter.about.alpha) {
                adapter.pairs.insert(format!("model.layers.{layer}.{whole}"), pair);
            }
        }
    }
    adapter
}

/// The changes of parts with so many outputs each as one; `None` where no part is changed.
fn join(parts: &[(Option<Pair>, usize)], alpha: f64) -> Option<Pair> {
    let changed = || parts.iter().filter_map(|(pair, _)| pair.as_ref());
    let first = changed().next()?;
    let outputs: usize = parts.iter().map(|(_, outputs)| outputs).sum();
    if changed().all(|pair| pair.a == first.a && pair.scale == first.scale) {
        let rows = |(pair, outputs): &(Option<Pair>, usize)| match pair {
            Some(pair) => pair.b.clone(),
            None => vec![0.0; outputs * first.rank],
        };
        return Some(Pair { outputs, b: parts.iter().flat_map(rows).collect(), ..first.clone() });
    }
    let rank: usize = changed().map(|pair| pair.rank).sum();
    let whole = scale(alpha, rank);
    let (mut b, mut before) = (Vec::with_capacity(outputs * rank), 0);
    for (pair, outputs) in parts {
        let Some(pair) = pair else {
            b.resize(b.len() + outputs * rank, 0.0);
            continue;
        };
        for row in pair.b.chunks_exact(pair.rank) {
            let begin = b.len();
            b.resize(begin + rank, 0.0);
            // A file has one factor for its layers.
            let own = b[begin + before..].iter_mut().zip(row);
            own.for_each(|(to, from)| *to = from * (pair.scale / whole));
        }
        before += pair.rank;
    }
    let a = changed().flat_map(|pair| pair.a.iter().copied()).collect();
    Some(Pair { rank, inputs: first.inputs, outputs, scale: whole, a, b })
}
