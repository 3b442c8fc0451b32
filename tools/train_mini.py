"""Train the course's small network: VGG-19's layout, thin, taught to see like VGG-19 and to name 200 things.

    python tools/train_mini.py --data FOLDER --out FOLDER [--steps 22000] [--device cuda]
    python tools/train_mini.py --out FOLDER --mean 16000 20000

Two costs are lowered together. The *feature cost* compares the network, layer by layer and channel by channel, with a
teacher: VGG-19 thinned to a sixteenth by Wang et al., "Collaborative Distillation" (CVPR 2020), whose widths ours has
up to conv5_1. It makes styles, because Gram matrices weigh the directions of a feature space and not only its
information. The *class cost* is the cross-entropy over the 200 classes of Tiny ImageNet. It makes dreams, saliency and
fooling.

FOLDER holds the following, made from public material (a picture array is `bytes`, all encoded pictures end to end, and
`offsets`, where each begins and the last ends):
    tiny_imagenet_train0.npz, 1, 2   Tiny ImageNet's training pictures and `labels`
    tiny_imagenet_val.npz            its validation pictures, `labels`, `class_names`
    large_pictures.npz               400 or more photographs, the short side 256 px
    weights/cd_encoder5.npz          the teacher, "conv11.weight" and so on
    pictures/style/*.jpg             paintings; those named in HELD_OUT are left for judging
Anyone gets them from cs231n.stanford.edu/tiny-imagenet-200.zip, github.com/EliSchwartz/imagenet-sample-images and
github.com/MingSun-Tse/Collaborative-Distillation.

Training starts again from the last checkpoint in the output folder, where there is one. Every 1,000 steps the weights
are written there as float16 in the form that the course loads (`mini_STEP.npz`), beside a line in `log.jsonl`. The
second command makes `mini.npz` there: the mean of all weights from one step to another, which names more classes than
any of them. Those of the package are the mean from 16,000 to 20,000.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from tqdm import tqdm

BLOCKS = {1: 2, 2: 2, 3: 4, 4: 4, 5: 4}
NAMES = [f"{block}{conv}" for block, convs in BLOCKS.items() for conv in range(1, convs + 1)]
WIDTHS = {name: {"1": 16, "2": 32, "3": 64, "4": 128, "5": 256}[name[0]] for name in NAMES} | {"51": 128}
MATCHED = NAMES[:13]  # conv1_1 to conv5_1: all that the teacher has, and the trunk whose batch statistics are frozen.
POOLED = ("12", "22", "34", "44")
HELD_OUT = ("the_scream", "great_wave", "udnie")
JUDGES = 96  # The last pictures of large_pictures.npz are never trained on.
MEAN, SPREAD = torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1), 58.0
TRUNK_STEPS, RATE, DECAY, FEATURE_WEIGHT = 1500, 2e-3, 0.05, 8.0


class Student(nn.Module):
    """Sixteen 3 x 3 convolutions, each with batch normalisation and ReLU; `features` ends with the layer asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.convs, self.norms, before = nn.ModuleDict(), nn.ModuleDict(), 3
        for name in NAMES:
            self.convs[name] = nn.Conv2d(before, WIDTHS[name], 3, padding=1, bias=False)
            nn.init.kaiming_normal_(self.convs[name].weight, mode="fan_out")
            self.norms[name], before = nn.BatchNorm2d(WIDTHS[name], momentum=0.05), WIDTHS[name]
        self.head = nn.Linear(before, 200)

    def features(self, x: torch.Tensor, names: list[str] = MATCHED) -> dict[str, torch.Tensor]:
        out = {}
        x = (x - MEAN.to(x.device)) / SPREAD if names[0] == NAMES[0] else x
        for name in names:
            x = out[name] = F.relu(self.norms[name](self.convs[name](x)))
            x = F.max_pool2d(x, 2) if name in POOLED else x
        return out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the classes. The first two blocks listen to the teacher alone: half the time, and better styles."""
        with torch.no_grad():
            x = F.max_pool2d(self.features(x, NAMES[:4])["22"], 2)
        return self.head(self.features(x, NAMES[4:])[NAMES[-1]].mean((2, 3)))

    def train_with_frozen_trunk(self) -> None:
        self.train()
        for name in MATCHED:
            self.norms[name].eval()


class Teacher:
    """The thinned VGG-19. Input RGB 0..255; its own 1 x 1 preprocessing, reflection padding, 2 x 2 max pooling."""

    def __init__(self, path: Path, device: str) -> None:
        self.weights = {k: torch.from_numpy(v).to(device) for k, v in np.load(path).items()}
        self.scale = dict.fromkeys(MATCHED, 1.0)

    def __call__(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        w, out = self.weights, {}
        x = F.conv2d(x / 255, w["conv0.weight"], w["conv0.bias"])
        for name in MATCHED:
            x = F.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), w[f"conv{name}.weight"], w[f"conv{name}.bias"]))
            out[name] = x / self.scale[name]
            x = F.max_pool2d(x, 2) if name in POOLED else x
        return out

    def measure_scale(self, pictures: torch.Tensor) -> None:
        """Make every layer's variance (about each channel's mean) 1: then a mean square is an unexplained share."""
        self.scale = {name: float(f.var((0, 2, 3)).mean().sqrt()) for name, f in self(pictures).items()}


def decode(path: Path, *keys: str) -> tuple:
    with np.load(path) as z:
        data, offsets = z["bytes"].tobytes(), z["offsets"]
        pictures = [np.asarray(Image.open(io.BytesIO(data[a:b])).convert("RGB")) for a, b in pairwise(offsets)]
        return pictures, *(z[k] for k in keys)


class Data:
    """All pictures, decoded once and cached in the output folder, and the batches drawn from them."""

    def __init__(self, folder: Path, cache: Path) -> None:
        large, _ = decode(folder / "large_pictures.npz", "names")
        self.large, self.judges = large[:-JUDGES], large[-JUDGES:]
        self.paintings = []
        for path in sorted((folder / "pictures" / "style").glob("*.jpg")):
            if path.stem not in HELD_OUT:
                with Image.open(path) as picture:
                    self.paintings += [
                        np.asarray(picture.convert("RGB").resize((k, k * picture.height // picture.width)))
                        for k in (320, 512)
                    ]
        if not (cache / "tiny.npy").exists():
            parts = [decode(folder / f"tiny_imagenet_train{i}.npz", "labels") for i in range(3)]
            np.save(cache / "labels.npy", np.concatenate([labels for _, labels in parts]))
            np.save(cache / "tiny.npy", np.concatenate([np.stack(pictures) for pictures, _ in parts]))
        self.tiny, self.labels = np.load(cache / "tiny.npy"), np.load(cache / "labels.npy").astype("int64")
        pictures, self.val_labels = decode(folder / "tiny_imagenet_val.npz", "labels")
        self.val = np.stack(pictures)

    def crop(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """A square of a photograph (5 in 8), a painting (2 in 8) or a small picture, at a zoom of 0.6 to 2."""
        kind = rng.random()
        pool = self.paintings if kind < 0.25 else self.large if kind < 0.875 else self.tiny
        a = pool[rng.integers(len(pool))]
        q = int(min(round(size * np.exp(rng.uniform(np.log(0.6), np.log(2)))), *a.shape[:2]))
        i, j = (rng.integers(n - q + 1) for n in a.shape[:2])
        p = np.asarray(Image.fromarray(a[i : i + q, j : j + q]).resize((size, size), Image.Resampling.BILINEAR))
        return p[:, ::-1] if rng.random() < 0.5 else p

    def crops(self, rng: np.random.Generator, n: int, size: int) -> torch.Tensor:
        """Crops with some blended and some noisy: the teacher answers for any picture, also for one half optimised."""
        x = np.stack([self.crop(rng, size) for _ in range(n)]).astype("float32")
        share = np.where(rng.random(n) < 0.3, rng.uniform(0, 0.5, n), 0).reshape(-1, 1, 1, 1)
        x = (1 - share) * x + share * x[::-1]
        noise = np.where(rng.random(n) < 0.25, rng.uniform(0, 50, n), 0).reshape(-1, 1, 1, 1)
        return jitter(rng, (x + noise * rng.standard_normal(x.shape, "float32")).astype("float32"))

    def small(self, rng: np.random.Generator, n: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Tiny ImageNet at random: one crop size a batch, a place and a mirroring of its own for every picture."""
        chosen, q = rng.integers(len(self.tiny), size=n), int(rng.integers(40, 65))
        corners = rng.integers(0, 65 - q, (n, 2))
        x = np.stack([self.tiny[k][i : i + q, j : j + q] for k, (i, j) in zip(chosen, corners, strict=True)])
        x[: n // 2] = x[: n // 2, :, ::-1]
        x = jitter(rng, x.astype("float32"))
        return F.interpolate(x, (size, size), mode="bilinear", antialias=True), torch.from_numpy(self.labels[chosen])


def jitter(rng: np.random.Generator, pictures: np.ndarray) -> torch.Tensor:
    """Contrast 0.75 to 1.25, a colour cast of at most 10; (n, h, w, 3) to a tensor (n, 3, h, w), 0..255."""
    n = len(pictures)
    contrast, cast = rng.uniform(0.75, 1.25, (n, 1, 1, 1)), rng.uniform(-10, 10, (n, 1, 1, 3))
    x = np.clip((pictures - 128) * contrast + 128 + cast, 0, 255).astype("float32")
    return torch.from_numpy(x).permute(0, 3, 1, 2)


def inner(x: torch.Tensor, name: str) -> torch.Tensor:
    """Leave out the border, where the paddings differ: one cell at blocks 4 and 5, two before."""
    c = 1 if name[0] in "45" else 2
    return x[:, :, c:-c, c:-c]


def feature_cost(ours: dict, theirs: dict) -> torch.Tensor:
    """Mean over layers of the share of the teacher's variance that we miss. No map is learned: channel by channel."""
    return sum(((inner(ours[n], n) - inner(theirs[n], n)) ** 2).mean(dtype=torch.float32) for n in MATCHED) / len(
        MATCHED
    )


@torch.no_grad()
def evaluate(model: Student, teacher: Teacher, data: Data, device: str) -> dict:
    """Top-1 over the validation set; the explained share of the course's model card, on pictures never trained on."""
    model.eval()
    x = torch.from_numpy(data.val).permute(0, 3, 1, 2)
    scores = torch.cat([model(part.to(device).float()) for part in x.split(250)]).cpu()
    top5 = scores.topk(5).indices == torch.from_numpy(data.val_labels.astype("int64"))[:, None]
    crops = [a[(a.shape[0] - 160) // 2 :, (a.shape[1] - 160) // 2 :][:160, :160] for a in data.judges]
    x = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float().to(device)
    ours, theirs, explained = model.features(x), teacher(x), {}
    for n in MATCHED:
        a, b = inner(ours[n], n), inner(theirs[n], n)
        missed = (a * (a * b).sum() / (a * a).sum() - b) ** 2
        explained[n] = round(1 - float(missed.mean() / b.var((0, 2, 3), correction=0).mean()), 3)
    return {
        "top1": round(float(top5[:, 0].float().mean()), 4),
        "top5": round(float(top5.any(1).float().mean()), 4),
        **explained,
    }


def save_weights(model: Student, path: Path) -> None:
    """Fold batch normalisation and preprocessing into plain convolutions on BGR minus the mean, and store float16."""
    out = {}
    for name in NAMES:
        conv, norm = model.convs[name].weight.detach().cpu().double(), model.norms[name].cpu()
        factor = norm.weight.detach().double() / (norm.running_var.double() + norm.eps).sqrt()
        kernel = (conv * factor.view(-1, 1, 1, 1)).permute(2, 3, 1, 0)  # (3, 3, in, out), as Keras has it.
        if name == "11":
            kernel = kernel.flip(2) / SPREAD
        out[f"block{name[0]}_conv{name[1]}/kernel"] = kernel
        out[f"block{name[0]}_conv{name[1]}/bias"] = norm.bias.detach().double() - norm.running_mean.double() * factor
    out["predictions/kernel"], out["predictions/bias"] = (
        model.head.weight.detach().cpu().T,
        model.head.bias.detach().cpu(),
    )
    np.savez(path, **{k: v.numpy().astype("float16") for k, v in out.items()})


def mean_weights(out: Path, first: int, last: int) -> None:
    """Write mini.npz, the mean of the stored weights from one step to another."""
    files = [path for path in sorted(out.glob("mini_*.npz")) if first <= int(path.stem[5:]) <= last]
    stored = [dict(np.load(path)) for path in files]
    mean = {key: np.mean([one[key].astype("float32") for one in stored], 0).astype("float16") for key in stored[0]}
    np.savez(out / "mini.npz", **mean)
    print(f"{out / 'mini.npz'}: the mean of {', '.join(path.name for path in files)}")


def learning_rate(step: int, steps: int) -> float:
    """A short warm-up for the trunk alone, then a rise and a long straight fall for both costs together."""
    if step < TRUNK_STEPS:
        return RATE * min(1, (step + 1) / 100)
    t = (step - TRUNK_STEPS) / (steps - TRUNK_STEPS)
    return RATE * min(0.1 + t / 0.06, 1, (1.001 - t) / 0.94)


def train(options: argparse.Namespace) -> None:
    device, out = options.device, options.out
    out.mkdir(parents=True, exist_ok=True)
    data, teacher = Data(options.data, out), Teacher(options.data / "weights" / "cd_encoder5.npz", device)
    torch.manual_seed(0)
    teacher.measure_scale(data.crops(np.random.default_rng(0), 32, 160).to(device))
    model = Student().to(device, memory_format=torch.channels_last)
    average = copy.deepcopy(model)
    trunk = [p for n, p in model.named_parameters() if n.split(".")[1] in MATCHED]
    top = [p for n, p in model.named_parameters() if n.split(".")[1] not in MATCHED]
    optimiser = torch.optim.AdamW(
        [{"params": trunk, "weight_decay": 1e-4}, {"params": top, "weight_decay": DECAY}], betas=(0.9, 0.99)
    )
    first = 0
    if (out / "checkpoint.pt").exists():
        state = torch.load(out / "checkpoint.pt", map_location=device, weights_only=True)
        model.load_state_dict(state["model"]), average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        first = state["step"]

    def batch(
        step: int,
    ) -> tuple:  # A seed of its own for every step: a run that was cut off goes on as if it had not been.
        rng = np.random.default_rng([1, step])
        if step < TRUNK_STEPS:
            return data.crops(rng, 10, 160), None, None
        size = 48 if step < options.steps * options.small_share else 64
        return data.crops(rng, 5, 160), *data.small(rng, options.batch, size)

    with ThreadPoolExecutor(1) as loader:
        waiting, bar = (
            loader.submit(batch, first),
            tqdm(range(first, options.steps), initial=first, total=options.steps),
        )
        started, shown = time.time(), {}
        for step in bar:
            (crops, pictures, labels), waiting = waiting.result(), loader.submit(batch, step + 1)
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(step, options.steps)
            model.train() if step < TRUNK_STEPS else model.train_with_frozen_trunk()
            crops = crops.to(device, memory_format=torch.channels_last)
            with torch.autocast(device, dtype=torch.bfloat16):
                with torch.no_grad():
                    target = teacher(crops)
                features = feature_cost(model.features(crops), target)
            (FEATURE_WEIGHT * features).backward()
            if pictures is not None:
                with torch.autocast(device, dtype=torch.bfloat16):
                    scores = model(pictures.to(device, memory_format=torch.channels_last))
                names = F.cross_entropy(scores.float(), labels.to(device), label_smoothing=0.1)
                names.backward()
                shown["classes"] = float(names)
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step(), optimiser.zero_grad(set_to_none=True)
            with torch.no_grad():  # The average of the last few hundred steps is what is judged and kept.
                keep = min(0.998, step / (step + 10))
                for a, b in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
                    a.lerp_(b, 1 - keep) if a.is_floating_point() else a.copy_(b)
            if step % 50 == 0:
                bar.set_postfix(shown | {"features": float(features.detach())})
            if (step + 1) % 500 == 0 or step + 1 == options.steps:
                state = {
                    "model": model.state_dict(),
                    "average": average.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "step": step + 1,
                }
                torch.save(state, out / "checkpoint.tmp")
                os.replace(out / "checkpoint.tmp", out / "checkpoint.pt")
            if (step + 1) % 1000 == 0 or step + 1 == options.steps:
                line = {
                    "step": step + 1,
                    "seconds": round(time.time() - started),
                    **shown,
                    "features": float(features.detach()),
                }
                line |= evaluate(average, teacher, data, device)
                save_weights(copy.deepcopy(average), out / f"mini_{step + 1:06d}.npz")
                with open(out / "log.jsonl", "a", encoding="utf-8") as log:
                    log.write(json.dumps(line) + "\n")
                tqdm.write(json.dumps(line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder described above")
    parser.add_argument("--out", type=Path, required=True, help="where checkpoints and weights go")
    parser.add_argument("--mean", type=int, nargs=2, metavar="STEP", help="only average the weights between two steps")
    parser.add_argument("--steps", type=int, default=22_000)
    parser.add_argument("--batch", type=int, default=128, help="small pictures a step")
    parser.add_argument(
        "--small-share", type=float, default=0.7, help="share of the steps that see small pictures at 48 px, not 64"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.mean:
        mean_weights(options.out, *options.mean)
    elif options.data:
        train(options)
    else:
        parser.error("--data FOLDER is missing")


if __name__ == "__main__":
    main()
