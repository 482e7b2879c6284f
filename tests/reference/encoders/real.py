"""Reference numbers of real encoders, whose weights `cargo xtask models NAME` fetches into one folder.

    python real.py FOLDER           run by `../regenerate.py encoders`

minilm.json         all-MiniLM-L6-v2: unit vectors of 20 texts by PyTorch, attention mask honored, mean over all tokens
contradiction.json  DeBERTa-v3-xsmall with a contradiction head: logits of pairs by ONNX Runtime, from the int8 export after
                    every dynamically quantized product is rewritten to a float product with the dequantized matrix
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from tokenizers import Tokenizer
from transformers import AutoModel, AutoModelForSequenceClassification

HERE = pathlib.Path(__file__).parent
LENGTH = 160  # of the export
TEXTS = [
    "", "Paris", "The capital of France is Paris.", "France's capital city is called Paris.",
    "What is the capital of France? Lyon", "How do plants make sugar from light?",
    "Photosynthesis turns carbon dioxide and water into glucose and oxygen.", "Photosynthesis happens in mitochondria.",
    "I do not know.", "42", "It was 1969, on July 20; two men walked on the Moon.", "NAÏVE café, Ångström & straße…",
    "Москва — столица России", "東京は日本の首都です。", "القاهرة عاصمة مصر", "🙂🙂🙂", "def area(r):\n    return 3.14159 * r ** 2",
    "Antidisestablishmentarianism, floccinaucinihilipilification, pneumonoultramicroscopicsilicovolcanoconiosis",
    "  spaces   and\ttabs  ",
    " ".join(f"Sentence number {i} says that the river is {i} miles long." for i in range(40)),
]
PAIRS = [
    ("The capital of France is Paris.", "The capital of France is Paris."),
    ("The capital of France is Paris.", "The capital of France is Lyon."),
    ("The capital of France is Paris.", "Paris is France's capital."),
    ("The capital of France is Paris.", "Plants need water."),
    ("What is the capital of France? Paris", "What is the capital of France? Lyon"),
    ("What is the capital of France? Paris", "What is the capital of France? It is the city of Paris."),
    ("What is the capital of France? Lyon", "What is the capital of France? Paris"),
    ("When did people land on the Moon? In 1969.", "When did people land on the Moon? On July 20, 1969."),
    ("When did people land on the Moon? In 1969.", "When did people land on the Moon? In 1972."),
    ("Who wrote Hamlet? Shakespeare", "Who wrote Hamlet? It was William Shakespeare."),
    ("Who wrote Hamlet? Shakespeare", "Who wrote Hamlet? Christopher Marlowe"),
    ("A man is playing a guitar.", "A man is not playing a guitar."),
    ("A man is playing a guitar.", "A person plays an instrument."),
    ("A dog runs through the snow.", "A dog sleeps on the sofa."),
    ("All tests passed.", "One test failed."),
    ("The drug is safe for children.", "The drug must never be given to children."),
    ("", "Something was said."),
    ("Yes", "No"),
    ("Café Ångström ist geöffnet.", "Das Café ist geschlossen."),
    ("القاهرة عاصمة مصر", "عاصمة مصر هي الإسكندرية"),
    ("🙂 good", "🙁 bad"),
    ("The meeting is on Monday at ten, in the large room on the second floor, and everybody from the team is expected to "
     "bring the numbers of the last quarter, printed, with a short summary of what went well and what did not.",
     "The meeting was moved to Tuesday, nobody needs to bring anything, and it takes place in the small room."),
]


def pieces(folder, limit):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    return tokenizer


def write(name, lines):
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n")


def minilm(folder):
    limit = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer = pieces(folder, limit)
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    lines = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        with torch.no_grad():
            mean = model(input_ids=torch.tensor([ids])).last_hidden_state[0].mean(0)
        vector = (mean / mean.norm()).tolist()
        lines.append({"text": text, "ids": ids, "embedding": [float(f"{x:.7f}") for x in vector]})
    write("minilm.json", lines)


def with_float_products(path):
    """The export without integers in its products: x → MatMulInteger → Cast → Mul becomes x → MatMul."""
    model = onnx.load(path)
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    value = lambda name: numpy_helper.to_array(tensors[name])
    source = {out: node for node in graph.node for out in node.output}
    reader = {given: node for node in graph.node for given in node.input if node.op_type in ("Cast", "Mul")}
    gone, added = set(), []
    for node in [node for node in graph.node if node.op_type == "MatMulInteger"]:
        quantize = source[node.input[0]]
        cast = reader[node.output[0]]
        scaled = reader[cast.output[0]]
        base = node.input[1].removesuffix("_quantized")
        integers = value(node.input[1]).astype(np.int32) - value(base + "_zero_point").astype(np.int32)
        weight = integers.astype(np.float32) * value(base + "_scale")
        graph.initializer.append(numpy_helper.from_array(weight, base + "_float"))
        product = helper.make_node("MatMul", [quantize.input[0], base + "_float"], list(scaled.output), node.name + "_float")
        added.append((node.name, product))
        gone |= {node.name, cast.name, scaled.name, quantize.name}
        gone |= {source[name].name for name in scaled.input if name in source and source[name].op_type == "Mul"}
    products = dict(added)
    nodes = []
    for node in graph.node:
        if node.name in products:
            nodes.append(products[node.name])
        elif node.name not in gone:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    assert not any(node.op_type in ("MatMulInteger", "DynamicQuantizeLinear") for node in graph.node)
    return model


def contradiction(path, folder):
    options = onnxruntime.SessionOptions()
    # The quantized graph holds subgraphs whose shapes only the runtime knows.
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(with_float_products(path).SerializeToString(), options)
    tokenizer = pieces(folder, LENGTH)
    check = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    lines = []
    for pair in PAIRS:
        ids = tokenizer.encode(*pair).ids
        padded = np.zeros((1, LENGTH), np.int64)
        mask = np.zeros((1, LENGTH), np.int64)
        padded[0, : len(ids)], mask[0, : len(ids)] = ids, 1
        (logits,) = session.run(None, {"input_ids": padded, "attention_mask": mask})
        with torch.no_grad():
            ours = check(input_ids=torch.tensor([ids])).logits[0].numpy()
        # The converted folder holds the same model.
        assert np.abs(ours - logits[0]).max() < 1e-3, (pair, ours, logits[0])
        lines.append({"texts": pair, "ids": ids, "logits": [float(x) for x in logits[0]]})
    write("contradiction.json", lines)


if __name__ == "__main__":
    models = pathlib.Path(sys.argv[1])
    minilm(models / "all-MiniLM-L6-v2")
    contradiction(models / "DeBERTa-v3-xsmall-contradiction/policy_nli_int8.onnx", models / "DeBERTa-v3-xsmall-contradiction")
