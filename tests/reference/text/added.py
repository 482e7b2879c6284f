"""Makes added.json: ids of added tokens with every flag, for every kind of vocabulary, over a few hundred nasty strings.

    pip install tokenizers==0.23.2 transformers==5.24.0
    python added.py

`kinds` are from the Python `tokenizers`; `folders`, where tokens stand beside tokenizer.json, from `transformers`. Texts
stand once; ids are listed in their order.
"""

import json
import pathlib
import random
import tempfile

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).parent
CORPUS = [
    "the cat sat on the mat, and the dog sat on the log", "I'm sure they've said it's what you'd do. DON'T SHOUT",
    "caf\u00e9 na\u00efve \u00fcber stra\u00dfe \u0130stanbul", "12 + 34 = 46; 1234567890 <b>bold</b> [x] a_b",
    "\u4f60\u597d \u4e16\u754c \u3053\u3093 \ud55c\uad6d\uc5b4 \u0645\u0631\u062d\u0628\u0627 \U0001f642\U0001f643",
]
# One token of every flag and of pairs that meet; what normalizers change; tokens that overlap or hold one another.
ADDED = [
    ("<s>", {"special": True}), ("</s>", {"special": True, "rstrip": True}), ("<mask>", {"special": True, "lstrip": True}),
    ("<|x|>", {"special": True, "normalized": True}), ("cat", {"single_word": True}), ("ca", {}),
    ("log_", {"single_word": True, "normalized": False}), ("-7-", {"single_word": True, "lstrip": True, "rstrip": True}),
    ("7-8", {"normalized": False}), ("The", {"normalized": True}), ("Caf\u00e9", {"normalized": True, "lstrip": True}),
    ("e\u0301", {"normalized": False}), ("\n\n", {"normalized": False}), ("  ", {"normalized": False}),
    ("on the", {"normalized": True, "rstrip": True}), ("\u4f60", {"single_word": True}), ("<|x", {"normalized": False}),
]
PARTS = [token for token, _ in ADDED] + [
    " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "a", "b", "cat", "cats", "_", "\u203f", "7", "\u0663", "\u00b2", "\u00b7",
    "\u200d", "\u0301", "\u0130", "\u00df", "\ud55c", "\u597d", "\U0001f642", "the", "on", "-", "<", "|>", "x", "\u2581", "'s", "\ufb01", "\0",
]


def texts():
    draw = random.Random(12)
    yield from ["", " ", "\n", "<s>", " <s> ", "cat", "cats", " cat_", "a cat.", "-7-8", "cat\u0301", "cat\u200d", "cat\u00b2"]
    for _ in range(280):
        yield "".join(draw.choice(PARTS) for _ in range(draw.randint(1, 9)))


