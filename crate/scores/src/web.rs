//! The boundary to JavaScript of all that needs no model, compiled for wasm32 only: a module of its own, and a part of the
//! one that runs models. What each function does is documented in the TypeScript package.
//!
//! Everything that can fail throws a plain object `{ code, message, advice }`.

use crate::abstain::lesson::Wish;
use crate::abstain::refusal;
use crate::abstain::target::Known;
use crate::confidence::answers::confidences;
use crate::confidence::write::object;
use crate::confidence::{fit, input};
use crate::error::{Code, Error, Result as CoreResult};
use crate::evidence::Evidence;
use crate::{lexical, methods};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn parse(text: &str) -> Result<JsValue, JsValue>;
}

/// A plain JavaScript value: maps become objects, missing values `null`, not-a-number `null` as in JSON.
pub fn to_js(value: &impl Serialize) -> JsValue {
    // Through JSON, so that the browser and the command line write exactly the same line.
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
    parse(&text).unwrap_or(JsValue::NULL)
}

/// Reads a JSON text that the package has written; `what` names it.
///
/// # Errors
/// `bad_input` for another one.
pub fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> CoreResult<T> {
    serde_json::from_str(text).map_err(|error| {
        Error::new(Code::BadInput, format!("{what} cannot be read ({error})"), "See the package's types.")
    })
}

/// Runs once, when the module is instantiated.
#[wasm_bindgen(start)]
pub fn start() {
    // A panic is always a bug: make it readable in the console.
    console_error_panic_hook::set_once();
}

/// What is known about each score, as `semgrad methods --json` prints it.
#[wasm_bindgen(js_name = methods)]
pub fn list_methods() -> JsValue {
    to_js(&methods::REGISTRY)
}

/// Scores of a record of evidence (JSON), as `semgrad methods eval` prints them. Comparisons that it lacks are made by the
/// words, if `embed` or `nli` is true.
///
/// # Errors
/// `bad_input` for text that is no evidence and for an unknown method.
#[wasm_bindgen]
pub fn evaluate(evidence: &str, names: Vec<String>, embed: bool, nli: bool) -> Result<JsValue, JsValue> {
    let methods = methods::select(&names).map_err(|error| to_js(&error))?;
    let mut evidence = Evidence::parse(evidence).map_err(|error| to_js(&error))?;
    lexical::compare(&mut evidence, embed, nli);
    Ok(to_js(&methods::evaluate(&methods, &evidence)))
}

/// Fits a calibration to labeled answers (JSON): `{ calibration, report }`.
///
/// # Errors
/// As [`input::rows`], [`input::options`] and [`fit::fit`].
#[wasm_bindgen]
pub fn calibrate(rows: &str, options: &str) -> Result<JsValue, JsValue> {
    let fitted = input::rows(rows).and_then(|rows| fit::fit(&rows, &input::options(options)?));
    let (calibration, report) = fitted.map_err(|error| to_js(&error))?;
    Ok(to_js(&object(vec![("calibration", calibration.to_json()), ("report", report.to_json())])))
}

/// Fits what a model is worth as a judge of answers that others wrote (JSON): `{ given, report, none }`, the first being the part of that
/// name in a profile, the last why it does not judge, if it does not.
///
/// # Errors
/// `bad_input` for rows that cannot be read; as [`crate::given::fit::fit`].
#[cfg(feature = "check")]
#[wasm_bindgen(js_name = fitGiven)]
pub fn fit_given(rows: &str, own_answers: usize, date: &str) -> Result<JsValue, JsValue> {
    let fitted = from_json::<Vec<crate::given::row::Row>>("the answers", rows).and_then(|mut rows| {
        rows.iter_mut().for_each(|row| row.surface = crate::given::surface::features(&row.answer));
        let report = crate::given::report::report(&rows)?;
        let (fit, which) = crate::given::report::chosen(&rows, &report)?;
        let given = crate::given::judge::Judge::new(fit, own_answers, &report, which, date.to_owned());
        Ok(serde_json::json!({ "none": given.silent(), "given": given, "report": report }))
    });
    fitted.map(|fitted| to_js(&fitted)).map_err(|error| to_js(&error))
}

/// Whether an answer contains one of the accepted ones: see [`lexical::contained`].
#[wasm_bindgen]
pub fn contains(answer: &str, accepted: Vec<String>) -> bool {
    lexical::contained(&accepted, answer)
}

/// Confidence and verdict of each of these answers by a calibration or a profile, all in JSON.
///
/// # Errors
/// As [`confidences`].
#[wasm_bindgen(js_name = applyCalibration)]
pub fn apply_calibration(calibration: &str, answers: &str, options: &str) -> Result<JsValue, JsValue> {
    confidences(calibration, answers, options).map(|list| to_js(&list)).map_err(|error| to_js(&error))
}

/// Whether an answer is a refusal: see [`refusal::refuses`].
#[wasm_bindgen]
pub fn refuses(answer: &str) -> bool {
    refusal::refuses(answer)
}

/// The faults of an answer that can be found without knowing anything: see [`crate::check::check`].
#[cfg(feature = "check")]
#[wasm_bindgen]
pub fn check(question: &str, answer: &str, context: &str) -> JsValue {
    to_js(&crate::check::check(question, answer, context))
}

/// What is to be learned of questions that were asked, by what is known of each and what is wished, both in JSON.
///
/// # Errors
/// As [`Wish::lesson`].
#[wasm_bindgen]
pub fn lesson(known: &str, wish: &str) -> Result<JsValue, JsValue> {
    let known = from_json::<Vec<Known>>("what is known of the questions", known);
    let lesson = known.and_then(|known| from_json::<Wish>("what is wished", wish)?.lesson(&known));
    lesson.map(|lesson| to_js(&lesson)).map_err(|error| to_js(&error))
}
