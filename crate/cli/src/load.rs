//! Opening a model from a path, with a progress bar, and its profile.

use crate::jsonl::text;
use crate::stop::Stop;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use semgrad::Error;
use semgrad::answer::Model;
use semgrad::answer::aids::Aids;
use semgrad::answer::record::EngineNames;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::{Choice, Device};
use semgrad::engines::{Embedder, Nli};
use semgrad::perturb::synonyms::Synonyms;
use semgrad::probe::Probes;
use semgrad::profile::Profile;
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::encoder::EncoderCheckpoint;
use semgrad::weights::source::{ModelFile, open_path};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Bytes hashed at a time.
const CHUNK: usize = 1 << 20;

/// Which model, where.
#[derive(Args)]
pub struct ModelArguments {
    /// A GGUF file or a Hugging Face folder.
    #[arg(long)]
    pub model: PathBuf,
    /// auto, webgpu or cpu.
    #[arg(long, default_value = "auto")]
    pub device: String,
}

/// Who compares texts, and what else methods may use.
#[derive(Args)]
pub struct EngineArguments {
    /// Who judges entailment: lexical, judge (the language model itself), or the folder of a cross-encoder.
    #[arg(long)]
    nli: Option<String>,
    /// Who compares texts: lexical, or the folder of a sentence encoder.
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
        pollster::block_on(async {
            let open = async |name: &String| EncoderCheckpoint::open(open_path(Path::new(name))?).await;
            if let Some(name) = self.nli.as_ref().filter(|name| !built_in(name)) {
                let nli = Nli::load(&open(name).await?, device, &pacer, &mut |_, _, _| ()).await?;
                aids.nli = Some(Rc::new(nli));
            }
            if let Some(name) = self.embed.as_ref().filter(|name| !built_in(name)) {
                let embedder = Embedder::load(&open(name).await?, device, &pacer, &mut |_, _, _| ()).await?;
                aids.embedder = Some(Rc::new(embedder));
            }
            if let Some(path) = &self.synonyms {
                aids.synonyms = Some(Rc::new(Synonyms::parse(&text(path)?)?));
            }
            if let Some(path) = &self.probes {
                aids.probes = Some(Rc::new(Probes::parse(&text(path)?)?));
            }
            Ok(())
        })
        .map_err(Stop::Fatal)?;
        Ok((aids, names))
    }
}

/// Today, YYYY-MM-DD, by the system's clock.
pub fn today() -> String {
    jiff::Timestamp::now().strftime("%F").to_string()
}

/// Opens the model. `profile`: a file, `none`, or nothing for the one beside the weights.
pub fn open(arguments: &ModelArguments, profile: Option<&Path>) -> Result<Model, Stop> {
    let choice: Choice = arguments.device.parse().map_err(Stop::Usage)?;
    let files = open_path(&arguments.model).map_err(Stop::Fatal)?;
    let profile = read_profile(&arguments.model, profile)?;
    let profile = match profile {
        Some((path, profile)) if profile.key.weights != hash(&files).map_err(Stop::Fatal)? => {
            eprintln!("warning: the profile {} belongs to other weights and is not used.", path.display());
            None
        }
        profile => profile.map(|(_, profile)| profile),
    };
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
    let model = model.map_err(Stop::Fatal)?;
    let device = &model.decoder.device;
    eprintln!(
        "{} on {} ({})",
        arguments.model.display(),
        device.name(),
        device.adapter.as_ref().unwrap_or(&device.reason)
    );
    Ok(model)
}

/// SHA-256 of the weight files in order of their names.
pub fn hash(files: &[ModelFile]) -> Result<String, Error> {
    let mut files: Vec<_> =
        files.iter().filter(|f| f.name.ends_with(".gguf") || f.name.ends_with(".safetensors")).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in files {
        let mut offset = 0;
        while offset < file.source.size() {
            let length = CHUNK.min((file.source.size() - offset) as usize);
            hash.update(pollster::block_on(file.source.read_at(offset, length))?);
            offset += length as u64;
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Where a model's own profile lies: `model.gguf.profile.json`, or `profile.json` in the folder.
pub fn profile_path(model: &Path) -> PathBuf {
    if model.is_dir() { model.join("profile.json") } else { PathBuf::from(format!("{}.profile.json", model.display())) }
}

fn read_profile(model: &Path, wanted: Option<&Path>) -> Result<Option<(PathBuf, Profile)>, Stop> {
    let path = match wanted {
        Some(path) if path.as_os_str() == "none" => return Ok(None),
        Some(path) => path.to_owned(),
        None => profile_path(model),
    };
    if wanted.is_none() && !path.exists() {
        return Ok(None);
    }
    let json = text(&path).map_err(|error| {
        let message = format!("the profile cannot be read: {}", error.message);
        Stop::bad_input(message, "Check the path, or use --profile none.")
    })?;
    Ok(Some((path, Profile::parse(&json).map_err(Stop::Usage)?)))
}

/// A progress bar on standard error.
pub fn bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    // The templates are constants of this program; without one the bar is plain.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
