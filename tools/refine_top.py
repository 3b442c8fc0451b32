"""Train the top of the small network on: what it dreams of is decided here, its styles are left as they are.

    python tools/refine_top.py --data FOLDER --weights mini.npz --out FOLDER [--steps 4000]

FOLDER and the weights are those of `train_mini.py`. Everything up to block5_conv1, which styles and the teacher's
comparison use, is frozen; block5_conv2 to block5_conv4 and the scores are trained on. What differs from the first
training, and is seen in the dreams:

- The pictures come at 64 px and at 128 px in turn. A network that has only named pictures of 64 px dreams at one size.
- A layer's input is first moved, by up to 3 % of its length, to where the class cost rises fastest (adversarial
  training, Goodfellow et al., arXiv 1412.6572, at a layer in place of the pixels). What a network sees then depends on
  less that no eye can see: climbing it makes shapes and not a grain of dots.

Since the trunk is frozen its outputs are computed once, at some augmentations, and kept in the output folder (2.6 GB);
after that a step takes a quarter of a second on two processor cores. Every 500 steps the moving average of the weights
is judged on the validation pictures, at both sizes, and stored as top_STEP.npz, in the form that the course loads.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from train_mini import BLOCKS, decode, jitter

TRUNK = [f"block{block}_conv{k}" for block, convs in BLOCKS.items() for k in range(1, convs + 1)][:13]
TOP = [f"block5_conv{k}" for k in (2, 3, 4)]
MEAN_BGR = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
RATE, DECAY, REACH, KEEP = 2e-4, 0.05, 0.03, 0.995
BATCH = {64: 256, 128: 96}
CACHES = ((128, 1, 40), (64, 2, 40), (64, 3, 48))  # Size, seed, and the smallest crop of the 64 px that there are.


def kernel(weights: dict[str, np.ndarray], name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """A convolution's kernel (out, in, 3, 3) and bias from the course's file, which has Keras' order."""
    filters = torch.from_numpy(weights[f"{name}/kernel"].astype("float32")).permute(3, 2, 0, 1)
    return filters.contiguous(memory_format=torch.channels_last), torch.from_numpy(weights[f"{name}/bias"]).float()


