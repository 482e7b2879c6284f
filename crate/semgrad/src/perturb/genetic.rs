//! Genetic search for other wordings that keep the meaning (GAAP, arXiv 2506.09684 §4.2).
//!
//! Generation 0 holds every text in which one keyword is replaced or left out. The fitness of a text is its similarity
//! to the question. Each generation draws parents by fitness, crosses and mutates them, and keeps parents, children and
//! mutants; texts are taken from every second generation, so that the later ones are further from the question. It ends
//! when nothing is close to the question any more.
//!
//! The paper does not publish its numbers except δ = 0.7; see [`Options`]. Other choices of ours:
//! - A keyword is a content word with substitutes; those without which the question is least like itself come first
//!   (the paper asks KeyBERT, another model). What has a capital inside the text is a name and stays.
//! - Crossover cuts between keywords, and a word left out leaves its place: both parents are always cut at the same spot.

use super::Random;
use super::synonyms::Synonyms;
use crate::error::{Error, Result};
use crate::spans::stop_words::is_stop_word;
use crate::spans::words::words;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Numbers of the search. It costs one similarity per word with substitutes, `breadth` in generation 0 and at most
/// 2 · `parents` in each later one.
#[derive(Clone, Debug)]
pub struct Options {
    /// Texts wanted; 9 in the paper.
    pub count: usize,
    /// Keywords as a share of all words: half.
    pub ratio: f64,
    /// Most texts of generation 0: 40, a random choice of more.
    pub breadth: usize,
    /// Parents of a generation: 10. They have as many children, and as many of these mutate.
    pub parents: usize,
    /// Last generation: 6.
    pub generations: usize,
    /// Texts are taken from generations 0, τ, 2τ, …: 2.
    pub every: usize,
    /// The search ends when no text is at least this similar to the question: 0.7, as in the paper.
    pub floor: f64,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { count: 9, ratio: 0.5, breadth: 40, parents: 10, generations: 6, every: 2, floor: 0.7, seed: 0 }
    }
}

/// By keyword: 0 leaves it out, 1 is the word itself, 2.. its substitutes.
type Genome = Vec<usize>;

/// Searches other wordings of `question`: up to `options.count` different ones, fewer when the words have no
/// substitutes. `similarity` compares the question with several texts at once, 0..1; each text is asked about once.
///
/// # Errors
/// Those of `similarity`; `internal` when it answers about another number of texts.
pub async fn search(
    question: &str,
    synonyms: &Synonyms,
    options: &Options,
    similarity: impl AsyncFnMut(&str, &[String]) -> Result<Vec<f64>>,
) -> Result<Vec<String>> {
    let mut random = Random::new(options.seed);
    let mut fitness = Fitness { question, known: BTreeMap::new(), similarity };
    let slots = keywords(question, synonyms, options.ratio, &mut fitness).await?;
    let mut population = first_generation(&slots);
    population = random.pick(&mut population, options.breadth).to_vec();

    let mut taken: Vec<BTreeSet<String>> = Vec::new();
    for generation in 0..=options.generations {
        let texts: Vec<String> = population.iter().map(|genome| write(question, &slots, genome)).collect();
        let values = fitness.of(&texts).await?;
        if generation % options.every.max(1) == 0 {
            // Nothing can be asked with punctuation alone.
            taken.push(texts.into_iter().filter(|text| text != question && !words(text).is_empty()).collect());
        }
        if !values.iter().any(|&v| v >= options.floor) || generation == options.generations {
            break;
        }
        population = next_generation(&population, &values, &slots, options.parents, &mut random);
    }
    Ok(sample(taken, options.count, &mut random))
}

/// A keyword: where it stands, and what can stand there instead.
struct Slot {
    place: Range<usize>,
    substitutes: Vec<String>,
}

/// Similarities to the question, each asked for once.
struct Fitness<'a, F> {
    question: &'a str,
    known: BTreeMap<String, f64>,
    similarity: F,
}

impl<F: AsyncFnMut(&str, &[String]) -> Result<Vec<f64>>> Fitness<'_, F> {
    async fn of(&mut self, texts: &[String]) -> Result<Vec<f64>> {
        let new: BTreeSet<&String> = texts.iter().filter(|text| !self.known.contains_key(*text)).collect();
        let new: Vec<String> = new.into_iter().cloned().collect();
        if !new.is_empty() {
            let values = (self.similarity)(self.question, &new).await?;
            if values.len() != new.len() {
                return Err(Error::internal("similarities are missing in the search for wordings."));
            }
            // A similarity that is no number makes no parent.
            let usable = |v: f64| if v.is_finite() { v.max(0.0) } else { 0.0 };
            self.known.extend(new.into_iter().zip(values.into_iter().map(usable)));
        }
        Ok(texts.iter().map(|text| self.known.get(text).copied().unwrap_or_default()).collect())
    }
}

