//! Matrices that a model's files hold as one: their rows lie one after another, so that each part is a piece of the file. And
//! tensors that they hold under another name.

use super::config::inconsistent;
use super::tensors::Stored;
use crate::error::Result;
use std::collections::HashMap;

/// Puts the parts in the place of what a family fuses, and those of its biases. `expected` says how many rows each has.
pub(super) fn split(
    tensors: &mut HashMap<String, Stored>,
    expected: &[(String, Vec<usize>)],
    fused: &[(&str, &[&str])],
) -> Result<()> {
    for (whole, parts) in fused {
        for (first, _) in expected {
            let part = parts.first().copied().unwrap_or_default();
            let Some((linear, end)) = first.rsplit_once('.') else { continue };
            let Some(layer) = linear.strip_suffix(part) else { continue };
            let name = format!("{layer}{whole}.{end}");
            let Some(stored) = tensors.remove(&name) else { continue };
            if parts.len() == 1 {
                tensors.insert(first.clone(), stored);
                continue;
            }
            split_one(tensors, expected, stored, [layer, &name, end], parts)?;
        }
    }
    Ok(())
}

fn split_one(
    tensors: &mut HashMap<String, Stored>,
    expected: &[(String, Vec<usize>)],
    stored: Stored,
    [layer, whole, end]: [&str; 3],
    parts: &[&str],
) -> Result<()> {
    let Stored { source, offset, shape, format } = stored;
    let mut first = 0;
    for part in parts {
        let name = format!("{layer}{part}.{end}");
        let wanted = expected.iter().find(|(other, _)| *other == name).map(|(_, shape)| shape.as_slice());
        let (Some(wanted @ [rows, across @ ..]), [_, found @ ..]) = (wanted, shape.as_slice()) else { break };
        let columns: usize = across.iter().product(); // of a bias, one
        let cut = format.as_ref().is_ok_and(|format| !columns.is_multiple_of(format.block_len()));
        if found != across || cut {
            break;
        }
        // A format that cannot be read is an error wherever it is needed; where its rows lie does not matter then.
        let bytes = format.as_ref().map_or(0, |format| format.row_bytes(columns));
        // Both are bounded by the configuration; where the whole lies is only known to be a number.
        let offset = offset.saturating_add(first as u64 * bytes as u64);
        let part = Stored { source: source.clone(), offset, shape: wanted.to_vec(), format: format.clone() };
        tensors.insert(name, part);
        first += rows;
    }
    if shape.first() == Some(&first) {
        return Ok(());
    }
    Err(inconsistent(format!("the tensor `{whole}` has shape {shape:?}, the configuration implies other parts of it")))
}
