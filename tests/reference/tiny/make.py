"""Makes the tiny decoders: random weights from a seed, and what PyTorch makes of them.

    python make.py [NAME]...        run by `../regenerate.py tiny`

A folder's `config.json` is written by hand: it says what the family is like. This script adds

model.safetensors   the weights, in bfloat16
golden.json         ids of a prompt and an answer; probabilities, gradients and scores in single and in double precision
golden.safetensors  hidden states, logits and gradients of every position, in single precision

There is no tokenizer, and the ids mean nothing. A new family is a folder with a `config.json` and a line in `MODELS`.
"""

import contextlib
import json
import pathlib
import sys
from unittest import mock

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from gradients import Pass, greedy, prepare, scores  # noqa: E402

SINGLE = [
    "loss_weighted", "loss_ce", "token_logprob", "token_entropy", "per_layer_mean_abs_grad", "semgrad", "semgrad_layers",
    "semgrad_unweighted_loss", "exgrad", "exgrad_weight", "exgrad_weight_tied", "mean_entropy", "alpha", "hybridgrad",
    "nll", "nll_per_token", "perplexity",
]
DOUBLE = [field for field in SINGLE if field not in ("semgrad_layers", "semgrad_unweighted_loss")]
NOTE = (
    "hidden_states[0]=embeddings, [l]=output of layer l, [N]=output of layer N after the final norm; response tokens are "
    "teacher-forced; lm_head gradient is of the output use only, *_tied adds the embedding use"
)