def vocabularies():
    level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    regex = Regex(r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    split = pre_tokenizers.Sequence([
        pre_tokenizers.Split(regex, "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    spaces = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    fallback = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    bytes_ = pre_tokenizers.ByteLevel.alphabet()

    def bpe(normalizer, pre_tokenizer, **options):
        tokenizer = Tokenizer(models.BPE(**options))
        if normalizer:
            tokenizer.normalizer = normalizer
        if pre_tokenizer:
            tokenizer.pre_tokenizer = pre_tokenizer
        return tokenizer

    def trained(tokenizer, trainer):
        tokenizer.train_from_iterator(CORPUS * 3, trainer)
        # Training notes its own special tokens; those of the fixture are added afterwards.
        file = json.loads(tokenizer.to_str()) | {"added_tokens": []}
        return Tokenizer.from_str(json.dumps(file))

    size = {"vocab_size": 330, "show_progress": False}
    yield "byte-level", trained(bpe(None, level), trainers.BpeTrainer(initial_alphabet=bytes_, **size))
    yield "byte-level NFC", trained(bpe(normalizers.NFC(), split), trainers.BpeTrainer(initial_alphabet=bytes_, **size))
    pieces = trainers.BpeTrainer(special_tokens=fallback, **size)
    options = {"unk_token": "<unk>", "byte_fallback": True, "fuse_unk": True}
    yield "SentencePiece BPE", trained(bpe(spaces, None, **options), pieces)
    meta = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    yield "SentencePiece BPE, prefix once", trained(bpe(None, meta, **options), pieces)
    # Training breaks ties of these two by chance: their vocabularies are made of the corpus' letters and first words.
    words = sorted({word.lower() for text in CORPUS[:3] for word in text.split()})
    letters = sorted({letter for text in CORPUS for letter in text + text.lower()} - {" "})
    scored = [("<unk>", 0.0), ("\u2581", -3.0), *((w, -float(5 + len(w) % 3)) for w in words if len(w) > 1)]
    scored += [("\u2581" + word, -4.0 - len(word) / 4) for word in words] + [(letter, -9.0) for letter in letters]
    unigram = Tokenizer(models.Unigram(scored, unk_id=0))
    unigram.normalizer, unigram.pre_tokenizer = normalizers.NFKC(), pre_tokenizers.Metaspace()
    yield "Unigram", unigram
    pieces = ["[UNK]", *letters, *("##" + letter for letter in letters), *(w for w in words if len(w) > 1), "##s", "##at"]
    for lowercase in [True, False]:
        vocab = {piece: at for at, piece in enumerate(dict.fromkeys(pieces))}
        word_piece = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
        word_piece.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
        word_piece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        yield f"WordPiece{', uncased' if lowercase else ''}", word_piece
    word_level = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    word_level.pre_tokenizer = pre_tokenizers.Whitespace()
    yield "WordLevel", trained(word_level, trainers.WordLevelTrainer(special_tokens=["[UNK]"], **size))


def token(content, flags):
    special = flags.get("special", False)
    defaults = {"special": special, "normalized": not special, "single_word": False, "lstrip": False, "rstrip": False}
    return AddedToken(content, **defaults | flags)


def entry(content, flags):
    special = flags.get("special", False)
    return {"content": content, "lstrip": False, "normalized": not special, "rstrip": False, "single_word": False,
            "special": special} | flags


def folders(base, strings):
    """Folders whose tokenizer.json has none, some or other flags of the added tokens."""
    full = Tokenizer.from_str(base.to_str())
    full.add_tokens([token(*pair) for pair in ADDED])
    numbers = {content: full.token_to_id(content) for content, _ in ADDED}
    decoder = {str(numbers[content]): entry(content, flags) for content, flags in ADDED}
    some = Tokenizer.from_str(base.to_str())
    some.add_tokens([token(*pair) for pair in ADDED[:5]])
    flipped = Tokenizer.from_str(base.to_str())
    flipped.add_tokens([token(content, {"normalized": False}) for content, _ in ADDED])
    named = {"bos_token": "<s>", "eos_token": entry(*ADDED[1]) | {"__type": "AddedToken"}, "mask_token": "<mask>"}
    variants = {
        "only in added_tokens_decoder": (base, {"added_tokens_decoder": decoder}, {}),
        "some in added_tokens_decoder": (some, {"added_tokens_decoder": decoder}, {}),
        "other flags in added_tokens_decoder": (flipped, {"added_tokens_decoder": decoder} | named, {}),
        "ids with a gap": (base, {"added_tokens_decoder": {str(int(i) + 9): t for i, t in decoder.items()}}, {}),
        "only in added_tokens.json": (base, {}, {"added_tokens.json": numbers}),
        "some in added_tokens.json": (some, named, {"added_tokens.json": numbers}),
        "named": (base, named | {"additional_special_tokens": ["cat", "<|x|>", "</s>"]}, {}),
        "named in special_tokens_map.json": (base, {}, {"special_tokens_map.json": {
            "bos_token": "<s>", "eos_token": entry(*ADDED[1]), "additional_special_tokens": ["cat", "<|x|>"]}}),
    }
    for name, (tokenizer, config, files) in variants.items():
        with tempfile.TemporaryDirectory() as folder:
            files = {"tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"} | config} | files
            files["tokenizer.json"] = json.loads(tokenizer.to_str())
            for file, value in files.items():
                (pathlib.Path(folder) / file).write_text(json.dumps(value))
            loaded = AutoTokenizer.from_pretrained(folder)
            ids = [loaded(text, add_special_tokens=False)["input_ids"] for text in strings]
        yield {"name": name, "files": files, "ids": ids}


def main():
    strings, kinds = list(texts()), []
    for kind, tokenizer in vocabularies():
        plain = Tokenizer.from_str(tokenizer.to_str())
        tokenizer.add_tokens([token(*pair) for pair in ADDED])
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in strings]
        kinds.append({"kind": kind, "tokenizer": json.loads(tokenizer.to_str()), "ids": ids})
        if kind == "SentencePiece BPE":
            beside = list(folders(plain, strings[:90]))
    data = {"texts": strings, "kinds": kinds, "folders": beside}
    (HERE / "added.json").write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
