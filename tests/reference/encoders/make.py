"""Makes the tiny encoders and their reference numbers: random weights, real tokenizers.

    python ../regenerate.py encoders

One folder per model, as on the hub, with `golden.json`: ids that the tokenizer gives (truncated to the model's length)
and what the model makes of them, computed in double precision from the weights as they are stored. Training a vocabulary
breaks ties at random, so `tokenizer.json` is trained only where it is missing: everything else follows from it.

bert_embedding          BERT, mean pooling
bert_nli                BERT with three labels, half-precision weights
roberta_nli             RoBERTa with three labels, byte-level BPE
deberta_v3_nli          DeBERTa-v3: log buckets, shared projections of positions, normalized relative embeddings
deberta_v2_contradiction  DeBERTa-v2 with everything else that a file may ask for: own projections of positions, absolute
                        positions, token types, a convolution, narrow embeddings, no buckets; two labels
mpnet_embedding         MPNet: what scores add by distance; files as sentence-transformers 6.2 writes them
distilbert_nli          DistilBERT with three labels; files of a cross-encoder as sentence-transformers 6.2 writes them
modernbert_embedding    ModernBERT without a bias: rotation with two bases, a window in two layers of four, first token
modernbert_nli          ModernBERT with every bias that a file may ask for, three labels, the head on the mean

buckets.json            the bucket of every distance, for sizes of real models and of these
bias_buckets.json       MPNet's, of distances from -200 to 200
"""

import json
import pathlib

import torch
import transformers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast
from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

HERE = pathlib.Path(__file__).parent
TEXTS = [
    "",
    "Paris.",
    "The capital of France is Paris.",
    "It was Lyon, the old town on two rivers; not Paris!",
    "Café, naïve and Ångström: 3.14159 or 2,718?",
    "مرحبا, שלום and 你好 🙂 in one line",
    "A long answer goes on and on about the river, the bridges, the markets and the people who sell bread in them, until "
    "nobody who reads it remembers where it began, and then it goes on for another while, because nobody stops it.",
]
PAIRS = [
    ("Who wrote it? Anna did.", "Who wrote it? Anna did."),
    ("The capital of France is Paris.", "The capital of France is Lyon."),
    ("Paris.", "Lyon."),
    ("", "nothing was said"),
    (TEXTS[6], "short"),
    ("short", TEXTS[6]),
    (TEXTS[6], TEXTS[6]),
    (TEXTS[5], TEXTS[4]),
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
CORPUS = TEXTS + [text for pair in PAIRS for text in pair] + [
    "People ask short questions and the model gives short answers.",
    "Rivers, bridges, markets, bread and people of old towns.",
]


def bracketed(tokenizer):
    """[CLS] a [SEP], and [CLS] a [SEP] b [SEP] with types 0 and 1."""
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")],
    )
    return tokenizer


def word_piece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=160, special_tokens=SPECIAL, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return bracketed(tokenizer)


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), normalizers.NFKC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=150, special_tokens=SPECIAL, unk_token="[UNK]", show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return bracketed(tokenizer)


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = [AddedToken(name, special=True) for name in ("<s>", "<pad>", "</s>", "<unk>")]
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


def modern():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = [AddedToken(name, special=True) for name in SPECIAL]
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return bracketed(tokenizer)


SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=52)
THREE = {0: "contradiction", 1: "entailment", 2: "neutral"}


def bert(vocab, labels=None):
    sizes = dict(SIZES, vocab_size=vocab, max_position_embeddings=48, layer_norm_eps=1e-12)
    if labels is None:
        return transformers.BertModel(transformers.BertConfig(**sizes))
    return transformers.BertForSequenceClassification(transformers.BertConfig(**sizes, id2label=labels))


def roberta(vocab):
    # Positions start behind the padding id: 2 rows are never used.
    config = transformers.RobertaConfig(
        **SIZES, vocab_size=vocab, max_position_embeddings=50, type_vocab_size=1, layer_norm_eps=1e-5,
        id2label={0: "CONTRADICTION", 1: "NEUTRAL", 2: "ENTAILMENT"})
    return transformers.RobertaForSequenceClassification(config)


