#!/usr/bin/env python3
"""Runs the scripts that make the reference numbers, and says what moved.

    python3 tests/reference/regenerate.py [NAME]... [--write] [--models FOLDER] [--python PROGRAM]

NAME     a folder of this one; all of them without names
--write  copies what moved into the checkout; without it the checkout stays as it is
--models where the real weights lie; without it `cargo xtask models` fetches them
--python a Python that has everything already; without it one with the versions of requirements.txt is set up in the user's
         cache, and found again by the next run

The scripts run in a temporary copy of this folder from which everything that they make was deleted, on one thread. A file
is the same, or its numbers differ by less than what `SETS` allows, or it moved: then the first fields that differ are
named and the exit status is 1. Numbers in a list and in a tensor are measured against the largest one there.
"""

import argparse
import array
import hashlib
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import venv

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
# Notes of the library that wrote a file; they say nothing about the numbers.
STAMPS = {"transformers_version", "peft_version"}
NAMED = 5  # fields of a file that moved


class Set:
    """Scripts of a folder, what they make with the tolerance of its numbers, and what they need."""

    def __init__(self, scripts, makes, packages, alone=(), models=()):
        self.scripts = scripts
        self.makes = makes
        self.packages = packages
        # Packages of which only a few files are read: without what they depend on.
        self.alone = alone
        self.models = models


DECODERS = ["SmolLM2-135M-Instruct", "Qwen2.5-Coder-0.5B-Instruct"]
ENCODERS = ["all-MiniLM-L6-v2", "DeBERTa-v3-xsmall-contradiction"]
TORCH = ["torch", "transformers", "safetensors", "tokenizers", "numpy"]
MODELS = "MODELS"  # stands for the folder of real weights

SETS = {
    "tiny": Set(
        [["make.py"]],
        {"*/model.safetensors": 0, "*/golden.json": 2e-6, "*/golden.safetensors": 2e-6},
        TORCH,
    ),
    "adapters": Set(
        [["make.py"], ["check.py"]],
        {"*/peft_*/adapter_model.safetensors": 0, "*/peft_*/adapter_config.json": 0, "*/golden.safetensors": 2e-6},
        [*TORCH, "peft", "gguf"],
    ),
    "real": Set(
        [["make.py", MODELS]],
        {"*.jsonl": 5e-5},
        [*TORCH, "accelerate", "gguf", "sentencepiece", "protobuf"],
        models=DECODERS,
    ),
    "training": Set(
        [["make.py"]],
        {"*/start/adapter_*": 0, "*/golden.json": 1e-5, "*/golden.safetensors": 1e-5},
        [*TORCH, "peft"],
    ),
    "text": Set(
        [["make.py"], ["jinja.py"], ["pre.py"]],
        {"*.json": 0},
        ["tokenizers", "transformers", "sentencepiece", "protobuf", "jinja2"],
    ),
    "encoders": Set(
        [["make.py"], ["real.py", MODELS]],
        {
            "*/model.safetensors": 0, "*/*config.json": 0, "*/modules.json": 0, "*/*/config.json": 0, "*buckets.json": 0,
            "*/golden.json": 1e-12, "minilm.json": 5e-6, "contradiction.json": 2e-5,
        },
        [*TORCH, "sentencepiece", "protobuf", "onnx", "onnxruntime"],
        models=ENCODERS,
    ),
    "gguf": Set([["make.py"]], {"formats.*": 0, "split-*.gguf": 0, "names.json": 0}, ["gguf", "safetensors", "numpy"]),
    "probe": Set([["make.py"]], {"logistic.json": 1e-9}, ["scikit-learn", "numpy", "scipy"]),
    "confidence": Set([["make.py"]], {"maps.json": 1e-9}, ["scikit-learn", "numpy", "scipy"]),
    "evaluate": Set(
        [["make.py"]],
        {"metrics.json": 1e-9},
        ["scikit-learn", "numpy", "scipy"],
        alone=["lm-polygraph", "uncertainty-calibration"],
    ),
    "facts": Set([["make.py"]], {"facts.jsonl": 0}, ["babel", "countryinfo", "inflect", "periodictable", "pint", "us"]),
    "methods": Set(
        [["crosscheck.py"], ["crosscheck_claims.py"]],
        {"*.json": 1e-9},
        ["numpy", "scipy", "nltk", "absl-py", "six", "torch"],
        alone=["lm-polygraph", "uqlm", "boostedprob", "rouge-score"],
    ),
}


def run(command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def environment(sets):
    """A Python with the pinned packages of these sets."""
    pins = HERE / "requirements.txt"
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = cache / "semgrad" / f"python-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", pins]
    run([*pip, *sorted({package for chosen in sets for package in chosen.packages})])
    alone = sorted({package for chosen in sets for package in chosen.alone})
    if alone:
        run([*pip, "--no-deps", *alone])
    return python


def fetched(names):
    """The folder of these weights."""
    out = run(["cargo", "xtask", "models", *names], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True).stdout
    return pathlib.Path(out.splitlines()[0]).parent


def files(folder, patterns):
    """Files of a folder and their tolerances."""
    return {path.relative_to(folder): most for pattern, most in patterns.items() for path in sorted(folder.glob(pattern))}


def make(name, folder, python, models):
    """Runs the scripts of a set in a copy of its folder."""
    for path in files(folder, SETS[name].makes):
        (folder / path).unlink()
    # The last digits depend on how many threads a sum is cut into.
    settings = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "RAYON")}
    settings |= {"TQDM_DISABLE": "1", "HF_HUB_OFFLINE": "1"}
    for script, *arguments in SETS[name].scripts:
        given = [models if argument == MODELS else argument for argument in arguments]
        run([python, script, *given], cwd=folder, env=os.environ | settings, stdout=subprocess.DEVNULL)


