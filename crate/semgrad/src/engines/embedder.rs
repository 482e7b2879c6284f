//! Sentence embeddings: a text becomes a vector of length one, similarity is the cosine.

use super::Done;
use super::batches::batches;
use super::parts::Parts;
use crate::control::Pacer;
use crate::device::Device;
use crate::error::Result;
use crate::model::load::Progress;
use crate::weights::encoder::EncoderCheckpoint;
use semgrad_scores::evidence::observed::Matrix;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Texts remembered before all are forgotten.
const REMEMBERED: usize = 1 << 14;

/// A sentence encoder.
pub struct Embedder {
    parts: Parts,
    known: RefCell<HashMap<String, Known>>,
}

#[derive(Clone)]
struct Known {
    vector: Rc<[f32]>,
    truncated: bool,
}

/// Vectors of texts.
#[derive(Clone, Debug)]
pub struct Embedded {
    /// In the order of the texts, each of length one.
    pub vectors: Vec<Rc<[f32]>>,
    /// Passes that were needed: distinct texts not seen before.
    pub evaluated: usize,
    /// Texts that were longer than the encoder reads.
    pub truncated: usize,
}

impl Embedder {
    /// Reads the encoder.
    ///
    /// # Errors
    /// As [`Pieces::new`](crate::text::Pieces::new) and [`Encoder::load`](crate::model::encoder::Encoder::load).
    pub async fn load(
        checkpoint: &EncoderCheckpoint,
        device: &Device,
        pacer: &Pacer<'_>,
        progress: Progress<'_>,
    ) -> Result<Self> {
        let parts = Parts::load(checkpoint, device, pacer, progress).await?;
        Ok(Self { parts, known: RefCell::default() })
    }

    /// Vectors of texts; equal texts are evaluated once.
    ///
    /// # Errors
    /// As [`Encoder::vectors`](crate::model::encoder::Encoder::vectors).
    pub async fn embed(&self, texts: &[&str], pacer: &Pacer<'_>, done: Done<'_>) -> Result<Embedded> {
        // What is found is kept here too: another call may forget everything while this one waits.
        let mut found: HashMap<&str, Known> = HashMap::new();
        {
            let mut known = self.known.borrow_mut();
            if known.len() > REMEMBERED {
                known.clear();
            }
            found.extend(texts.iter().filter_map(|text| Some((*text, known.get(*text)?.clone()))));
        }
        let mut seen = HashSet::new();
        let fresh: Vec<&str> =
            texts.iter().copied().filter(|text| !found.contains_key(text) && seen.insert(*text)).collect();
        let inputs = fresh.iter().map(|text| self.parts.input(text, None)).collect::<Result<Vec<_>>>()?;
        for (range, batch) in batches(&inputs, &self.parts.encoder.device) {
            let vectors = self.parts.encoder.vectors(&batch, pacer).await?;
            for (i, vector) in range.clone().zip(vectors) {
                let entry = Known { vector: vector.into(), truncated: inputs[i].truncated };
                self.known.borrow_mut().insert(fresh[i].to_owned(), entry.clone());
                found.insert(fresh[i], entry);
            }
            done(range.end, fresh.len());
        }
        let found: Vec<&Known> = texts.iter().filter_map(|text| found.get(text)).collect();
        Ok(Embedded {
            vectors: found.iter().map(|known| known.vector.clone()).collect(),
            evaluated: fresh.len(),
            truncated: found.iter().filter(|known| known.truncated).count(),
        })
    }
}

impl Embedded {
    /// Cosines of all pairs, −1..1.
    pub fn cosines(&self) -> Matrix {
        let cosine = |a: &Rc<[f32]>, b: &Rc<[f32]>| {
            if Rc::ptr_eq(a, b) {
                return 1.0; // equal texts, without rounding
            }
            let product: f64 = a.iter().zip(b.iter()).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            product.clamp(-1.0, 1.0)
        };
        self.vectors.iter().map(|a| self.vectors.iter().map(|b| cosine(a, b)).collect()).collect()
    }

    /// (1 + cosine)/2 of all pairs, 0..1.
    pub fn similarities(&self) -> Matrix {
        self.cosines().into_iter().map(|row| row.into_iter().map(|cosine| 0.5 + 0.5 * cosine).collect()).collect()
    }
}
