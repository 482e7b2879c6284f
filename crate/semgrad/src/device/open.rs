//! Opens a device: looks for a GPU, compares its kernels with the CPU's, and falls back where they differ.

use super::handle::Device;
use super::self_test;
use crate::error::{Code, Error, Result};
use crate::ops::launch::{is_software, set_software, set_subgroups, uses_subgroups};
use async_lock::OnceCell;
use burn::backend::wgpu::wgpu::{self, DeviceType};
use burn::tensor::Device as BurnDevice;

/// Steps of greedy decoding that a GPU is told beyond the one whose token is being read: one is running, one is waiting for
/// its turn, and one makes up for a host that was busy elsewhere. Each of them is wasted where an answer ends by itself.
const IN_FLIGHT: usize = 3;

/// What the caller asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// WebGPU if there is a GPU behind it and it passes its self-test, else the CPU.
    #[default]
    Auto,
    /// WebGPU or an error.
    Webgpu,
    /// The CPU.
    Cpu,
}

impl std::str::FromStr for Choice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "auto" => Ok(Self::Auto),
            "webgpu" => Ok(Self::Webgpu),
            "cpu" => Ok(Self::Cpu),
            _ => Err(Error::new(
                Code::BadInput,
                format!("unknown device {text:?}."),
                "Use \"auto\", \"webgpu\" or \"cpu\".",
            )),
        }
    }
}

impl Device {
    /// Opens the device of `choice` and compares its kernels with the CPU's.
    ///
    /// # Errors
    /// `no_webgpu` or `self_test_failed` when WebGPU was demanded and is missing or wrong.
    pub async fn open(choice: Choice) -> Result<Self> {
        match choice {
            Choice::Cpu => Ok(Self::cpu("chosen by the caller")),
            Choice::Webgpu => Self::webgpu().await,
            Choice::Auto => Ok(match Self::graphics().await {
                Ok(device) => device,
                Err(error) => Self::cpu(format!("WebGPU is not used: {}", error.message)),
            }),
        }
    }

    /// WebGPU on a GPU. An adapter that runs shaders on the CPU is many times slower than this crate's own loops there.
    async fn graphics() -> Result<Self> {
        Self::opened().await?;
        if is_software() {
            let why = "the adapter is software, which is slower than the CPU device.";
            return Err(Error::new(Code::NoWebgpu, why, "Use the CPU device."));
        }
        Self::webgpu().await
    }

    /// Compares the encoders' kernels with the CPU's; nothing to do there. As at the start, subgroups are given up where
    /// they fail.
    ///
    /// # Errors
    /// `self_test_failed` when the GPU computes one wrongly.
    pub(crate) async fn test_encoders(&self) -> Result<()> {
        if self.is_gpu() { fall_back(async || self_test::encoders(&self.burn).await).await.map(drop) } else { Ok(()) }
    }

    /// The same of the kernels of short convolutions.
    ///
    /// # Errors
    /// `self_test_failed` when the GPU computes one wrongly.
    pub(crate) async fn test_convolutions(&self) -> Result<()> {
        if self.is_gpu() {
            fall_back(async || self_test::convolutions(&self.burn).await).await.map(drop)
        } else {
            Ok(())
        }
    }

    /// The same of the kernels of training.
    ///
    /// # Errors
    /// `self_test_failed` when the GPU computes one wrongly.
    pub(crate) async fn test_training(&self) -> Result<()> {
        if self.is_gpu() { fall_back(async || self_test::training(&self.burn).await).await.map(drop) } else { Ok(()) }
    }

    /// The process's GPU, tested.
    async fn webgpu() -> Result<Self> {
        static TESTED: OnceCell<Device> = OnceCell::new();
        TESTED.get_or_try_init(async || Self::opened().await?.tested().await).await.cloned()
    }

    /// The process's GPU: Burn registers one runtime and cannot configure it twice, however many models are loaded.
    async fn opened() -> Result<Self> {
        static OPENED: OnceCell<Device> = OnceCell::new();
        OPENED.get_or_try_init(Self::open_webgpu).await.cloned()
    }

    async fn open_webgpu() -> Result<Self> {
        let (burn, setup) = BurnDevice::wgpu_options().init_with_setup_async().await.map_err(|error| {
            // The reason proper is the first line; adapters that were not tried follow it.
            let reason = error.to_string();
            Error::new(
                Code::NoWebgpu,
                format!("WebGPU is not available ({}).", reason.split([';', '\n']).next().unwrap_or_default()),
                "Use a browser with WebGPU enabled, or the CPU device.",
            )
        })?;
        let info = setup.adapter.get_info();
        #[cfg(not(target_family = "wasm"))]
        super::facts::keep(&setup.adapter, &setup.device);
        let (software, subgroups) = (info.device_type == DeviceType::Cpu, has_subgroups(&setup.device));
        set_software(software);
        set_subgroups(subgroups && !software);
        let name = Some(info.name).filter(|name| !name.is_empty());
        Ok(Self {
            burn,
            adapter: Some(name.unwrap_or_else(|| "unnamed adapter".into())),
            reason: "WebGPU passed its self-test".into(),
            subgroups,
            max_binding: Some(setup.device.limits().max_storage_buffer_binding_size),
            in_flight: IN_FLIGHT,
        })
    }

    /// Compares the kernels with the CPU's.
    async fn tested(mut self) -> Result<Self> {
        match fall_back(async || self_test::decoders(&self.burn).await).await? {
            Some(error) => self.reason += &format!(" without subgroups: with them, {}", error.message),
            None if uses_subgroups() => self.reason += " with subgroups",
            None => {}
        }
        Ok(self)
    }
}

/// Whether shaders can use subgroups on `device`.
fn has_subgroups(device: &wgpu::Device) -> bool {
    #[cfg(target_family = "wasm")]
    {
        // wgpu knows nothing of them in browsers; the package asks for them.
        let _ = device;
        js_sys::Reflect::get(&js_sys::global(), &"semgradSubgroups".into()).is_ok_and(|has| has.is_truthy())
    }
    #[cfg(not(target_family = "wasm"))]
    device.features().contains(wgpu::Features::SUBGROUP)
}

/// Tests once more without subgroups where the kernels fail with them, and says how they did.
async fn fall_back(test: impl AsyncFn() -> Result<()>) -> Result<Option<Error>> {
    match test().await {
        Err(error) if uses_subgroups() => {
            set_subgroups(false);
            test().await.map(|()| Some(error))
        }
        tested => tested.map(|()| None),
    }
}