class Difference:
    """What differs between two versions of a file."""

    def __init__(self):
        self.largest, self.where, self.moved, self.stamps = 0.0, "", [], []

    def number(self, old, new, scale, where, most):
        off = abs(old - new) / (scale or 1)
        if off > self.largest:
            self.largest, self.where = off, where
        # A comparison that is false for what is no number.
        if not off <= most:
            self.moved.append(f"{where}: {old!r}, now {new!r}")

    def values(self, old, new, where, most):
        """Two JSON values."""
        if isinstance(old, dict) and isinstance(new, dict):
            for key in old | new:
                place = f"{where}.{key}" if where else key
                if key in STAMPS and old.get(key) != new.get(key):
                    self.stamps.append(f"{key} {old.get(key)}, now {new.get(key)}")
                elif key not in STAMPS and (key in old) != (key in new):
                    self.moved.append(f"{place} {'is gone' if key in old else 'is new'}")
                elif key not in STAMPS:
                    self.values(old[key], new[key], place, most)
        elif isinstance(old, list) and isinstance(new, list):
            if len(old) != len(new):
                self.moved.append(f"{where}: {len(old)} entries, now {len(new)}")
            elif all(map(is_number, old + new)) and any(isinstance(x, float) for x in old + new):
                self.numbers(old, new, where, most)
            else:
                for index, pair in enumerate(zip(old, new)):
                    self.values(*pair, f"{where}[{index}]", most)
        elif isinstance(old, float) and is_number(new):
            self.number(old, new, abs(old), where, most)
        elif old != new:
            self.moved.append(f"{where}: {old!r}, now {new!r}")

    def numbers(self, old, new, where, most):
        scale = max(map(abs, old), default=0)
        for index, pair in enumerate(zip(old, new)):
            if pair[0] != pair[1]:
                self.number(*pair, scale, f"{where}[{index}]", most)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def tensors(data):
    """Type, shape and bytes of each tensor of a safetensors file."""
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    begin = 8 + length
    return {
        name: (entry["dtype"], entry["shape"], data[begin + entry["data_offsets"][0]:begin + entry["data_offsets"][1]])
        for name, entry in header.items()
    }


def difference(kind, old, new, most):
    """What differs between the bytes of two versions of a file, or nothing if they cannot be compared."""
    found = Difference()
    if kind == ".json":
        found.values(json.loads(old), json.loads(new), "", most)
    elif kind == ".jsonl":
        found.values(*([json.loads(line) for line in text.splitlines()] for text in (old, new)), "line ", most)
    elif kind == ".safetensors":
        before, after = tensors(old), tensors(new)
        for name in before | after:
            if before.get(name, [])[:2] != after.get(name, [])[:2]:
                found.moved.append(f"{name}: another type or shape, or only in one")
            elif before[name][0] == "F32":
                found.numbers(*(array.array("f", side[name][2]) for side in (before, after)), name, most)
            elif before[name][2] != after[name][2]:
                found.moved.append(f"{name}: other bytes")
    else:
        found.moved.append("other bytes")
    return found


def report(path, old, new, most):
    """One line or a few about a file; whether it moved."""
    def say(verdict, *more):
        print(f"  {path}  {verdict}", *(f"      {line}" for line in more), sep="\n")

    if not new:
        say("MOVED: it is not made any more")
    elif not old:
        say("MOVED: it is new")
    elif old.read_bytes() == new.read_bytes():
        say("the same bytes")
        return False
    else:
        found = difference(path.suffix, old.read_bytes(), new.read_bytes(), most)
        if not found.moved:
            off = f"largest difference {found.largest:.1e} at {found.where}" if found.largest else "the same values"
            say(f"{off} (tolerance {most:g})" if found.largest else off, *found.stamps)
            return False
        rest = len(found.moved) - NAMED
        say(f"MOVED (tolerance {most:g})", *found.moved[:NAMED], *([f"and {rest} more"] if rest > 0 else []))
    return True


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SETS))
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--models", type=pathlib.Path)
    arguments.add_argument("--python", type=pathlib.Path)
    asked = arguments.parse_args()
    for name in asked.names:
        if name not in SETS:
            arguments.error(f"there is nothing to make in `{name}`; there is {', '.join(SETS)}")
    names = asked.names or list(SETS)
    python = asked.python.absolute() if asked.python else environment([SETS[name] for name in names])
    wanted = [model for name in names for model in SETS[name].models]
    models = asked.models.absolute() if asked.models else fetched(wanted) if wanted else None

    moved = 0
    with tempfile.TemporaryDirectory() as temporary:
        copy = pathlib.Path(temporary) / "reference"
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("results", "report", "__pycache__"))
        for name in names:
            print(f"{name}:", flush=True)
            make(name, copy / name, python, models)
            before, after = (files(folder / name, SETS[name].makes) for folder in (HERE, copy))
            for path in sorted(before | after):
                old, new = (folder / name / path if path in there else None for folder, there in ((HERE, before), (copy, after)))
                if report(path, old, new, (before | after)[path]):
                    moved += 1
                    if asked.write and new:
                        (HERE / name / path).parent.mkdir(parents=True, exist_ok=True)
                        shutil.copyfile(new, HERE / name / path)
    print(f"{moved} of the files moved" if moved else "Nothing moved")
    return 1 if moved else 0


if __name__ == "__main__":
    sys.exit(main())