def deberta_v3(vocab):
    config = transformers.DebertaV2Config(
        **SIZES, vocab_size=vocab, max_position_embeddings=96, type_vocab_size=0, layer_norm_eps=1e-7,
        relative_attention=True, position_buckets=16, max_relative_positions=-1, norm_rel_ebd="layer_norm",
        share_att_key=True, pos_att_type="p2c|c2p", position_biased_input=False, pooler_dropout=0,
        pooler_hidden_act="gelu", pooler_hidden_size=SIZES["hidden_size"], id2label=THREE)
    return transformers.DebertaV2ForSequenceClassification(config)


def deberta_v2(vocab):
    config = transformers.DebertaV2Config(
        **SIZES, vocab_size=vocab, max_position_embeddings=64, type_vocab_size=2, layer_norm_eps=1e-7,
        relative_attention=True, max_relative_positions=24, share_att_key=False, pos_att_type="c2p|p2c",
        position_biased_input=True, conv_kernel_size=3, conv_act="gelu", embedding_size=20,
        pooler_hidden_act="gelu", pooler_hidden_size=SIZES["hidden_size"],
        id2label={0: "consistent", 1: "contradiction"})
    return transformers.DebertaV2ForSequenceClassification(config)


def mpnet(vocab):
    # Positions start behind the padding id.
    config = transformers.MPNetConfig(**SIZES, vocab_size=vocab, max_position_embeddings=98, layer_norm_eps=1e-5)
    return transformers.MPNetModel(config, add_pooling_layer=False)


def distilbert(vocab):
    config = transformers.DistilBertConfig(
        dim=32, n_layers=2, n_heads=4, hidden_dim=52, vocab_size=vocab, max_position_embeddings=48,
        sinusoidal_pos_embds=True, id2label=THREE)
    return transformers.DistilBertForSequenceClassification(config)


def modernbert(vocab, labels=None):
    sizes = dict(
        hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=20, vocab_size=vocab,
        max_position_embeddings=128, local_attention=8, global_attn_every_n_layers=3, pad_token_id=0, cls_token_id=2,
        sep_token_id=3, bos_token_id=2, eos_token_id=3)
    if labels is None:
        return transformers.ModernBertModel(transformers.ModernBertConfig(**sizes))
    config = transformers.ModernBertConfig(
        **sizes, id2label=labels, attention_bias=True, mlp_bias=True, norm_bias=True, classifier_bias=True,
        classifier_pooling="mean")
    return transformers.ModernBertForSequenceClassification(config)


def randomize(model, seed):
    """Weights large enough that attention prefers some keys and that a wrong bias shows."""
    draw = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=draw)
        if name.endswith(("LayerNorm.weight", "norm.weight")):
            parameter.data = 1 + 0.2 * noise
        elif parameter.dim() == 1:
            parameter.data = 0.2 * noise
        elif "embeddings" in name:
            parameter.data = noise
        else:
            parameter.data = noise * 1.5 / parameter[0].numel() ** 0.5


def trained(name, train):
    """The tokenizer of a model's folder, trained if there is none."""
    path = HERE / name / "tokenizer.json"
    return Tokenizer.from_file(str(path)) if path.exists() else train()


def write(name, model, tokenizer, length, seed, half=False, first=False):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=length)
    randomize(model, seed)
    if half:
        # The frequencies of a rotation are no weights.
        for parameter in model.parameters():
            parameter.data = parameter.data.half()
    model.save_pretrained(folder)
    settings = {"model_max_length": length}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings) + "\n")
    model = model.double().eval()

    classifies = hasattr(model, "classifier")
    golden = []
    for case in PAIRS if classifies else [(text,) for text in TEXTS]:
        encoded = fast(*case, truncation=True, return_token_type_ids=True)
        ids, types = encoded["input_ids"], encoded["token_type_ids"]
        given = dict(input_ids=torch.tensor([ids]))
        if getattr(model.config, "type_vocab_size", 0) > 1:
            given["token_type_ids"] = torch.tensor([types])
        with torch.no_grad():
            out = model(**given)
        line = {"texts": case, "ids": ids}
        if classifies:
            line["logits"] = out.logits[0].tolist()
        else:
            states = out.last_hidden_state[0]
            pooled = states[0] if first else states.mean(0)
            line["embedding"] = (pooled / pooled.norm()).tolist()
        golden.append(json.dumps(line, ensure_ascii=False))
    (folder / "golden.json").write_text("[\n" + ",\n".join(golden) + "\n]\n")
    print(name, sum(f.stat().st_size for f in folder.iterdir()), "bytes", "vocabulary", tokenizer.get_vocab_size())
    return folder