def random_ids(seed, count):
    # The first three are left to padding, beginning and end.
    return torch.randint(3, 256, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


class Tiny:
    """The prompt has a token that it holds once, 2, where a header would begin; the answer is greedy but for two tokens."""

    semantic = 8
    fields = {"float32": SINGLE, "float64": DOUBLE}
    tensors = ["hidden_states", "logits", "grad_hidden_states", "lm_head_grad_weighted_rows_0_16"]

    def __init__(self, name, seed, strength=1.0):
        self.name, self.seed, self.strength = name, seed, strength

    def weights(self, config):
        """Large enough that attention prefers some keys, and norms and biases that show when they are left out. Drawn in
        the order of names, so the head comes first: a tied embedding is the head's. Narrow models have smaller ones: else
        the loss is so bent that central differences miss its slope."""
        model = AutoModelForCausalLM.from_config(config)
        draw = torch.Generator().manual_seed(self.seed)
        state = model.state_dict()
        for name in sorted(state):
            noise = torch.randn(state[name].shape, generator=draw)
            if name.endswith("norm.weight"):
                value = 1 + 0.2 * noise
            elif name.endswith(".bias"):
                value = 0.3 * noise
            elif name == "lm_head.weight":
                value = 0.25 * noise
            elif name != "model.embed_tokens.weight":
                value = self.strength * noise * noise.shape[1] ** -0.5
            elif config.tie_word_embeddings:
                continue
            else:
                value = 0.3 * noise
            state[name].copy_(value)
        return model

    def ids(self, model):
        prompt = random_ids(100 + self.seed, 13)
        prompt[self.semantic] = 2
        likeliest = greedy(model, prompt, 7)
        # Two tokens that the model would not choose.
        answer = list(likeliest)
        answer[2], answer[4] = 200, 31
        return prompt, answer, likeliest


class TinyGemma(Tiny):
    """Its norms multiply by 1 + weight, and its prompt is longer than the window of the sliding layers."""

    semantic = 16
    fields = {"float32": [
        "token_logprob", "token_entropy", "grad_l1_tail10", "semgrad", "semgrad_layers", "exgrad", "exgrad_weight", "alpha",
        "nll", "perplexity", "hybridgrad"]}
    tensors = ["hidden_states", "logits"]

    def weights(self, config):
        # The same source of random numbers gives the values that transformers begins with, which are replaced.
        torch.manual_seed(self.seed)
        model = AutoModelForCausalLM.from_config(config)
        for name, weight in model.named_parameters():
            scale = 0.2 if "norm" in name else 0.3 if "embed" in name else 0.12
            weight.copy_(scale * torch.randn_like(weight))
        return model

    def ids(self, model):
        drawn = random_ids(3, 26)
        return [2, *drawn[:20]], [*drawn[20:], 1], None


class TinyGemma2(TinyGemma):
    """Numbers large enough that the soft caps show; its golden holds what those of most models do."""

    fields, tensors = Tiny.fields, Tiny.tensors

    def weights(self, config):
        model = super().weights(config)
        model.get_input_embeddings().weight.mul_(2)
        return model

    def ids(self, model):
        prompt, answer, _ = super().ids(model)
        return prompt, answer, greedy(model, prompt, 7)


MODELS = [
    Tiny("llama_tied", 11),
    Tiny("llama_untied", 12),
    Tiny("qwen2_tied", 13),
    Tiny("qwen3_untied", 14),
    TinyGemma("gemma3_tied", 15),
    Tiny("smollm3_tied", 16, 0.6),
    Tiny("smollm3_untied", 17, 0.6),
    Tiny("granite_tied", 18, 0.6),
    Tiny("granite_untied", 19, 0.6),
    Tiny("granite4_tied", 29, 0.6),
    Tiny("mistral_tied", 20, 0.6),
    Tiny("mistral_untied", 21, 0.6),
    Tiny("ministral3_tied", 30, 0.6),
    Tiny("ministral3_untied", 34, 0.6),
    Tiny("phi3_tied", 24, 0.6),
    Tiny("phi3_untied", 25, 0.6),
    Tiny("olmo2_untied", 44, 1.5),
    TinyGemma2("gemma2_tied", 28),
    Tiny("lfm2_tied", 65, 0.5),
    Tiny("lfm3_tied", 59, 0.4),
]


@contextlib.contextmanager
def only(dtype):
    """Whatever the weights are, transformers computes norms, rotations and softmax in what is called float32."""
    with contextlib.ExitStack() as patches:
        if dtype is torch.float64:
            for owner, name, value in (
                (torch, "float32", dtype), (torch, "float", dtype), (torch.Tensor, "float", torch.Tensor.double)):
                patches.enter_context(mock.patch.object(owner, name, value))
        yield


def numbers(run, prompt, semantic):
    """Everything that a golden may hold about one pass: numbers, and tensors."""
    weighted, head = run.at_hidden(run.weighted), run.at_head(run.weighted)
    _, ours = scores(run, weighted, semantic)
    states = len(run.hidden)
    upper = list(range(states - 1 - (states - 1) // 2, states - 1))
    # Not the gradient at the embedding's weight: PyTorch leaves out the padding token, which the prompt holds.
    ids = torch.tensor(prompt["ids"])
    tied = head.index_add(0, ids, weighted[0])
    return {
        "loss_weighted": run.weighted.item(),
        "loss_ce": run.cross_entropy.item(),
        "token_logprob": run.logprob.tolist(),
        "token_entropy": run.entropy.tolist(),
        "per_layer_mean_abs_grad": weighted[:, semantic].abs().mean(-1).tolist(),
        "grad_l1_tail10": weighted[:-1, prompt["length"] - 10:prompt["length"]].abs().mean(-1).tolist(),
        "semgrad": ours["semgrad"],
        "semgrad_layers": upper,
        "semgrad_unweighted_loss": run.at_hidden(run.cross_entropy)[upper, semantic].abs().mean().item(),
        "exgrad": ours["exgrad"],
        "exgrad_weight": ours["paragrad"],
        "exgrad_weight_tied": tied.abs().mean().item(),
        "mean_entropy": ours["mean_token_entropy"],
        "alpha": ours["alpha"],
        "hybridgrad": ours["hybridgrad"],
        "nll": ours["gnll"],
        "nll_per_token": run.cross_entropy.item(),
        "perplexity": ours["perplexity"],
    }, {
        "hidden_states": torch.cat(run.hidden).detach(),
        "logits": run.logits.detach(),
        "grad_hidden_states": weighted,
        "lm_head_grad_weighted_rows_0_16": head[:16].clone(),
    }


def make(tiny):
    folder = HERE / tiny.name
    config = AutoConfig.from_pretrained(folder)
    with torch.no_grad():
        model = tiny.weights(config).bfloat16()
    state = model.state_dict()
    if config.tie_word_embeddings:
        del state["lm_head.weight"]
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})

    golden, tensors = {}, {}
    for dtype in (torch.float32, torch.float64):
        kind = str(dtype).removeprefix("torch.")
        if kind not in tiny.fields:
            continue
        with only(dtype):
            model = prepare(AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager"))
            if not golden:
                prompt, answer, likeliest = tiny.ids(model)
                golden = {"variant": tiny.name, "seed": tiny.seed, "prompt_ids": prompt, "response_ids": answer}
                if likeliest:
                    golden["greedy_response_ids_from_prompt"] = likeliest
                golden |= {"semantic_index": tiny.semantic, "n_hidden_states": config.num_hidden_layers + 1}
            run = Pass(model, prompt, answer)
            found, whole = numbers(run, {"ids": prompt + answer, "length": len(prompt)}, tiny.semantic)
        golden[kind] = {field: found[field] for field in tiny.fields[kind]}
        tensors = tensors or {name: whole[name].contiguous() for name in tiny.tensors}
    if tiny.fields is Tiny.fields:
        golden["note"] = NOTE
    else:
        golden["layer_types"] = config.layer_types
    (folder / "golden.json").write_text(json.dumps(golden, indent=1))
    save_file(tensors, folder / "golden.safetensors")
    print(tiny.name)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for tiny in MODELS:
        if tiny.name in (sys.argv[1:] or [tiny.name]):
            make(tiny)
