#!/usr/bin/env python3
"""Makes adapters of the tiny decoders by the package `peft`, and what PyTorch computes with them.

    python make.py                  run by `../regenerate.py adapters`

{model}/peft_qv        queries and values of the upper half of the layers, in float32
{model}/peft_all       all linear layers of that half, scaled by α/√r (rsLoRA), in bfloat16
{model}/peft_pattern   some layers, with ranks and α of their own, of one model alone
{model}/golden.safetensors   under each folder's name the last logits of prompt and answer of `../tiny/{model}/golden.json`

The numbers are drawn from a seed: B is not zero, as it is before training, and the logits are clearly others than without.
`{model}/ours_all` is what this project writes of `peft_all`, and so forth; `check.py` gives it to other programs.
"""

import json
import pathlib
import shutil

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
TINY = HERE.parent / "tiny"
LAST = 8  # positions of which logits are kept
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
LINEAR = [*ATTENTION, "gate_proj", "up_proj", "down_proj"]
# What families that fuse some of these, or have other names, call them.
FUSED = {
    "phi3": {"q_proj": "qkv_proj", "k_proj": "qkv_proj", "v_proj": "qkv_proj", "gate_proj": "gate_up_proj", "up_proj": "gate_up_proj"},
    "granitemoehybrid": {"gate_proj": "input_linear", "up_proj": "input_linear", "down_proj": "output_linear"},
    "lfm2": {"o_proj": "out_proj", "gate_proj": "w1", "up_proj": "w3", "down_proj": "w2"},
    "lfm3": {"gate_proj": "w1", "up_proj": "w3", "down_proj": "w2"},
}
# Linear layers that only some families have.
MORE = {"lfm2": ["in_proj"], "lfm3": ["in_proj", "out_proj", "g_proj"]}
# The place in this list is part of the seed: new ones come last.
NAMES = [
    "gemma3_tied", "llama_tied", "llama_untied", "qwen2_tied", "qwen3_untied", "smollm3_tied", "smollm3_untied", "granite_tied",
    "granite_untied", "granite4_tied", "mistral_tied", "mistral_untied", "ministral3_tied", "ministral3_untied", "phi3_tied",
    "phi3_untied", "olmo2_untied", "gemma2_tied", "lfm2_tied", "lfm3_tied",
]
CASES = {
    "peft_qv": {"r": 2, "lora_alpha": 4, "lora_dropout": 0.05, "target_modules": ["q_proj", "v_proj"]},
    "peft_all": {"r": 2, "lora_alpha": 3, "use_rslora": True, "target_modules": LINEAR},
}
PATTERN = {
    "peft_pattern": {
        "r": 2, "lora_alpha": 4, "layers_to_transform": None,
        "target_modules": [f"model.layers.{at}_proj" for at in ("1.self_attn.v", "2.self_attn.q", "2.self_attn.o", "3.self_attn.v")],
        "rank_pattern": {"q_proj": 3}, "alpha_pattern": {"model.layers.3.self_attn.v_proj": 6},
    },
}


def base(name):
    model = AutoModelForCausalLM.from_pretrained(TINY / name, dtype=torch.float32, attn_implementation="eager")
    return model.eval()


def ids(name):
    golden = json.loads((TINY / name / "golden.json").read_text())
    return torch.tensor([golden["prompt_ids"] + golden["response_ids"]])


def logits(model, name):
    with torch.no_grad():
        return model(ids(name)).logits[0, -LAST:].float().contiguous()


def make(name, case, asked, seed):
    model = base(name)
    layers = model.config.num_hidden_layers
    upper = list(range(layers - layers // 2, layers))
    called = FUSED.get(model.config.model_type, {})
    targets = {called.get(part, part) for part in asked["target_modules"]}
    if case == "peft_all":
        targets |= set(MORE.get(model.config.model_type, []))
    asked = asked | {"target_modules": sorted(targets)}
    config = LoraConfig(**{"task_type": "CAUSAL_LM", "layers_to_transform": upper} | asked)
    model = get_peft_model(model, config).eval()
    model.peft_config["default"].base_model_name_or_path = f"semgrad/{name}"  # not where it lies
    dtype = torch.bfloat16 if case == "peft_all" else torch.float32
    draw = torch.Generator().manual_seed(seed)
    parts = [(at, weight) for at, weight in sorted(model.named_parameters()) if "lora_" in at]
    for at, weight in parts:
        scale = weight.shape[1] ** -0.5 if "lora_A" in at else 0.3
        weight.data = (scale * torch.randn(weight.shape, generator=draw)).to(dtype).float()
    found = logits(model, name)
    for _, weight in parts:
        weight.data = weight.data.to(dtype)
    folder = HERE / name / case
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink()  # a form to fill in
    written = json.loads((folder / "adapter_config.json").read_text())
    written["target_modules"] = sorted(written["target_modules"])  # a set, in another order each time
    (folder / "adapter_config.json").write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")
    return found


def main():
    torch.set_num_threads(1)
    assert sorted(NAMES) == sorted(path.parent.name for path in TINY.glob("*/config.json"))
    for seed, name in enumerate(NAMES):
        cases = CASES | (PATTERN if name == "llama_untied" else {})
        for case in cases:
            shutil.rmtree(HERE / name / case, ignore_errors=True)
        golden = {case: make(name, case, asked, 20 + seed) for case, asked in cases.items()}
        plain = logits(base(name), name)
        for case, found in golden.items():
            change = (found - plain).abs().max().item()
            assert change > 0.1, f"{name} {case} changes the logits by {change} only"
        save_file(golden, HERE / name / "golden.safetensors")
        print(name)


if __name__ == "__main__":
    main()
