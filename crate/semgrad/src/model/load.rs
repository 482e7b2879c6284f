//! Reading tensors onto a device, one at a time.

use super::linear::Linear;
use super::weight::Weight;
use crate::control::Pacer;
use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::weights::format::{Format, dequantize_row};
use crate::weights::tensors::{RawTensor, Tensors};
use burn::tensor::Tensor;
use std::cell::RefCell;

/// What is told of each tensor: bytes done, bytes in all, its name.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64, &str);

/// A reader that counts, gives way, and moves what it reads to the device.
pub struct Loader<'a, 'c> {
    tensors: &'a Tensors,
    device: &'a Device,
    pacer: &'a Pacer<'c>,
    progress: Progress<'a>,
    done: u64,
}

impl<'a, 'c> Loader<'a, 'c> {
    /// Nothing read yet.
    pub fn new(tensors: &'a Tensors, device: &'a Device, pacer: &'a Pacer<'c>, progress: Progress<'a>) -> Self {
        Self { tensors, device, pacer, progress, done: 0 }
    }

    /// Where tensors go.
    pub fn device(&self) -> &'a Device {
        self.device
    }

    /// Whether the model has this tensor.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.get(name).is_some()
    }

    /// A tensor as the file holds it.
    ///
    /// # Errors
    /// Those of the source, `aborted`.
    pub async fn raw(&mut self, name: &str) -> Result<RawTensor> {
        self.pacer.tick().await?;
        let raw = self.tensors.read(name).await?;
        self.done += raw.data.len() as u64;
        (self.progress)(self.done, self.tensors.total_bytes(), name);
        Ok(raw)
    }

    /// A matrix, which stays packed.
    ///
    /// # Errors
    /// As [`Loader::raw`] and [`Weight::new`].
    pub async fn matrix(&mut self, name: &str) -> Result<Weight> {
        let raw = self.raw(name).await?;
        Weight::new(name, raw, self.device)
    }

    /// A vector's numbers.
    ///
    /// # Errors
    /// As [`Loader::raw`]; `corrupt_weights` for anything but a vector.
    pub async fn values(&mut self, name: &str) -> Result<Vec<f32>> {
        let raw = self.raw(name).await?;
        if raw.shape.len() != 1 || raw.format != Format::F32 {
            return Err(Error::new(
                Code::CorruptWeights,
                format!("tensor {name} has shape {:?} ({}), a vector was expected.", raw.shape, raw.format.name()),
                "Download the file again.",
            ));
        }
        let mut values = vec![0.0f32; raw.data.len() / size_of::<f32>()];
        dequantize_row(Format::F32, &raw.data, &mut values);
        Ok(values)
    }

    /// A vector.
    ///
    /// # Errors
    /// As [`Loader::values`].
    pub async fn vector(&mut self, name: &str) -> Result<Tensor<1>> {
        let values = self.values(name).await?;
        let width = values.len();
        Ok(crate::ops::upload(values, [width], &self.device.burn))
    }

    /// A linear layer: `name.weight` and, where it has one, `name.bias`.
    ///
    /// # Errors
    /// As [`Loader::matrix`] and [`Loader::vector`].
    pub async fn linear(&mut self, name: &str, bias: bool) -> Result<Linear> {
        let weight = self.matrix(&format!("{name}.weight")).await?;
        let bias = if bias { Some(self.vector(&format!("{name}.bias")).await?) } else { None };
        Ok(Linear { name: name.to_owned(), weight, bias, change: RefCell::default() })
    }
}