/// The content words with substitutes that matter most, in the order of the text.
async fn keywords<F: AsyncFnMut(&str, &[String]) -> Result<Vec<f64>>>(
    question: &str,
    synonyms: &Synonyms,
    ratio: f64,
    fitness: &mut Fitness<'_, F>,
) -> Result<Vec<Slot>> {
    let words = words(question);
    let wanted = ((words.len() as f64 * ratio) as usize).max(1);
    let begin = words.first().map_or(0, |first| first.start);
    let slot = |place: Range<usize>| {
        let word = &question[place.clone()];
        let name = place.start > begin && word.starts_with(char::is_uppercase);
        let substitutes = if name || is_stop_word(word) { Vec::new() } else { synonyms.of(word) };
        (!substitutes.is_empty()).then_some(Slot { place, substitutes })
    };
    let slots: Vec<Slot> = words.into_iter().filter_map(slot).collect();
    let without: Vec<String> = slots.iter().map(|slot| replace(question, &slot.place, "")).collect();
    let left = fitness.of(&without).await?;
    let mut ranked: Vec<(f64, Slot)> = left.into_iter().zip(slots).collect();
    // Where the similarity sees no difference, longer words say more. The sort keeps the order of equals.
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.place.len().cmp(&a.1.place.len())));
    ranked.truncate(wanted);
    ranked.sort_by_key(|(_, slot)| slot.place.start);
    Ok(ranked.into_iter().map(|(_, slot)| slot).collect())
}

/// One keyword changed.
fn first_generation(slots: &[Slot]) -> Vec<Genome> {
    let mut population = Vec::new();
    for (i, slot) in slots.iter().enumerate() {
        for gene in (0..slot.substitutes.len() + 2).filter(|&gene| gene != 1) {
            let mut genome = vec![1; slots.len()];
            genome[i] = gene;
            population.push(genome);
        }
    }
    population
}

/// Parents drawn by fitness, their children, and mutants of these.
fn next_generation(
    population: &[Genome],
    fitness: &[f64],
    slots: &[Slot],
    count: usize,
    random: &mut Random,
) -> Vec<Genome> {
    let parents: Vec<&Genome> = (0..count).map(|_| &population[random.weighted(fitness)]).collect();
    let mut next: BTreeSet<Genome> = parents.iter().map(|&genome| genome.clone()).collect();
    for pair in parents.chunks_exact(2) {
        let cut = random.below(slots.len()) + 1;
        for (head, tail) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let child = [&head[..cut], &tail[cut..]].concat();
            let mut mutant = child.clone();
            let at = random.below(slots.len());
            mutant[at] = random.below(slots[at].substitutes.len() + 2);
            next.extend([child, mutant]);
        }
    }
    next.into_iter().collect()
}

/// The text of a genome.
fn write(question: &str, slots: &[Slot], genome: &Genome) -> String {
    let mut text = question.to_owned();
    for (slot, &gene) in slots.iter().zip(genome).rev() {
        match gene {
            0 => text = replace(&text, &slot.place, ""),
            1 => {}
            _ => text.replace_range(slot.place.clone(), &slot.substitutes[gene - 2]),
        }
    }
    text
}

/// Text with a word exchanged; with nothing in its place, one of the spaces around it goes, too.
fn replace(text: &str, place: &Range<usize>, by: &str) -> String {
    let (before, after) = (&text[..place.start], &text[place.end..]);
    match before.strip_suffix(' ') {
        Some(before) if by.is_empty() => format!("{before}{after}"),
        None if by.is_empty() && before.is_empty() => after.trim_start().to_owned(),
        _ => format!("{before}{by}{after}"),
    }
}

