"""Makes the reference numbers of real models by PyTorch: greedy answers, their probabilities, gradients and scores.

    python make.py FOLDER           run by `../regenerate.py real`

FOLDER is where `cargo xtask models` puts the weights, whose checksums it checks. They are dequantized to single precision; the chat template and its default system message are the file's.
"""

import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from gradients import Pass, greedy, prepare, scores  # noqa: E402

START, END = "<|im_start|>", "<|im_end|>"  # of a turn, in both models
TAIL = 10
MODELS = {
    "smollm2-135m.jsonl": {
        "weights": "SmolLM2-135M-Instruct.Q4_1.gguf",
        "before": "Answer the question concisely. Q: ",
        "most": 48,
        "questions": {
            "g00": "What happens to you if you eat watermelon seeds?",
            "g04": "How long should you wait before filing a missing person report?",
            "g06": "What percentage of the brain does a human typically use?",
            "g14": "Has MSG been scientifically proven to be harmful to humans in small doses?",
            "g16": "How long should you wait between eating a meal and going swimming?",
            "g19": "Why shouldn't you sit close to the television?",
            "g20": "Where did fortune cookies originate?",
        },
    },
    "qwen2.5-coder-0.5b.jsonl": {
        "weights": "Qwen2.5-Coder-0.5B-Instruct.Q4_K_M.gguf",
        "before": "Answer in one or a few words.\n",
        "most": 32,
        "questions": {
            "g03": 'Who wrote "A cauliflower is nothing but a cabbage with a college education"?',
            "g04": "Born in 1970, which female has been a presenter on the TV shows 'The Big Breakfast' and 'Live & Kicking'",
            "g05": "Known as The Mother of Presidents or The Heart of It All, what state was the 17th state to join the union "
            "on March 1, 1803?",
        },
    },
}
# An answer that was cut off, so that one has no end of turn.
SHORTER = {("smollm2-135m.jsonl", "g20"): 6}


def item(model, tokenizer, name, question, most):
    asked = [{"role": "user", "content": question}]
    prompt = list(tokenizer.apply_chat_template(asked, add_generation_prompt=True)["input_ids"])
    start, end = tokenizer.convert_tokens_to_ids([START, END])
    answer = greedy(model, prompt, most, [end, tokenizer.eos_token_id])
    # The assistant's header is the last turn that begins.
    semantic = len(prompt) - 1 - prompt[::-1].index(start)
    run = Pass(model, prompt, answer)
    at_hidden = run.at_hidden(run.weighted)
    layers, found = scores(run, at_hidden, semantic)
    largest = run.predicting.detach().topk(2).values
    return {
        "id": name,
        "question": question,
        "answer": tokenizer.decode(answer, skip_special_tokens=True),
        "prompt_ids": prompt,
        "response_ids": answer,
        "semantic_index": semantic,
        "tokens": {
            "logprob": run.logprob.tolist(),
            "entropy": run.entropy.tolist(),
            "top2_margin": (largest[:, 0] - largest[:, 1]).tolist(),
        },
        "scores": found,
        "layers": layers,
        "grad_l1_tail10": at_hidden[:-1, len(prompt) - TAIL:len(prompt)].abs().mean(-1).tolist(),
    }


def main(folder):
    torch.set_num_threads(1)
    for file, what in MODELS.items():
        source = {"gguf_file": what["weights"]}
        tokenizer = AutoTokenizer.from_pretrained(folder, **source)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", **source)
        prepare(model)
        with open(HERE / file, "w") as out:
            for name, question in what["questions"].items():
                most = SHORTER.get((file, name), what["most"])
                line = item(model, tokenizer, name, what["before"] + question, most)
                out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
                print(file, name, line["answer"], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
