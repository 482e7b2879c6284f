#!/usr/bin/env python3
"""Makes the GGUF fixtures of the weight readers' tests by the package `gguf`.

  python ../regenerate.py gguf

formats.gguf          a three-layer Llama of random weights in which every supported storage format occurs
formats.safetensors   its tensors as the readers must deliver them: Hugging Face names, rows of query and key
                      projections de-interleaved, dequantized by `gguf.quants` to float32, and Q1_0, which it has no numbers of,
                      as llama.cpp does
split-0000?-of-00003.gguf  the same model in three files
names.json            {architecture: {GGUF name: Hugging Face name}} from `gguf`'s own tables
"""
import json
import pathlib

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Q
from gguf import quants
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, INTERMEDIATE, VOCAB = 256, 3, 2, 1, 4, 2, 4

rng = None  # begins anew with each file


def halves(n, size):
    """Scales as half-precision bytes [n, 2], about one in four subnormal, with both signs."""
    x = rng.normal(size=n) * np.where(rng.random(n) < 0.25, 2e-5, size)
    return x.astype(np.float16).view(np.uint8).reshape(n, 2)


# Where the half-precision scales of a block lie, None for a power of two, and the largest number that they are multiplied with:
# formats of which `gguf` has no quantizer, or whose blocks it would not fill.
SCALES = {
    Q.Q1_0: ((0,), 1),
    Q.IQ4_NL: ((0,), 127),
    Q.MXFP4: (None, 12),
    Q.Q2_K: ((80, 82), 3 * 15),
    Q.Q3_K: ((108,), 4 * 32),
    Q.Q4_K: ((0, 2), 15 * 63),
    Q.Q5_K: ((0, 2), 31 * 63),
    Q.Q6_K: ((208,), 32 * 128),
    Q.IQ4_XS: ((0,), 127 * 32),
}


def random_blocks(kind, rows, cols):
    """Random bits in every field; scales stay finite."""
    length, size = gguf.GGML_QUANT_SIZES[kind]
    n = rows * cols // length
    data = rng.integers(0, 256, (n, size), dtype=np.uint8)
    places, largest = SCALES[kind]
    if places is None:
        data[:, 0] = np.where(rng.random(n) < 0.5, rng.integers(0, 126, n), rng.integers(118, 126, n))
        data[0, 0], data[1, 0] = 0, 1  # subnormal
    for at in places or ():
        data[:, at : at + 2] = halves(n, 0.3 / largest)
    return data.reshape(rows, -1)


def pack(kind, rows, cols):
    if kind in SCALES:
        return random_blocks(kind, rows, cols)
    x = 0.1 * rng.normal(size=(rows, cols)).astype(np.float32)
    x[0] *= 1e-4  # half-precision scales and values of this row are subnormal
    return quants.quantize(x, kind)


def dequantize(data, kind):
    if kind != Q.Q1_0:
        return quants.dequantize(data, kind).astype(np.float32)
    blocks = data.reshape(-1, gguf.GGML_QUANT_SIZES[kind][1])
    d = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    return np.where(np.unpackbits(blocks[:, 2:], axis=1, bitorder="little"), d, -d).reshape(len(data), -1)


def main():
    expected = write(gguf.GGUFWriter(HERE / "formats.gguf", "llama"))
    write(gguf.GGUFWriter(HERE / "split.gguf", "llama", split_max_tensors=12))
    save_file(expected, HERE / "formats.safetensors")
    (HERE / "names.json").write_text(json.dumps(names(), indent=1) + "\n")