/// Different texts, from the generations in turn.
fn sample(generations: Vec<BTreeSet<String>>, count: usize, random: &mut Random) -> Vec<String> {
    let mut pools: Vec<Vec<String>> = generations.into_iter().map(|texts| texts.into_iter().collect()).collect();
    let mut out: Vec<String> = Vec::new();
    while out.len() < count && pools.iter().any(|pool| !pool.is_empty()) {
        for pool in pools.iter_mut().filter(|pool| !pool.is_empty()) {
            let text = pool.swap_remove(random.below(pool.len()));
            if out.len() < count && !out.contains(&text) {
                out.push(text);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = "Which large rivers flow through the capital of Hungary?";

    fn list() -> Synonyms {
        Synonyms::parse("large big great\nriver stream\nflow run course\ncapital city\n").unwrap()
    }

    /// Share of the question's words that are still there.
    async fn overlap(question: &str, texts: &[String]) -> Result<Vec<f64>> {
        let has = |text: &str, word: &str| text.split(' ').any(|other| other == word);
        let share = |text: &String| {
            let words: Vec<&str> = question.split(' ').collect();
            words.iter().filter(|word| has(text, word)).count() as f64 / words.len() as f64
        };
        Ok(texts.iter().map(share).collect())
    }

    fn run(question: &str, options: &Options) -> Vec<String> {
        pollster::block_on(search(question, &list(), options, overlap)).unwrap()
    }

    #[test]
    fn wordings_differ_only_in_their_keywords() {
        let got = run(QUESTION, &Options::default());
        assert_eq!(got.len(), 9);
        assert_eq!(got.iter().collect::<BTreeSet<_>>().len(), 9);
        for text in &got {
            assert_ne!(text, QUESTION);
            assert!(text.starts_with("Which ") && text.ends_with(" of Hungary?") && !text.contains("  "), "{text}");
        }
        assert!(got.iter().any(|text| text.contains("streams")), "plural is kept: {got:?}");
        assert_eq!(got, run(QUESTION, &Options::default()), "the same seed");
        assert_ne!(got, run(QUESTION, &Options { seed: 1, ..Options::default() }));
    }

    #[test]
    fn later_generations_are_further_away_and_the_floor_ends_the_search() {
        let changed = |text: &str| QUESTION.split(' ').filter(|word| !text.split(' ').any(|o| o == *word)).count();
        let most = |options| run(QUESTION, &options).iter().map(|text| changed(text)).max();
        assert_eq!(most(Options { generations: 0, ..Options::default() }), Some(1));
        assert!(most(Options::default()) > Some(1));
        assert_eq!(most(Options { floor: 0.95, ..Options::default() }), Some(1), "8 of 9 words are below the floor");
    }

    #[test]
    fn each_text_is_asked_about_once() {
        let mut asked = BTreeSet::new();
        let counting = async |_: &str, texts: &[String]| {
            assert!(texts.iter().all(|text| asked.insert(text.clone())));
            Ok(vec![0.9; texts.len()])
        };
        pollster::block_on(search(QUESTION, &list(), &Options::default(), counting)).unwrap();
        assert!(asked.len() > 9);
    }

    #[test]
    fn important_words_are_keywords() {
        // Only one keyword, and the question is nothing without its river.
        let options = Options { ratio: 0.0, ..Options::default() };
        let rivers = async |_: &str, texts: &[String]| {
            Ok(texts.iter().map(|text| if text.contains("river") { 1.0 } else { 0.8 }).collect())
        };
        let mut got = pollster::block_on(search(QUESTION, &list(), &options, rivers)).unwrap();
        got.sort();
        let with = |word: &str| QUESTION.replace("rivers ", word);
        assert_eq!(got, [with(""), with("streams ")]);
    }

    #[test]
    fn edges() {
        for question in ["", "Who was it?", "من كتب هذه الرواية؟", "Hungary Budapest", "In Capital City?"]
        {
            assert!(run(question, &Options::default()).is_empty(), "{question}");
        }
        assert_eq!(run("Large?", &Options::default()).len(), 2, "Big? and Great?, not ? alone");
        assert!(run(QUESTION, &Options { count: 0, ..Options::default() }).is_empty());
        assert!(run(QUESTION, &Options { parents: 0, every: 0, breadth: 0, ..Options::default() }).is_empty());
        assert_eq!(run(&format!("{QUESTION} ").repeat(100), &Options::default()).len(), 9);
        let broken = async |_: &str, texts: &[String]| Ok(vec![f64::NAN; texts.len()]);
        let got = pollster::block_on(search(QUESTION, &list(), &Options::default(), broken)).unwrap();
        assert_eq!(got.len(), 9, "generation 0 still counts");
        let short = async |_: &str, _: &[String]| Ok(Vec::new());
        assert!(pollster::block_on(search(QUESTION, &list(), &Options::default(), short)).is_err());
    }
}
