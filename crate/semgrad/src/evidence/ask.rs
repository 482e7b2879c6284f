//! The language model as it is asked aside while evidence is gathered: what it says next, what it thinks of a text, what
//! it replies. Every prompt goes through the chat template where the model has one.

use crate::control::Pacer;
use crate::error::{Code, Error, Result};
use crate::generate::batch::{Notes, sample};
use crate::generate::statistics::{Distribution, summarize};
use crate::generate::suffix::Interest;
use crate::generate::{Options, Session, Silent, forced_logits, generate, prefill};
use crate::model::decoder::Decoder;
use crate::ops::{cut_rows, read};
use crate::text::{ChatOptions, Message, Text};
use burn::tensor::Tensor;
use std::collections::BTreeSet;

/// A model and how it is addressed.
pub struct Asker<'a> {
    /// The network.
    pub decoder: &'a Decoder,
    /// Tokenizer and template.
    pub text: &'a Text,
    /// System message, as for the question itself.
    pub system: Option<&'a str>,
    /// Ids that end a reply.
    pub stop_ids: &'a [u32],
    /// The caller's side.
    pub pacer: &'a Pacer<'a>,
}

impl Asker<'_> {
    /// A user message as the model sees it.
    ///
    /// # Errors
    /// As [`Text::encode_chat`] and [`Decoder::check_ids`]; `context_exceeded` when `room` more tokens would not fit.
    pub fn prompt(&self, message: &str, room: usize) -> Result<Vec<u32>> {
        let ids = if self.text.has_template() {
            let message = Message { role: "user".into(), content: message.into() };
            let options = ChatOptions { system: self.system.map(str::to_owned), ..ChatOptions::default() };
            self.text.encode_chat(&[message], &options)?.ids
        } else {
            self.text.encode_base(message)?.ids
        };
        self.decoder.check_ids(&ids)?;
        let context = self.decoder.config.context;
        if ids.len() + room > context {
            return Err(Error::new(
                Code::ContextExceeded,
                format!("a prompt of {} tokens and {room} more do not fit the context of {context}.", ids.len()),
                "Shorten the question or the answers, or leave this method out.",
            ));
        }
        Ok(ids)
    }

    /// Probability that the reply to `prompt` begins with one of the words, group by group.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn masses<S: AsRef<str>>(&self, prompt: &[u32], groups: &[&[S]]) -> Result<Vec<f64>> {
        Ok(self.masses_and_state(prompt, groups, None).await?.0)
    }

    /// The same, and the hidden state `layer` where `prompt` ends; empty without a layer.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn masses_and_state<S: AsRef<str>>(
        &self,
        prompt: &[u32],
        groups: &[&[S]],
        layer: Option<usize>,
    ) -> Result<(Vec<f64>, Vec<f32>)> {
        let mut last = None;
        let mut tap = |at: usize, x: &Tensor<2>| {
            if Some(at) == layer {
                last = Some(cut_rows(x.clone(), x.dims()[0] - 1, 1));
            }
        };
        let (logits, _) = prefill(self.decoder, Session::default(), prompt, self.pacer, &mut tap).await?;
        let state = match last {
            Some(last) => read(last).await?,
            None => Vec::new(),
        };
        let distribution = Distribution::new(&read(logits).await?);
        let mass = |words: &&[S]| {
            let mut first = BTreeSet::new();
            for word in *words {
                first.extend(self.text.encode(word.as_ref())?.into_iter().next());
            }
            Ok(first.iter().filter_map(|&id| distribution.p.get(id as usize)).sum())
        };
        Ok((groups.iter().map(mass).collect::<Result<_>>()?, state))
    }

    /// Logits `[response, vocab]` that predict `response` after `prompt`.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn logits(&self, prompt: &[u32], response: &[u32]) -> Result<Tensor<2>> {
        forced_logits(self.decoder, Session::default(), prompt, response, self.pacer).await
    }

    /// ln p(response | prompt) for several responses, each as a whole.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn logprobs(&self, prompt: &[u32], responses: &[&[u32]]) -> Result<Vec<f64>> {
        // The prompt is run once.
        let (_, session) = prefill(self.decoder, Session::default(), prompt, self.pacer, &mut |_, _| ()).await?;
        let mut sums = Vec::with_capacity(responses.len());
        for response in responses {
            let logits = forced_logits(self.decoder, session.clone(), prompt, response, self.pacer).await?;
            sums.push(
                summarize(logits, response, &self.decoder.device)
                    .await?
                    .iter()
                    .map(|row| row.statistics().logprob)
                    .sum(),
            );
        }
        Ok(sums)
    }

    /// The greedy reply.
    ///
    /// # Errors
    /// As [`Asker::prompt`]; `aborted`, `device_lost`.
    pub async fn reply(&self, message: &str, max_tokens: usize) -> Result<String> {
        let prompt = self.prompt(message, max_tokens)?;
        let interest = Interest { start: prompt.len() - 1, first_layer: self.decoder.config.layers, gradients: false };
        let options = self.options(max_tokens, 0.0, 0);
        let session = Session::default();
        let run = generate(self.decoder, session, &prompt, interest, &options, self.pacer, &mut Silent).await?;
        self.text.decode(&run.ids, true)
    }

    /// Several drawn replies.
    ///
    /// # Errors
    /// `aborted`, `device_lost`.
    pub async fn replies(
        &self,
        prompt: &[u32],
        count: usize,
        max_tokens: usize,
        temperature: f64,
        seed: u64,
    ) -> Result<Vec<String>> {
        let options = self.options(max_tokens, temperature, seed);
        let session = Session::default();
        let drawn = sample(self.decoder, session, prompt, count, &options, Notes::default(), self.pacer).await?;
        drawn.iter().map(|sample| self.text.decode(&sample.ids, true)).collect()
    }

    fn options(&self, max_tokens: usize, temperature: f64, seed: u64) -> Options {
        Options { max_tokens, temperature, seed, stop_ids: self.stop_ids.to_vec() }
    }
}
