//! Opening a model with a progress bar, and what methods use besides.

use crate::adapters;
use crate::jsonl::text;
use crate::models::known::Known;
use crate::models::{Located, find, locate};
use crate::profile;
use crate::progress::bar;
use crate::stop::Stop;
use clap::Args;
use semgrad::answer::Model;
use semgrad::answer::aids::Aids;
use semgrad::answer::record::EngineNames;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::{Choice, Device, start_threads};
use semgrad::engines::{Embedder, Nli};
use semgrad::hub::Wanted;
use semgrad::perturb::synonyms::Synonyms;
use semgrad::probe::Probes;
use semgrad::profile::Profile;
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::encoder::EncoderCheckpoint;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Who judges entailment where nobody is named and somebody has to.
pub const ENTAILMENT: &str = "lexical";

/// More than any machine has cores, and few enough to be started.
const MOST_THREADS: i64 = 1024;

/// Which model, where.
#[derive(Args)]
pub struct ModelArguments {
    /// A known name, or owner/name or owner/name:Q4_K_M of Hugging Face, each downloaded once, or a GGUF file, or a folder.
    #[arg(long, default_value = Known::default_name())]
    pub model: PathBuf,
    /// auto, webgpu or cpu.
    #[arg(long, default_value = "auto")]
    pub device: String,
    /// Threads that work on the CPU; as many as there are cores if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub threads: Option<u16>,
}

impl ModelArguments {
    /// The model on this machine.
    pub fn locate(&self) -> Result<Located, Stop> {
        locate(&self.model)
    }

    /// How many threads work on the CPU. Two on one core only take turns.
    fn threads(&self) -> usize {
        let cores = || num_cpus::get_physical().min(num_cpus::get());
        self.threads.map_or_else(cores, usize::from)
    }
}

/// Who compares texts, and what else methods may use.
#[derive(Args)]
pub struct EngineArguments {
    /// Who judges entailment: lexical, judge (the language model itself), or the folder of a cross-encoder, or its owner/name on Hugging Face.
    #[arg(long)]
    nli: Option<String>,
    /// Who compares texts: lexical, or the folder of a sentence encoder, or its owner/name on Hugging Face.
    #[arg(long)]
    embed: Option<String>,
    /// A list of synonyms: other wordings of a question are then searched instead of asked for.
    #[arg(long, value_name = "FILE")]
    synonyms: Option<PathBuf>,
    /// Probes made by `semgrad probe`.
    #[arg(long, value_name = "FILE")]
    probes: Option<PathBuf>,
}

impl EngineArguments {
    /// These two alone.
    pub fn named(nli: Option<String>, embed: Option<String>) -> Self {
        Self { nli, embed, synonyms: None, probes: None }
    }

    /// Loads what is named, to the model's device, and says what requests are to use.
    pub fn attach(&self, model: &Model) -> Result<EngineNames, Stop> {
        let (aids, names) = self.load(&model.decoder.device)?;
        model.aids.replace(aids);
        Ok(names)
    }

    /// Folder names of the encoders for `embed` and `nli`, where folders were named.
    pub fn encoders(&self) -> [Option<String>; 2] {
        [&self.embed, &self.nli].map(|name| {
            let folder = name.as_deref().filter(|name| !["lexical", "judge", "none"].contains(name))?;
            Some(Path::new(folder).file_name().map_or(folder.into(), |name| name.to_string_lossy().into_owned()))
        })
    }

    /// Who judges entailment: the name of what is built in, or of the cross-encoder's folder.
    pub fn entailment(&self) -> Option<String> {
        let [_, folder] = self.encoders();
        folder.or_else(|| self.nli.clone())
    }