class Trunk:
    """The network up to block5_conv1, in bfloat16; input RGB 0..255, (n, 3, h, w)."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.layers = [(name, *kernel(weights, name)) for name in TRUNK]

    @torch.no_grad()
    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        x = (x.flip(1) - MEAN_BGR).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            for name, filters, bias in self.layers:
                x = F.relu(F.conv2d(x, filters, bias, padding=1))
                if int(name[-1]) == BLOCKS[int(name[5])]:
                    x = F.max_pool2d(x, 2)
        return x


def resized(x: torch.Tensor, size: int) -> torch.Tensor:
    """Pictures (n, 3, h, w), 0..255, enlarged to a square."""
    return F.interpolate(x, (size, size), mode="bicubic", antialias=True).clamp(0, 255)


def augmented(pictures: np.ndarray, size: int, smallest: int, rng: np.random.Generator) -> torch.Tensor:
    """Pictures (n, 64, 64, 3) cropped, mirrored, tinted and, three in ten, with noise; (n, 3, size, size)."""
    parts = []
    for some in np.array_split(pictures, 10):  # A crop size for each part, and a place for each picture.
        side = int(rng.integers(smallest, 65))
        corners = rng.integers(0, 65 - side, (len(some), 2))
        crops = np.stack([p[i : i + side, j : j + side] for p, (i, j) in zip(some, corners)]).astype("float32")
        mirrored = rng.random(len(some)) < 0.5
        crops[mirrored] = crops[mirrored][:, :, ::-1]
        parts.append(resized(jitter(rng, crops), size))
    spread = np.where(rng.random(len(pictures)) < 0.3, rng.uniform(0, 20, len(pictures)), 0).astype("float32")
    x = torch.cat(parts)
    return x + torch.from_numpy(spread).view(-1, 1, 1, 1) * torch.randn_like(x)


def cached(path: Path, trunk: Trunk, pictures: np.ndarray, size: int, seed: int | None, smallest: int) -> np.ndarray:
    """The trunk's outputs (n, 128, size / 16, size / 16), float16, from a file that is made if it is not there yet."""
    if not path.exists():
        rng, unfinished = np.random.default_rng(seed), path.with_suffix(".part")
        shape = (len(pictures), 128, size // 16, size // 16)
        out = np.lib.format.open_memmap(unfinished, "w+", np.float16, shape)
        for k in range(0, len(pictures), 250):
            some = pictures[k : k + 250]
            plain = torch.from_numpy(some.copy()).permute(0, 3, 1, 2).float()
            x = resized(plain, size) if seed is None else augmented(some, size, smallest, rng)
            out[k : k + 250] = trunk(x).half().numpy()
            print(f"{path.name}: {k + len(some):,} of {len(pictures):,}", end="\r", flush=True)
        out.flush()
        os.replace(unfinished, path)
    return np.load(path, mmap_mode="r")


class Top(nn.Module):
    """block5_conv2 to block5_conv4 and the scores of the classes on their mean."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        super().__init__()
        self.convs = nn.ModuleList()
        for name in TOP:
            filters, bias = kernel(weights, name)
            conv = nn.Conv2d(filters.shape[1], filters.shape[0], 3, padding=1)
            conv.weight.data, conv.bias.data = filters, bias
            self.convs.append(conv)
        scores = torch.from_numpy(weights["predictions/kernel"]).float()
        self.head = nn.Linear(*scores.shape)
        self.head.weight.data, self.head.bias.data = scores.T, torch.from_numpy(weights["predictions/bias"]).float()

    def forward(self, x: torch.Tensor, drop: float = 0.0) -> torch.Tensor:
        for conv in self.convs:
            x = F.relu(conv(F.dropout2d(x, drop)))
        return self.head(F.dropout(x.mean((2, 3)), 2 * drop))

    def stored(self, weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The whole network's weights with these in place of the given ones."""
        mine = {}
        for name, conv in zip(TOP, self.convs):
            mine[f"{name}/kernel"], mine[f"{name}/bias"] = conv.weight.permute(2, 3, 1, 0), conv.bias
        mine |= {"predictions/kernel": self.head.weight.T, "predictions/bias": self.head.bias}
        return weights | {key: value.detach().numpy().astype("float16") for key, value in mine.items()}


@torch.no_grad()
def accuracy(top: Top, features: np.ndarray, labels: torch.Tensor) -> list[float]:
    """Top-1 and top-5."""
    parts = [top(torch.from_numpy(features[k : k + 500].astype("float32"))) for k in range(0, len(features), 500)]
    hits = torch.cat(parts).topk(5).indices == labels[:, None]
    return [round(float(hits[:, 0].float().mean()), 4), round(float(hits.any(1).float().mean()), 4)]


@dataclass
class Data:
    """The trunk's outputs of the training pictures by size, of the validation pictures by size, and the labels."""

    train: dict[int, list[np.ndarray]]
    labels: torch.Tensor
    val: dict[int, np.ndarray]
    val_labels: torch.Tensor

    def batches(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Small and large pictures in turn; of half the batches of large maps a random part is taken."""
        rng = np.random.default_rng(0)
        while True:
            for size, batch in BATCH.items():
                pool = self.train[size][rng.integers(len(self.train[size]))]
                chosen = np.sort(rng.integers(0, len(pool), batch))
                x = torch.from_numpy(pool[chosen].astype("float32"))
                if size == 128 and rng.random() < 0.5:
                    side = int(rng.integers(6, 8))
                    i, j = rng.integers(0, 9 - side, 2)
                    x = x[:, :, i : i + side, j : j + side]
                yield x.contiguous(memory_format=torch.channels_last), self.labels[torch.from_numpy(chosen)]


def load_data(folder: Path, out: Path, trunk: Trunk) -> Data:
    """Read the pictures and compute, or read, what the trunk makes of them."""
    parts = [decode(folder / f"tiny_imagenet_train{k}.npz", "labels") for k in range(3)]
    pictures, labels = np.concatenate([np.stack(p) for p, _ in parts]), np.concatenate([label for _, label in parts])
    val, val_labels = decode(folder / "tiny_imagenet_val.npz", "labels")
    train: dict[int, list[np.ndarray]] = {size: [] for size in BATCH}
    for size, seed, smallest in CACHES:
        train[size].append(cached(out / f"train_{size}_{seed}.npy", trunk, pictures, size, seed, smallest))
    judges = {size: cached(out / f"val_{size}.npy", trunk, np.stack(val), size, None, 64) for size in BATCH}
    return Data(train, torch.from_numpy(labels.astype("int64")), judges, torch.from_numpy(val_labels.astype("int64")))


def cost(top: Top, x: torch.Tensor, labels: torch.Tensor, drop: float) -> torch.Tensor:
    """Cross-entropy with label smoothing."""
    with torch.autocast("cpu", torch.bfloat16):
        scores = top(x, drop)
    return F.cross_entropy(scores.float(), labels, label_smoothing=0.1)


def moved_uphill(top: Top, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Each layer output x moved along the gradient of its cost, by a random part of REACH times its length."""
    x.requires_grad_(True)
    (gradient,) = torch.autograd.grad(cost(top, x, labels, 0), x)
    x, lengths = x.detach(), gradient.flatten(1).norm(dim=1) + 1e-12
    reach = REACH * x.flatten(1).norm(dim=1) * torch.rand(len(x)) / lengths
    return (x + gradient * reach.view(-1, 1, 1, 1)).clamp(min=0)


def train(options: argparse.Namespace) -> None:
    """The loop; prints and writes a line every 500 steps."""
    options.out.mkdir(parents=True, exist_ok=True)
    weights = dict(np.load(options.weights))
    data, top = load_data(options.data, options.out, Trunk(weights)), Top(weights)
    average = copy.deepcopy(top)
    optimiser = torch.optim.AdamW(top.parameters(), RATE, weight_decay=DECAY, betas=(0.9, 0.99))
    started = time.time()
    for step, (x, labels) in zip(range(1, options.steps + 1), data.batches()):
        rate = RATE * min(1, step / 50, (1.001 - step / options.steps) / 0.7)
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss = cost(top, moved_uphill(top, x, labels), labels, 0.1)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(top.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            for mean, now in zip(average.parameters(), top.parameters()):
                mean.lerp_(now, 1 - KEEP if step > 400 else 0.05)
        if step % 500 == 0 or step == options.steps:
            judged = {f"val_{size}": accuracy(average, data.val[size], data.val_labels) for size in BATCH}
            line = json.dumps({"step": step, "seconds": round(time.time() - started), **judged})
            print(line)
            with open(options.out / "top.jsonl", "a", encoding="utf-8") as log:
                log.write(line + "\n")
            np.savez(options.out / f"top_{step:06d}.npz", **average.stored(weights))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that train_mini.py describes")
    parser.add_argument("--weights", type=Path, required=True, help="what train_mini.py --mean has made")
    parser.add_argument("--out", type=Path, required=True, help="where the trunk's outputs and the weights go")
    parser.add_argument("--steps", type=int, default=4000)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(0)
    train(options)


if __name__ == "__main__":
    main()
