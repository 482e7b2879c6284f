//! The compute pipelines that a model needs, compiled before it is there.
//!
//! A driver compiles a pipeline when its kernel is first launched, and everything queued after it waits. Which pipelines a
//! model needs is known from its header: they differ by block format, width of a head and kind of activation, not by the
//! model's size. So a [stand-in](Checkpoint::stand_in) of the same kind answers a prompt of its own, through the very code
//! that the model will run, while the real weights are still on their way.

use crate::control::Pacer;
use crate::device::Device;
use crate::error::Result;
use crate::evidence::loss::Loss;
use crate::evidence::pass::Pass;
use crate::generate::suffix::Interest;
use crate::generate::{Options, Session, Silent, generate};
use crate::model::decoder::Decoder;
use crate::weights::checkpoint::Checkpoint;
use crate::weights::config::Activation;
use crate::weights::families::family::Layer;
use crate::weights::format::Format;
use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Tokens of the prompt before the suffix (more than lanes share a row for) and of the suffix (about a chat template's header).
const PROMPT: [usize; 2] = [24, 6];

/// What is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// What the first answer needs.
    Answer,
    /// And what its gradients need: with time to spare, while a download goes on.
    Gradients,
}

thread_local! {
    /// For which kinds of model that was done: pipelines stay with the device, which the process has one of.
    static DONE: RefCell<Vec<(Kind, Extent)>> = const { RefCell::new(Vec::new()) };
}

/// What decides about pipelines: widths, activation, the kinds of layers, and the formats of all tensors, whose number tells
/// norms and biases.
type Kind = ([usize; 3], Activation, Vec<Layer>, Vec<Format>);

/// Compiles for `checkpoint`, of which only the header is read; once for each kind of model, and on a GPU only.
///
/// # Errors
/// `aborted`, `device_lost`. They are the load's own to report: what is not compiled here is compiled when it is needed.
pub async fn warm_up(checkpoint: &Checkpoint, device: &Device, extent: Extent, pacer: &Pacer<'_>) -> Result<()> {
    if !device.is_gpu() {
        return Ok(());
    }
    let stand_in = checkpoint.stand_in()?;
    let config = &stand_in.config;
    let formats = stand_in.tensors().map(|tensor| tensor.format).collect();
    let kind: Kind =
        ([config.hidden, config.intermediate, config.head_dim], config.activation, config.kinds.clone(), formats);
    if DONE.with_borrow(|all| all.iter().any(|(done, reached)| *done == kind && *reached >= extent)) {
        return Ok(());
    }
    DONE.with_borrow_mut(|all| all.push((kind, extent)));

    let decoder = Decoder::load(&stand_in, device, pacer, &mut |_, _, _| ()).await?;
    let prompt = [0; PROMPT[0] + PROMPT[1]];
    let interest = Interest { start: PROMPT[0], first_layer: 0, gradients: true };
    let options = Options { max_tokens: 2, temperature: 0.0, seed: 0, stop_ids: Vec::new() };
    let run = generate(&decoder, Session::default(), &prompt, interest, &options, pacer, &mut Silent).await?;
    if extent == Extent::Gradients {
        let loss = Loss::entropy_weighted(0..run.ids.len());
        let pass = Pass::run(&decoder, run.suffix, prompt.len(), &run.ids, pacer).await?;
        pass.head_gradient(&loss).await?;
        pass.hidden_gradients(&loss, 0, pacer, &mut ()).await?;
    }
    Ok(())
}

/// What `first` gives, once `second` has ended as well: both go on whenever the other waits.
pub async fn beside<A, B>(first: impl Future<Output = A>, second: impl Future<Output = B>) -> A {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut given, mut ended) = (None, false);
    poll_fn(|context| {
        ended = ended || second.as_mut().poll(context).is_ready();
        if given.is_none()
            && let Poll::Ready(value) = first.as_mut().poll(context)
        {
            given = Some(value);
        }
        match ended.then(|| given.take()).flatten() {
            Some(value) => Poll::Ready(value),
            None => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::answer::{Model, Unobserved};
    use crate::control::Uninterrupted;
    use crate::ops::launch::USED;
    use crate::ops::tests::{devices, with_either_kind};
    use crate::weights::fixtures::{reference, tiny};
    use crate::weights::source::open_path;
    use semgrad_scores::record::Request;

    #[test]
    fn the_first_answer_and_its_gradients_find_every_pipeline_compiled() {
        let pacer = Pacer::new(&Uninterrupted);
        for device in devices().iter().filter(|device| device.is_gpu()) {
            with_either_kind(|| {
                for name in tiny() {
                    let files = open_path(&reference(&format!("tiny/{name}"))).unwrap();
                    let checkpoint = pollster::block_on(Checkpoint::open(files)).unwrap();
                    // The kernels of the other kind of adapter are other ones.
                    DONE.with_borrow_mut(Vec::clear);
                    USED.with_borrow_mut(|used| used.clear());
                    pollster::block_on(warm_up(&checkpoint, device, Extent::Gradients, &pacer)).unwrap();
                    let compiled = USED.take();
                    let request = Request {
                        prompt_ids: Some((1..40).collect()),
                        max_tokens: Some(4),
                        semantic_position: Some("-5".into()),
                        ..Request::default()
                    };
                    let run = async {
                        let model = Model::load(&checkpoint, device, None, &pacer, &mut |_, _, _| ()).await?;
                        model.run(&request, &pacer, &mut Unobserved).await
                    };
                    pollster::block_on(run).unwrap();
                    let used = USED.take();
                    let missing: Vec<_> = used.difference(&compiled).collect();
                    assert!(missing.is_empty() && used.len() > 15, "{name}: {missing:?}");
                }
            });
        }
    }

    #[test]
    fn what_runs_beside_ends_before_the_result_is_given() {
        let (mut turns, mut waited) = (0, 0);
        let slow = poll_fn(|context| {
            turns += 1;
            context.waker().wake_by_ref();
            if turns < 3 { Poll::Pending } else { Poll::Ready(()) }
        });
        let quick = poll_fn(|_| {
            waited += 1;
            Poll::Ready(7)
        });
        assert_eq!(pollster::block_on(beside(quick, slow)), 7);
        assert_eq!((turns, waited), (3, 1));
    }
}
