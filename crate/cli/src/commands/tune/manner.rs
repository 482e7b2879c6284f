//! In which manner the answers of a folder were asked for.

use super::arguments::Arguments;
use crate::evaluate::settings::Settings;
use crate::load::ENTAILMENT;
use crate::models::Located;
use crate::stop::Stop;
use semgrad::asking::Asking;
use std::path::Path;

/// The folder's answers have to come from this model, asked in this way, and compared by the same judge of entailment.
pub fn same_manner(arguments: &Arguments, located: &Located, asking: &Asking, path: &Path) -> Result<(), Stop> {
    let entailment = arguments.engines.entailment().unwrap_or_else(|| ENTAILMENT.to_owned());
    let request = asking.request("", &[]);
    let begin = arguments.begin.as_deref();
    let (settings, before) = Settings::open([None, Some(entailment)], begin, located, &request, path)?;
    if before.is_some_and(|before| before.nli != settings.nli) {
        let message = format!("{} holds entropies by another judge of entailment: --nli differs.", path.display());
        return Err(Stop::bad_input(message, "Name another folder with --out, or repeat what was asked for first."));
    }
    settings.write(path)
}
