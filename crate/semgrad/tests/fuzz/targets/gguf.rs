//! GGUF files: one, or the parts of one.

use super::{Target, files, speak};
use semgrad::weights::checkpoint::Checkpoint;

/// See [`Target`].
pub const TARGET: Target = Target { name: "gguf", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 20_000 };

const WORDS: &[&str] = &[
    "GGUF",
    "llama",
    "qwen3",
    "gemma3",
    "lfm2",
    "granite",
    "phi3",
    "general.architecture",
    "general.alignment",
    "general.type",
    "adapter",
    "split.count",
    "split.no",
    "tokenizer.ggml.tokens",
    "tokenizer.ggml.scores",
    "tokenizer.ggml.model",
    "gpt2",
    "\n== model-00002-of-00002.gguf\n",
    "llama.rope.scaling.type",
    "rope_freqs.weight",
    "output.weight",
];

fn run(data: &[u8]) -> bool {
    pollster::block_on(async {
        let Ok(checkpoint) = Checkpoint::open(files::model_files(data, "model.gguf")).await else { return false };
        for tensor in checkpoint.tensors() {
            let _ = checkpoint.read(&tensor.name).await;
        }
        let _ = speak::speak(&checkpoint.text, &speak::conversation());
        true
    })
}

/// Hidden size, vocabulary and width of one layer: one block of Q8_0.
const WIDTH: usize = 32;
const F32: u32 = 0;
const Q8_0: u32 = 8;
const TEMPLATE: &str = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";

fn seeds() -> Vec<Vec<u8>> {
    let parts = (1..=3).map(|number| {
        let name = format!("split-0000{number}-of-00003.gguf");
        let content = files::read(&format!("gguf/{name}"));
        (name, content)
    });
    vec![model("llama", "gpt2"), model("qwen2", "llama"), files::join(&parts.collect::<Vec<_>>())]
}

/// A model of one layer.
pub fn model(architecture: &str, tokenizer: &str) -> Vec<u8> {
    let (mut keys, mut key_count) = (Vec::new(), 0_u64);
    let mut key = |name: &str, kind: u32, value: Vec<u8>| {
        keys.extend([&string(name), kind.to_le_bytes().as_slice(), &value].concat());
        key_count += 1;
    };
    key("general.architecture", 8, string(architecture));
    let counts = [
        ("embedding_length", WIDTH),
        ("block_count", 1),
        ("attention.head_count", 2),
        ("attention.head_count_kv", 1),
        ("feed_forward_length", WIDTH),
        ("context_length", 64),
    ];
    for (name, count) in counts {
        key(&format!("{architecture}.{name}"), 4, (count as u32).to_le_bytes().to_vec());
    }
    key(&format!("{architecture}.attention.layer_norm_rms_epsilon"), 6, 1e-5_f32.to_le_bytes().to_vec());
    let letters = ('a'..='w').map(String::from);
    let tokens: Vec<String> = ["<s>", "</s>", "<|im_start|>", "<|im_end|>", "\u{120}", "\u{2581}", "he", "ll", "hell"]
        .map(String::from)
        .into_iter()
        .chain(letters)
        .collect();
    let numbers = |number: fn(usize) -> [u8; 4]| (0..WIDTH).flat_map(number).collect::<Vec<u8>>();
    let list = |kind: u32, count: usize, items: Vec<u8>| {
        [kind.to_le_bytes().as_slice(), &(count as u64).to_le_bytes(), &items].concat()
    };
    let texts = |texts: &[String]| list(8, texts.len(), texts.iter().flat_map(|text| string(text)).collect());
    key("tokenizer.ggml.model", 8, string(tokenizer));
    key("tokenizer.ggml.tokens", 9, texts(&tokens));
    key("tokenizer.ggml.merges", 9, texts(&["h e", "l l", "he ll"].map(String::from)));
    key("tokenizer.ggml.scores", 9, list(6, WIDTH, numbers(|id| (-(id as f32)).to_le_bytes())));
    key("tokenizer.ggml.token_type", 9, list(5, WIDTH, numbers(|id| if id < 4 { 3_i32 } else { 1 }.to_le_bytes())));
    key("tokenizer.ggml.bos_token_id", 4, 0_u32.to_le_bytes().to_vec());
    key("tokenizer.ggml.eos_token_id", 4, 1_u32.to_le_bytes().to_vec());
    key("tokenizer.chat_template", 8, string(TEMPLATE));

    let half = WIDTH / 2;
    let mut shapes: Vec<(&str, Vec<usize>)> =
        vec![("token_embd.weight", vec![WIDTH; 2]), ("output_norm.weight", vec![WIDTH])];
    shapes.extend(["attn_norm", "ffn_norm"].map(|name| (name, vec![WIDTH])));
    shapes.extend(["attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down"].map(|name| (name, vec![WIDTH; 2])));
    shapes.extend(["attn_k", "attn_v"].map(|name| (name, vec![WIDTH, half])));
    let (mut table, mut data) = (Vec::new(), Vec::new());
    for (name, shape) in &shapes {
        let name = if name.contains('.') { (*name).to_owned() } else { format!("blk.0.{name}.weight") };
        let (kind, bytes) = if shape.len() == 1 { (F32, 4 * WIDTH) } else { (Q8_0, 34 * shape[1]) };
        table.extend(string(&name));
        table.extend((shape.len() as u32).to_le_bytes());
        shape.iter().for_each(|&n| table.extend((n as u64).to_le_bytes()));
        table.extend(kind.to_le_bytes());
        table.extend((data.len() as u64).to_le_bytes());
        data.resize((data.len() + bytes).next_multiple_of(32), 0);
    }
    let head =
        [b"GGUF".as_slice(), &3_u32.to_le_bytes(), &(shapes.len() as u64).to_le_bytes(), &key_count.to_le_bytes()];
    let mut file = [head.concat(), keys, table].concat();
    file.resize(file.len().next_multiple_of(32), 0);
    file.extend(data);
    file
}

fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}
