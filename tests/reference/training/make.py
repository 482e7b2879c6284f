"""Trains a LoRA adapter of each tiny decoder with PEFT: what our own training is compared with.

    python make.py [NAME]...        run by `../regenerate.py training`

A folder NAME of `../tiny` gives, under the same name here,

start/              the adapter that training begins with, as PEFT saves it; its B is not zero, so that A has a gradient
golden.json         examples, options, and 20 steps: mean -ln p of the target tokens, length of the gradient
golden.safetensors  of the first step: the gradients of A and B of every layer, and those at the hidden states of the first
                    example, [layers, tokens, width], with the adapter in place

Families that fuse queries and values in one layer are left out: PEFT gives both the same A there, and here each has its own.

One batch holds all examples, so that the order in which they are drawn does not matter. There is no dropout.
"""

import json
import math
import pathlib
import shutil
import sys

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
TINY = HERE.parent / "tiny"
STEPS = 20
RANK, ALPHA = 2, 6
PARTS = ["q_proj", "v_proj", "down_proj"]
FUSED = ["phi3", "granitemoehybrid"]
# What we call a part, and what its family does; and parts that only some families have.
CALLED = {"lfm2": {"down_proj": "w2"}, "lfm3": {"down_proj": "w2"}}
MORE = {"lfm2": ["in_proj"], "lfm3": ["out_proj", "g_proj"]}
RATE, WARM_UP, DECAY, CLIP = 0.02, 0.1, 0.01, 1.0


def examples(golden):
    prompt, answer = golden["prompt_ids"], golden["response_ids"]
    return [
        {"prompt": prompt, "target": answer, "kind": "own"},
        {"prompt": prompt[:3], "target": [7, 5], "kind": "refusal"},
        {"prompt": prompt[::-1], "target": answer[:4] + [9], "kind": "own"},
    ]


def rate(step):
    """Rises to the largest step width, then falls as half a cosine; `step` counts from 0."""
    warm = math.ceil(WARM_UP * STEPS)
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / (STEPS - warm)))


def summed(model, example, keep=None):
    """The sum of -ln p over the target's tokens."""
    ids = torch.tensor([example["prompt"] + example["target"][:-1]])
    out = model(ids, use_cache=False, output_hidden_states=keep is not None)
    if keep is not None:
        keep.extend(out.hidden_states[:-1])
    predicting = out.logits[0, len(example["prompt"]) - 1:]
    return torch.nn.functional.cross_entropy(predicting, torch.tensor(example["target"]), reduction="sum")


def canonical(name):
    """`base_model.model.model.layers.0.self_attn.q_proj.lora_A.default.weight` -> `model.layers.0.self_attn.q_proj.lora_A`"""
    return name.removeprefix("base_model.model.").removesuffix(".default.weight")


def make(name):
    golden = json.loads((TINY / name / "golden.json").read_text())
    base = AutoModelForCausalLM.from_pretrained(TINY / name, dtype=torch.float32)
    torch.manual_seed(15)
    parts = PARTS + MORE.get(base.config.model_type, [])
    called = CALLED.get(base.config.model_type, {})
    targets = [called.get(part, part) for part in parts]
    model = get_peft_model(base, LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets, task_type="CAUSAL_LM"))
    trained = {canonical(n): p for n, p in model.named_parameters() if p.requires_grad}
    for n in sorted(trained):
        if n.endswith("lora_B"):
            torch.nn.init.normal_(trained[n], std=0.05)
    # So that there is a graph above the embedding; it is not trained.
    model.get_input_embeddings().weight.requires_grad_(True)
    out = HERE / name
    shutil.rmtree(out / "start", ignore_errors=True)
    model.save_pretrained(out / "start")
    (out / "start" / "README.md").unlink(missing_ok=True)
    # PEFT notes where the base lay on the machine that ran this.
    config = out / "start" / "adapter_config.json"
    fields = json.loads(config.read_text())
    fields["base_model_name_or_path"] = name
    fields["target_modules"] = sorted(fields["target_modules"])
    config.write_text(json.dumps(fields, indent=1) + "\n")

    given = examples(golden)
    total = sum(len(example["target"]) for example in given)
    optimizer = torch.optim.AdamW(trained.values(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    losses, lengths, tensors = [], [], {}
    for step in range(STEPS):
        optimizer.zero_grad()
        hidden = [] if step == 0 else None
        loss = summed(model, given[0], hidden) / total
        if step == 0:
            own = loss * total / len(given[0]["target"])
            at_hidden = torch.autograd.grad(own, hidden, retain_graph=True)
            tensors["hidden"] = torch.cat(at_hidden).contiguous()
        loss = loss + sum(summed(model, example) for example in given[1:]) / total
        loss.backward()
        if step == 0:
            tensors |= {n: p.grad.clone() for n, p in trained.items()}
        lengths.append(torch.nn.utils.clip_grad_norm_(trained.values(), CLIP).item())
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    options = {
        "rank": RANK, "alpha": ALPHA, "dropout": 0, "learning_rate": RATE, "warm_up": WARM_UP, "weight_decay": DECAY,
        "clip": CLIP, "epochs": STEPS, "batch": len(given), "layers": [0, base.config.num_hidden_layers],
        "parts": parts, "kl": 0,
    }
    save_file(tensors, out / "golden.safetensors")
    golden = {"examples": given, "options": options, "losses": losses, "lengths": lengths}
    (out / "golden.json").write_text(json.dumps(golden) + "\n")
    print(f"{name}: {losses[0]:.4f} to {losses[-1]:.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    separate = lambda path: json.loads(path.read_text())["model_type"] not in FUSED
    names = sys.argv[1:] or sorted(path.parent.name for path in TINY.glob("*/config.json") if separate(path))
    for name in names:
        make(name)
