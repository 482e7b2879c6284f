"""The scores of a given answer and the gradients behind them, by PyTorch's autograd: what `tiny` and `real` are made with.

With p_t the probability of answer token t and H_t the entropy in nats where it is predicted, held constant:

    weighted loss   -(1/T) Σ H_t ln p_t
    cross-entropy   -(1/T) Σ ln p_t

Hidden state l is what enters layer l, and the last one what leaves the final norm. The head has a copy of its weight, so
that a tied model's gradient there is that of the output alone.
"""

import torch


def prepare(model):
    """Only hidden states and the head get gradients; the embedding so that there is a graph above it."""
    model.eval().requires_grad_(False)
    model.get_input_embeddings().weight.requires_grad_(True)
    head = model.get_output_embeddings()
    head.weight = torch.nn.Parameter(head.weight.detach().clone())
    return model


def greedy(model, prompt, most, stop=None):
    """Ids of the likeliest answer of at most `most` tokens, with the token of `stop` that ended it."""
    ids = torch.tensor([prompt])
    answer = model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=most, eos_token_id=stop, pad_token_id=0)
    return answer[0, len(prompt):].tolist()


class Pass:
    """One pass over a prompt of P and an answer of T tokens."""

    def __init__(self, model, prompt, answer):
        out = model(torch.tensor([prompt + answer]), output_hidden_states=True, use_cache=False)
        self.hidden = out.hidden_states  # layers + 1 tensors [1, P + T, width]
        self.logits = out.logits[0]  # [P + T, vocabulary]
        # What predicts a token stands one position before it.
        self.predicting = self.logits[len(prompt) - 1:-1]  # [T, vocabulary]
        log_p = self.predicting.log_softmax(-1)
        self.logprob = log_p.gather(1, torch.tensor(answer)[:, None])[:, 0]  # [T]
        self.entropy = -(log_p.exp() * log_p).sum(-1).detach()  # [T]
        self.weighted = -(self.entropy * self.logprob).mean()
        self.cross_entropy = -self.logprob.mean()
        self.head = model.get_output_embeddings().weight  # [vocabulary, width]

    def at_hidden(self, loss):
        """Gradients at the hidden states [layers + 1, P + T, width]."""
        return torch.cat(torch.autograd.grad(loss, self.hidden, retain_graph=True))

    def at_head(self, loss):
        """The gradient at the head's weight [vocabulary, width]."""
        return torch.autograd.grad(loss, self.head, retain_graph=True)[0]


def scores(run, at_hidden, semantic):
    """The scores under the names of the command line, and `layers`: mean |∂ weighted loss / ∂h| at the semantic token by
    hidden state, the final norm's output left out."""
    layers = at_hidden[:-1, semantic].abs().mean(-1).tolist()
    upper = layers[len(layers) - len(layers) // 2:]
    semgrad = sum(upper) / len(upper)
    paragrad = run.at_head(run.weighted).abs().mean().item()
    alpha = torch.exp(-run.entropy.mean()).item()
    return layers, {
        "semgrad": semgrad,
        "semgrad_last": layers[-1],
        "paragrad": paragrad,
        "exgrad": run.at_head(run.cross_entropy).abs().mean().item(),
        "hybridgrad": alpha * paragrad + (1 - alpha) * semgrad,
        "alpha": alpha,
        "gnll": -run.logprob.sum().item(),
        "perplexity": run.cross_entropy.exp().item(),
        "mean_token_entropy": run.entropy.mean().item(),
        "max_token_entropy": run.entropy.max().item(),
    }
