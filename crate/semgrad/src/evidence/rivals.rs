//! What the model might have written instead: by token of the answer, the most probable others. They are chosen where the
//! logits are; eight numbers for each token come to the host.

use super::pass::Pass;
use crate::error::Result;
use crate::ops::{TOP, read, top_logits};
use crate::text::Text;
use semgrad_scores::evidence::observed::Alternative;

/// Less probable ones are left out: people are told so many of 100, and less than one of 100 is nobody's rival.
const LEAST: f64 = 0.01;

impl Pass<'_> {
    /// The rivals of each token of the answer, the most probable first: at most three.
    ///
    /// # Errors
    /// `device_lost`.
    pub async fn rivals(&self, text: Option<&Text>) -> Result<Vec<Vec<Alternative>>> {
        let top = read(top_logits(self.logits.clone(), TOP)).await?; // [response, 2·TOP]
        let mut all = Vec::with_capacity(self.rows.len());
        for ((row, &chosen), top) in self.rows.iter().zip(self.response).zip(top.chunks_exact(2 * TOP)) {
            let probable = top.as_chunks::<2>().0.iter().map(|&[id, logit]| (id as u32, row.logprob(f64::from(logit))));
            // The token itself is one of the four, or all that come before it are rivals.
            let rivals = probable.filter(|&(id, logprob)| id != chosen && logprob >= LEAST.ln()).take(TOP - 1);
            let named = rivals.map(|(id, logprob)| {
                let text = text.and_then(|text| text.token(id));
                Alternative { id, text, logprob }
            });
            all.push(named.collect());
        }
        Ok(all)
    }
}
