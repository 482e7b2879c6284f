//! Answers that others wrote: what a model can say of them, and how far that goes.
//!
//! Nothing of a model's confidence in its own answers carries over to them. What can be seen of one are [`words`] that the
//! model finds unlikely ([`odd`]), what it says of the answer when asked, and its [`own`] answers beside it: [`signals`].
//! [`fit`](mod@fit) makes one log likelihood ratio of them from [`row`]s that people judged, [`report`](mod@report) measures
//! it on writers and questions that the fit did not see, beside what the looks of an answer tell ([`surface`]), and
//! [`judge`] puts it into words, where it was found to be worth any. [`examined`] is what a record has of all that.

pub mod examined;
pub mod fit;
pub mod judge;
pub mod odd;
pub mod own;
pub mod report;
pub mod row;
pub mod signals;
pub mod surface;
pub mod words;
