//! Values on their way from the device to the host, while the device goes on.

use super::launch::contiguous;
use crate::error::{Code, Error, Result};
use burn::backend::{BackendTensor, DispatchTensorKind};
use burn::tensor::{Bytes, Tensor};
use cubecl::future::{DynFut, spawn_detached};
use cubecl::server::ServerError;
use std::task::{Context, Poll, Waker};

/// A tensor whose values were asked for. The copy is queued behind the work that makes them when the reading begins, not
/// when it is awaited: what is queued after it does not delay it. (Burn's own asynchronous read begins when it is first
/// polled, and on native devices copies only when the bytes are looked at, behind everything that was queued by then.)
///
/// One that is not wanted any more still ends by itself: the buffer that it maps is used again as soon as the reading is
/// gone, and would still be mapped.
pub struct Reading(Stage);

type Copied = std::result::Result<Vec<Bytes>, ServerError>;

enum Stage {
    Device(DynFut<Copied>),
    Copied(Copied),
    /// The CPU device has computed them already.
    Host(Result<Vec<f32>>),
}

impl Reading {
    /// Asks for the values of `tensor`.
    pub fn begin<const D: usize>(tensor: Tensor<D>) -> Self {
        let cube = match tensor.into_dispatch().kind {
            DispatchTensorKind::Cube(BackendTensor::Float(cube)) => contiguous(cube),
            DispatchTensorKind::Flex(BackendTensor::Float(flex)) => {
                // Not copied where nobody else has the tensor.
                let values = flex.into_data().try_into_vec::<f32>();
                return Self(Stage::Host(values.map_err(|error| lost(format!("{error:?}")))));
            }
            _ => return Self(Stage::Host(Err(Error::internal("only tensors of floats can be read.")))),
        };
        let mut copy: DynFut<Copied> = Box::pin(async move { cube.client.read_async(vec![cube.handle]).await });
        // The first poll queues the copy. Whoever awaits it later is woken then.
        Self(match copy.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(copied) => Stage::Copied(copied),
            Poll::Pending => Stage::Device(copy),
        })
    }

    /// The values, row by row.
    ///
    /// # Errors
    /// `device_lost` when the device cannot answer.
    pub async fn end(mut self) -> Result<Vec<f32>> {
        let copied = match &mut self.0 {
            // Stays where it is until it has ended: this may be dropped while it waits.
            Stage::Device(copy) => copy.as_mut().await,
            Stage::Copied(copied) => std::mem::replace(copied, Ok(Vec::new())),
            Stage::Host(values) => return std::mem::replace(values, Ok(Vec::new())),
        };
        self.0 = Stage::Copied(Ok(Vec::new()));
        let bytes = copied.map_err(|error| lost(error.to_string()))?;
        Ok(bytes.iter().flat_map(|part| part.as_chunks().0).map(|value| f32::from_le_bytes(*value)).collect())
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Stage::Device(copy) = std::mem::replace(&mut self.0, Stage::Copied(Ok(Vec::new()))) {
            spawn_detached(async move { drop(copy.await) });
        }
    }
}

/// Brings a tensor's values to the host; waits for the device without blocking the event loop.
///
/// # Errors
/// `device_lost` when the device cannot answer.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    Reading::begin(tensor).end().await
}

fn lost(reason: String) -> Error {
    // What follows are the layers of a library that handed it on.
    let reason = reason.lines().next().unwrap_or_default();
    Error::new(
        Code::DeviceLost,
        format!("the device that computes was lost ({reason})."),
        "Load the model again, on the CPU if this repeats.",
    )
}