def write(writer):
    """The model; what a reader must make of its tensors."""
    global rng
    rng = np.random.default_rng(20261121)
    writer.add_context_length(64)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INTERMEDIATE)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_key_length(HEAD_DIM)
    writer.add_rope_dimension_count(HEAD_DIM)
    writer.add_rope_freq_base(50000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(["a", "b", "ab", "<|im_end|>"])
    writer.add_token_types([1, 1, 1, 3])
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template("{{ messages[0]['content'] }}")
    writer.add_array("general.languages", ["en", "de"])

    expected = {}

    def add(name, canonical, kind, rows, cols, heads=None):
        data = pack(kind, rows, cols)
        values = dequantize(data, kind)
        if heads:
            values = values.reshape(heads, HEAD_DIM // 2, 2, cols).swapaxes(1, 2).reshape(rows, cols)
        writer.add_tensor(name, data, raw_dtype=kind)
        expected[canonical] = np.ascontiguousarray(values)

    def add_norm(name, canonical):
        values = rng.normal(size=HIDDEN).astype(np.float32)
        writer.add_tensor(name, values)
        expected[canonical] = values

    q, kv = HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
    kinds = [Q.Q4_0, Q.Q4_1, Q.Q5_0, Q.Q5_1, Q.Q8_0, Q.Q4_K, Q.Q5_K, Q.Q6_K, Q.BF16]
    kinds = iter([*kinds, Q.IQ4_NL, Q.IQ4_XS, Q.Q3_K, Q.Q2_K, Q.Q1_0, Q.MXFP4])
    add("token_embd.weight", "model.embed_tokens.weight", Q.Q8_0, VOCAB, HIDDEN)
    for i in range(LAYERS):
        to = f"model.layers.{i}"
        add_norm(f"blk.{i}.attn_norm.weight", f"{to}.input_layernorm.weight")
        add(f"blk.{i}.attn_q.weight", f"{to}.self_attn.q_proj.weight", next(kinds), q, HIDDEN, HEADS)
        add(f"blk.{i}.attn_k.weight", f"{to}.self_attn.k_proj.weight", next(kinds), kv, HIDDEN, KV_HEADS)
        add(f"blk.{i}.attn_v.weight", f"{to}.self_attn.v_proj.weight", next(kinds), kv, HIDDEN)
        add(f"blk.{i}.attn_output.weight", f"{to}.self_attn.o_proj.weight", Q.F16, HIDDEN, q)
        add_norm(f"blk.{i}.ffn_norm.weight", f"{to}.post_attention_layernorm.weight")
        add(f"blk.{i}.ffn_gate.weight", f"{to}.mlp.gate_proj.weight", next(kinds), INTERMEDIATE, HIDDEN)
        add(f"blk.{i}.ffn_up.weight", f"{to}.mlp.up_proj.weight", next(kinds), INTERMEDIATE, HIDDEN)
        add(f"blk.{i}.ffn_down.weight", f"{to}.mlp.down_proj.weight", Q.F32, HIDDEN, INTERMEDIATE)
    writer.add_tensor("blk.0.attn_rot_embd", np.ones(2, np.float32))  # not part of the model: to be ignored
    add_norm("output_norm.weight", "model.norm.weight")
    add("output.weight", "lm_head.weight", Q.F32, VOCAB, HIDDEN)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return expected


def names():
    """Every Hugging Face name of a layer of each family, and the GGUF name that the converter gives it."""
    arch = gguf.MODEL_ARCH
    layer = ["input_layernorm", "post_attention_layernorm", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]
    layer += [f"self_attn.{x}_proj" for x in "qkv"]
    qk_norm = ["self_attn.q_norm", "self_attn.k_norm"]
    gemma = ["pre_feedforward_layernorm", "post_feedforward_layernorm"]
    phi = ["input_layernorm", "post_attention_layernorm", "self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj"]
    lfm = ["operator_norm", "ffn_norm", *(f"self_attn.{x}_proj" for x in ("q", "k", "v", "out"))]
    lfm += [f"self_attn.{x}_layernorm" for x in "qk"] + [f"feed_forward.w{n}" for n in (1, 2, 3)]
    lfm += [f"conv.{x}" for x in ("in_proj", "conv", "out_proj")]
    families = {
        "llama": (arch.LLAMA, layer), "qwen2": (arch.QWEN2, layer), "qwen3": (arch.QWEN3, layer + qk_norm),
        "gemma3": (arch.GEMMA3, layer + qk_norm + gemma), "smollm3": (arch.SMOLLM3, layer), "granite": (arch.GRANITE, layer),
        "mistral3": (arch.MISTRAL3, layer), "phi3": (arch.PHI3, phi),
        "olmo2": (arch.OLMO2, layer[1:] + qk_norm + gemma[1:]), "gemma2": (arch.GEMMA2, layer + gemma),
        "lfm2": (arch.LFM2, lfm),
    }
    out = {}
    for family, (kind, parts) in families.items():
        table = gguf.get_tensor_name_map(kind, 12)
        wanted = ["model.embed_tokens", "model.norm", "model.embedding_norm", "lm_head"] + [f"model.layers.11.{x}" for x in parts]
        pairs = [(table.get_name(x), x) for x in wanted]
        # Gemma is always tied, so its tables have no entry for the head.
        out[family] = {f"{a}.weight": f"{b}.weight" for a, b in pairs if a is not None}
    return out


if __name__ == "__main__":
    main()