def buckets():
    cases = []
    for size, longest in ((256, 512), (16, 96), (32, 128), (320, 1280)):
        of = make_log_bucket_position(torch.arange(2 * longest), size, longest).long().tolist()
        cases.append(json.dumps({"buckets": size, "longest": longest, "of": of}, separators=(",", ":")))
    (HERE / "buckets.json").write_text("[\n" + ",\n".join(cases) + "\n]\n")
    # It takes the place of the key less that of the query.
    of = MPNetEncoder.relative_position_bucket(-torch.arange(-200, 201)).tolist()
    (HERE / "bias_buckets.json").write_text(json.dumps(of, separators=(",", ":")) + "\n")


def noted(folder, model, first, pooling=None):
    """The files of sentence-transformers 6.2."""
    base, text = "sentence_transformers.base.modules", "sentence_transformers.sentence_transformer.modules"
    layers = [("", f"{base}.transformer.Transformer")]
    if pooling is not None:
        layers += [("1_Pooling", f"{text}.pooling.Pooling"), ("2_Normalize", f"{base}.normalize.Normalize")]
        (folder / "1_Pooling").mkdir(exist_ok=True)
        pooled = {"embedding_dimension": 32, "pooling_mode": pooling, "include_prompt": True}
        (folder / "1_Pooling/config.json").write_text(json.dumps(pooled) + "\n")
    modules = [{"idx": i, "name": str(i), "path": path, "type": kind} for i, (path, kind) in enumerate(layers)]
    (folder / "modules.json").write_text(json.dumps(modules) + "\n")
    (folder / "sentence_bert_config.json").write_text(json.dumps(first) + "\n")
    (folder / "config_sentence_transformers.json").write_text(json.dumps(model) + "\n")


def of_sentences(folder, pooling):
    text = {"method": "forward", "method_output_name": "last_hidden_state"}
    first = {
        "transformer_task": "feature-extraction", "modality_config": {"text": text}, "module_output_name": "token_embeddings"}
    model = {
        "model_type": "SentenceTransformer", "prompts": {"document": "", "query": ""}, "default_prompt_name": None,
        "similarity_fn_name": "cosine"}
    noted(folder, model, first, pooling)


def of_pairs(folder):
    text = {"method": "forward", "method_output_name": "logits"}
    first = {"transformer_task": "sequence-classification", "modality_config": {"text": text}, "module_output_name": "scores"}
    model = {
        "model_type": "CrossEncoder", "prompts": {}, "default_prompt_name": None,
        "activation_fn": "torch.nn.modules.linear.Identity"}
    noted(folder, model, first)


def main():
    buckets()
    tokenizer = trained("bert_embedding", word_piece)
    vocab = tokenizer.get_vocab_size()
    folder = write("bert_embedding", bert(vocab), tokenizer, 48, 1)
    # As sentence-transformers writes it; its length counts, not the longer one of the tokenizer.
    (folder / "modules.json").write_text(json.dumps([
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate([("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")])
    ]) + "\n")
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "1_Pooling/config.json").write_text(json.dumps(
        {"word_embedding_dimension": 32, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}) + "\n")
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 48, "do_lower_case": False}) + "\n")
    tokenizer_config = {"model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config) + "\n")

    write("bert_nli", bert(vocab, THREE), tokenizer, 48, 2, half=True)
    of_pairs(write("distilbert_nli", distilbert(vocab), tokenizer, 48, 7, half=True))
    tokenizer = trained("roberta_nli", byte_level)
    vocab = tokenizer.get_vocab_size()
    write("roberta_nli", roberta(vocab), tokenizer, 48, 3)
    of_sentences(write("mpnet_embedding", mpnet(vocab), tokenizer, 96, 6, half=True), "mean")
    tokenizer = trained("deberta_v3_nli", unigram)
    vocab = tokenizer.get_vocab_size()
    write("deberta_v3_nli", deberta_v3(vocab), tokenizer, 96, 4)
    write("deberta_v2_contradiction", deberta_v2(vocab), tokenizer, 64, 5)
    tokenizer = trained("modernbert_embedding", modern)
    vocab = tokenizer.get_vocab_size()
    of_sentences(write("modernbert_embedding", modernbert(vocab), tokenizer, 128, 8, half=True, first=True), "cls")
    write("modernbert_nli", modernbert(vocab, THREE), tokenizer, 128, 9, half=True)


main()
