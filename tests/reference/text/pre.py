"""Makes pre.json: ids for every way of cutting text that GGUF files name, over a few hundred nasty strings.

    python ../regenerate.py text

`cuts` are from the Python `tokenizers`, with the normalizer and the pre-tokenizer of the tokenizer.json that a model of the
name was published with, or, of models whose file is not known, those that llama.cpp has under the name. `classes` are from
`transformers`, for folders that have vocab.json and merges.txt alone. All have one vocabulary, trained on text that was not cut
at all: its merges reach over every boundary, so a wrong cut gives other ids. A text's distinct ids stand once, and each way of
cutting has its place in that list.
"""

import json
import pathlib
import random
import tempfile

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer, Qwen3_5Tokenizer

HERE = pathlib.Path(__file__).parent
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN_35 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|"
    r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
KIMI = "|".join([
    r"[\p{Han}]+",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+",
])
JAIS_2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|"
    r"\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"
)
BAILING = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
SEED = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"
EXAONE_MOE = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|"
    r"\s*[\r\n]|\s+(?!\S)|\s+"
)
MINICPM = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}+| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CHINESE_AND_KANA = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
CHINESE_AND_KOREAN = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
DEEPSEEK_3 = (
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|"""
    r"\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPARK = DEEPSEEK_3.replace(r"+[\r\n]*|\s*[\r\n]+|", r"+|[\r\n]|")
CASED_LETTERS = (
    "\\s?[A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376\u0377"
    "\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5"
    "\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d"
    "\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4"
    "\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d"
    "\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4"
    "\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06"
    "\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\U00010400-\U0001044f\U000104b0-\U000104d3\U000104d8-\U000104fb"
    "\U00010c80-\U00010cb2\U00010cc0-\U00010cf2\U000118a0-\U000118df\U0001e900-\U0001e943]+"
)
BLOOM = " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+"
YOUTU = (
    "[\uac00-\ud7a3\u3131-\u318e]+|[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f\ufe30-\ufe4f]+|"
    "[\u3105-\u312f]+|[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
)
AFMOE = (
    "[\u4e00-\u9fff\u3400-\u4dbf\u8c48-\ufaff\u3040-\u309f\u30a0-\u30ff\uff65-\uff9f\u2f00-\u2fdf\u0e40-\u0e7f\u0e80-\u0eff"
    "\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\uac00-\ud7af\u1100-\u11ff]+"
)
# Sentinels and images are written so in Chameleon's training texts.
SENTINEL, IMAGE, SPACES = r"<sentinel:[0-9]+>", r"(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", r"([\t\n]|    |  )"


def split(expression):
    return pre_tokenizers.Split(Regex(expression), "isolated")


def words(*expressions, digits=False):
    """Cuts around the matches of each expression, then writes bytes."""
    steps = [split(expression) for expression in expressions]
    steps += [pre_tokenizers.Digits(individual_digits=True)] if digits else []
    return [*steps, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]


def removed(expression):
    """As converters of tiktoken files write it: what does not match is removed, and everything matches."""
    return [
        pre_tokenizers.Split(Regex(expression), "removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]


def gpt2(*before):
    return [*before, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]


DIGITS = pre_tokenizers.Digits(individual_digits=True)
NFC, WHOLE = "NFC", "whole words without merging"
CUTS = [
    ("gpt-2 gpt2 phi-2 jina-v1-en jina-v2-code jina-es jina-de jina-v2-es jina-v2-de roberta-bpe gigachat a.x-4.0 mellum jais "
     "trillion granite-docling exaone4", gpt2()),
    ("olmo mpt modern-bert", gpt2(), NFC),
    ("smollm starcoder refact codeshell exaone minerva-7b mellum2", gpt2(DIGITS)),
    ("command-r", gpt2(DIGITS), NFC),
    ("falcon", [pre_tokenizers.Punctuation("contiguous"), *gpt2(), pre_tokenizers.Digits(individual_digits=False),
                split("[0-9][0-9][0-9]")]),
    ("chameleon", gpt2(split(SENTINEL), split(IMAGE), split(SPACES), DIGITS, pre_tokenizers.Punctuation("isolated"))),
    ("llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano", words(CL100K), WHOLE),
    ("dbrx smaug-bpe chatglm-bpe glm4", removed(CL100K)),
    ("jais-2", words(JAIS_2)),
    ("minicpm5", words(r"\p{N}{1,3}", MINICPM), WHOLE),
    ("qwen2 deepseek-r1-qwen stablelm2 hunyuan f2llmv2", words(QWEN), NFC),
    ("kormo megrez grok-2 solar-open", words(QWEN)),
    ("qwen35", words(QWEN_35), NFC),
    ("ufakzeka", words(QWEN.split("|", 7)[7])),
    ("seed-coder", words(SEED)),
    ("bailingmoe bailingmoe2 llada-moe", words(BAILING)),
    ("exaone-moe", words(EXAONE_MOE)),
    ("laguna", words(r"[^\n]+|[\n]+", QWEN)),
    ("gpt-4o llama4 kanana2 talkie minimax-m2", removed(O200K)),
    ("granite-embed-multi-97m", words(O200K), WHOLE),
    ("tiny_aya cohere2moe", words(r"\d{1,3}(?=(?:\d{3})*\b)", O200K)),
    ("tekken", words(TEKKEN), WHOLE),
    ("youtu", words(YOUTU, O200K.replace("{1,3}", "")), WHOLE),
    ("kimi-k2", words(KIMI)),
    ("deepseek-coder", words("[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", CHINESE_AND_KOREAN, digits=True)),
    ("deepseek-llm", words("[\r\n]", CASED_LETTERS, "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+",
                           r"\s+$", CHINESE_AND_KOREAN, digits=True)),
    ("deepseek-v3 hunyuan-dense joyai-llm hy_v4", words(r"\p{N}{1,3}", CHINESE_AND_KANA, DEEPSEEK_3)),
    ("spark2_5", words(r"\p{N}{1,3}", CHINESE_AND_KANA, SPARK, digits=True)),
    ("afmoe", words(r"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))", AFMOE, DEEPSEEK_3)),
    ("superbpe", words(r"\p{N}+", r"(?=(\d{3})+(?!\d))")),
    ("bloom poro-chat gpt3-finnish", words(BLOOM)),
    ("viking", words(BLOOM, digits=True)),
]
# transformers reads the two files for all of these but the last, which takes the lists themselves.
CLASSES = ["GPT2Tokenizer", "GPT2TokenizerFast", "CodeGenTokenizer", "GPTNeoXTokenizer", "Qwen2Tokenizer",
           "Qwen2TokenizerFast", "CohereTokenizer", "Qwen3_5Tokenizer"]

FIXED = [
    "", " ", "  ", "   a", "a   ", "\n", "\n\n\n", "\r\n", "\r\r\n\n", " \n ", "\t\t\tx", "a \n\n b", "x  \n  y", " \u00a0\u3000\u2003a",
    "\u0085\u2028\u2029", "\x0b\x0c\x1c\x1f", "Hello world", "Hello, y'all! How are you?", "don't DON'T Don'T it's IT'S we'LL we'Ve",
    "'s 't 're 've 'm 'll 'd", "'S'T'RE'VE'M'LL'D", "o'clock 'tis rock'n'roll", "\u2019s don\u2019t", "'\u017f it'\u017f \u212a",
    "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678901", " 12", " 123 4567", "a1b22c333d4444", "1,234,567.89",
    "3.14e-10", "0x1F", "007", "12ab345", "1234a", "\u0661\u0662\u0663\u0664", "\u0967\u0968\u0969\u096a", "\u00bd\u00b2\u00b3\u2160\u2167", "\uff11\uff12\uff13\uff14",
    "\u4e00\u4e8c\u4e09", "1\u00b223", "\u5e742026\u6708", "camelCaseWord HTTPServer iPhone XMLHttpRequest", "ABC abc ABc aBC Abc", "\u01c5\u01c6 \u01c4a \u02b0A \u1d2e",
    "\u00c9cole \u00c9COLE \u00e9\u00c9\u00e9", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 \u03a3\u0399\u03a3", "\u041f\u0440\u0438\u0432\u0435\u0442, \u041c\u0438\u0440!", "stra\u00dfe STRA\u1e9eE \ufb01n",
    "cafe\u0301 n\u0303 e\u0301E\u0301", "\u0301a \u0301A \u0301", "A\u0301B\u0301c\u0301", "a\u0301\u0302\u0303\u0304b", "\u1ec7 e\u0323\u0302 \u212b \u00c5 A\u030a", "\uac00\u1100\u1161 \ud55c\uad6d\uc5b4 \u110b\u1161",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\u6211\u60f3\u5728apple\u5de5\u4f5c1314151\u5929\uff5e", "\u3053\u3093\u306b\u3061\u306f\u30ab\u30bf\u30ab\u30ca\uff76\uff80", "\u6f22\u5b57\u3068kana\u306e\u30df\u30c3\u30af\u30b9", "\u3105\u3106\u3107 \u3400\u4dbf\uf900 \U00020000\u9fff",
    "\u300c\u5f15\u7528\u300d\u300e\u2026\u300f\uff01\uff1f\uff1a\uff1b\u2014\u2014", "\u201cquotes\u201d \u2018single\u2019 \u00ab\u00bb", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01", "\u0e17\u0e35\u0e48 \u0e99\u0e49\u0e33 \u0ec0\u0ea5\u0eb2\u0ea7", "\u1780\u17d2\u1798\u17c2\u179a \u1019\u103c\u1014\u103a\u1019\u102c",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645\u060c \u0643\u064a\u0641\u061f", "\u0628\u0650\u0633\u0652\u0645\u0650 \u0627\u0644\u0644\u0651\u064e\u0647\u0650", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e\u0964 \u0995\u09cd\u09b7", "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd \u0c24\u0c46\u0c32\u0c41\u0c17\u0c41",
    "\U0001f642\U0001f643", "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f44d\U0001f3fd \U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 1\ufe0f\u20e3", "a\U0001f642b \U0001f642 c", "\u200b\u200c\u200d\u2060\ufeff", "\u202eabc\u202c",
    "a\0b\x01\x7f", "\ufffd\ufffe\uffff\ue000\U0010ffff", "\ud7ff\ue000 \u0378\u0530", "!!! ??? ... ,,, ;;;", "a.b.c, d;e:f", " .a ,b !c", "-->> <== !== &&|| ++i; --j",
    "$100 + \u20ac200 = \u00a5300 ^~`|<>", "http://a.b/c?d=e&f#g//\n/h", "path/to/file\\n //comment\n///doc\r\n", "f(x)=[1,2]{3}\n\treturn x_y;\n", "def f(a):\n    return a  # ok\n\n\n",
    "#!/bin/sh\n$HOME \"$@\" 'q' `b`", "user@mail.com @name #tag a_b-c", "<sentinel:12> IMGIMGABZ IMGIMGABCDEZ <sentinel:x>", "x\n\n  \n\ty", "end. ", "end.\n", "( a ) [ b ] { c }", "|a|b| (x|y)",
    "\u00b5\u00aa\u00ba\u2102\u2126\u212a\u2183 \u10a0\u13a0\uab70 \U00010400\U0001e900", "\u3000\u3001\u3002\uff08\uff09\uff01\uff5e", "a\u00adb\u0600\u06dd", "\u2460\u2474\u3280 \u2155", "l'save u'tis 'mend\n'really (\t'llama", "Z\u0337\u0321a\u0335l\u0358g\u0321o\u031b",
]
RUNS = [" " * 37, " " * 700, "\n" * 90, "a" * 300, "A" * 300, "7" * 301, "7" * 64 + "x", "\u4e00" * 120, "!" * 200, "\u0301" * 70, "\U0001f642" * 40,
        " a" * 60, "aA" * 60, "1 " * 40, "\t " * 40, "'s" * 40, "\r\n" * 40, "\u0e01\u0e33" * 40, "it's " * 20]
PARTS = [
    " ", "  ", "\t", "\n", "\r\n", "\r", "\u00a0", "\u3000", "'s", "'LL", "'", "\u2019", "a", "B", "hello", "World", "HTTP", "\u00e9", "e\u0301", "\u0301",
    "\u00df", "\u01c5", "\u02b0", "7", "42", "123", "2026", "12345", "\u0663", "\u00b2", "\u2167", "\u4f60\u597d", "\u3042", "\u30ab", "\ud55c", "\u0e01\u0e33", "\u0645\u0631",
    "\u0915\u094d", "\U0001f642", "\u200d", "\ufe0f", "\0", "\x7f", ".", ",", "!", "?", "-", "_", "/", "//", "(", ")", "<", "|", "$", "+", "^", "`", "~", "\u3002", "\uff0c",
    "\u2026", "\u201c", "\u060c", "\u0964", "\uffff",
]


def texts():
    draw = random.Random(16)
    yield from FIXED
    yield from RUNS
    for _ in range(220):
        yield "".join(draw.choice(PARTS) for _ in range(draw.randint(1, 12)))


def trained():
    """Tokens by id and merges. Words of the corpus are whole texts, and some tokens come from no merge."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    draw = random.Random(61)
    mixed = ["".join(draw.choice(PARTS) for _ in range(6)) for _ in range(3000)]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=1500, initial_alphabet=alphabet, max_token_length=8, show_progress=False)
    # Words that begin like a contraction, and are cut by whoever looks for one first.
    apostrophes = ["'save", "'tis", "'mend", "'really", "'llama"] * 300
    tokenizer.train_from_iterator([*FIXED * 4, *mixed, *apostrophes], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    unmerged = ["hello", "\u0120hello", "World", "\u0120World", "2026", "abc", "HTTPServer", "\u010a\u010a\u010a", "123"]
    made = {"".join(merge) for merge in model["merges"]}
    merges = [merge for merge in model["merges"] if "".join(merge) not in unmerged]
    # Nothing may be made of what is no longer made.
    gone = set(unmerged) & made
    while True:
        kept = [merge for merge in merges if not gone & set(merge)]
        if len(kept) == len(merges):
            break
        made_now = {"".join(merge) for merge in kept}
        gone |= {"".join(merge) for merge in merges} - made_now
        merges = kept
    return [*tokens, *(token for token in unmerged if token not in tokens)], merges


def main():
    tokens, merges = trained()
    vocab = {token: id for id, token in enumerate(tokens)}
    strings = list(dict.fromkeys(texts()))
    places, distinct = {}, [[] for _ in strings]

    def keep(name, encode):
        indices = []
        for string, lists in zip(strings, distinct):
            ids = encode(string)
            if ids not in lists:
                lists.append(ids)
            indices.append(lists.index(ids))
        places[name] = indices

    for names, steps, *flags in CUTS:
        tokenizer = Tokenizer(models.BPE(vocab, [tuple(merge) for merge in merges], ignore_merges=WHOLE in flags))
        if NFC in flags:
            tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
        tokenizer.decoder = decoders.ByteLevel()
        keep(names, lambda string: tokenizer.encode(string, add_special_tokens=False).ids)
    for name in CLASSES:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "vocab.json").write_text(json.dumps(vocab))
            (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
            (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": name}))
            if name == "Qwen3_5Tokenizer":
                tokenizer = Qwen3_5Tokenizer(vocab=vocab, merges=[tuple(merge) for merge in merges])
            else:
                tokenizer = AutoTokenizer.from_pretrained(folder)
            keep(name, lambda string: tokenizer.encode(string, add_special_tokens=False))
    result = {
        "tokens": tokens, "merges": [" ".join(merge) for merge in merges],
        "texts": [{"text": string, "ids": lists} for string, lists in zip(strings, distinct)],
        "cuts": [{"names": names.split(" "), "places": places[names]} for names, *_ in CUTS],
        "classes": [{"name": name, "places": places[name]} for name in CLASSES],
    }
    (HERE / "pre.json").write_text(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