    /// Loads what is named, and says what requests are to use.
    pub fn load(&self, device: &Device) -> Result<(Aids, EngineNames), Stop> {
        let pacer = Pacer::new(&Uninterrupted);
        let mut names = EngineNames::default();
        let built_in = |name: &str| ["lexical", "judge"].contains(&name);
        let mut aids = Aids::default();
        if let Some(name) = &self.nli {
            names.nli = Some(if built_in(name) { name.clone() } else { "encoder".into() });
        }
        if let Some(name) = &self.embed {
            names.embed = Some(if built_in(name) { name.clone() } else { "encoder".into() });
        }
        let files = |name: &Option<String>| match name.as_ref().filter(|name| !built_in(name)) {
            Some(name) => find(Path::new(name), Wanted::Encoder)?.files().map(Some),
            None => Ok(None),
        };
        let (nli, embedder) = (files(&self.nli)?, files(&self.embed)?);
        pollster::block_on(async {
            if let Some(files) = nli {
                let checkpoint = EncoderCheckpoint::open(files).await?;
                aids.nli = Some(Rc::new(Nli::load(&checkpoint, device, &pacer, &mut |_, _, _| ()).await?));
            }
            if let Some(files) = embedder {
                let checkpoint = EncoderCheckpoint::open(files).await?;
                aids.embedder = Some(Rc::new(Embedder::load(&checkpoint, device, &pacer, &mut |_, _, _| ()).await?));
            }
            if let Some(path) = &self.synonyms {
                aids.synonyms = Some(Rc::new(Synonyms::parse(&text(path)?)?));
            }
            if let Some(path) = &self.probes {
                aids.probes = Some(Rc::new(Probes::parse(&text(path)?)?));
            }
            Ok(())
        })
        .map_err(Stop::Failed)?;
        Ok((aids, names))
    }
}

/// Today, YYYY-MM-DD, by the system's clock.
pub fn today() -> String {
    jiff::Timestamp::now().strftime("%F").to_string()
}

/// What runs on top of the model.
#[derive(Args)]
pub struct AdapterArguments {
    /// An adapter of this model: the folder that `semgrad tune` left, a PEFT folder, a GGUF file, or owner/name on Hugging Face.
    #[arg(long, value_name = "PATH")]
    pub adapter: Option<PathBuf>,
}

/// Opens the model with its adapter and with the profile that belongs to it ([`profile::of`]).
pub fn open(arguments: &ModelArguments, adapter: &AdapterArguments, profile: Option<&Path>) -> Result<Model, Stop> {
    // A mistake in the device is no reason to download a model.
    let _: Choice = arguments.device.parse().map_err(Stop::Failed)?;
    let located = arguments.locate()?;
    let profile = profile::of(&located, profile)?;
    let model = start(&located, arguments, profile)?;
    if let Some(path) = &adapter.adapter {
        adapters::attach(&model, &located, path)?;
    }
    Ok(model)
}

/// Opens a model that is here, on the device and the threads that the arguments name.
pub fn start(located: &Located, arguments: &ModelArguments, profile: Option<Profile>) -> Result<Model, Stop> {
    let choice: Choice = arguments.device.parse().map_err(Stop::Failed)?;
    // A command's second model finds the threads of its first, and one thread is what there is without any.
    let _ = start_threads(arguments.threads());
    let files = located.files()?;
    let bar = bar("Loading  {bytes}/{total_bytes}  {bytes_per_sec}  {bar:30}");
    let model = pollster::block_on(async {
        let device = Device::open(choice).await?;
        let checkpoint = Checkpoint::open(files).await?;
        let mut progress = |done, total, _: &str| {
            bar.set_length(total);
            bar.set_position(done);
        };
        Model::load(&checkpoint, &device, profile, &Pacer::new(&Uninterrupted), &mut progress).await
    });
    bar.finish_and_clear();
    let model = model.map_err(Stop::Failed)?;
    let device = &model.decoder.device;
    eprintln!("{} on {} ({})", located.shown(), device.name(), device.adapter.as_ref().unwrap_or(&device.reason));
    Ok(model)
}
