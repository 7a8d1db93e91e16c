"""The article's conditional DCGAN in PyTorch, as a trainer of Facet (docs/trainers.md): train.py RUN_FOLDER"""
# It goes on bit for bit: weights and moments come from checkpoints/state.pt, every random number from the seed and the step.

import json, os, signal, struct, sys, time, zlib
from pathlib import Path
import torch
from torch import nn

folder = Path(sys.argv[1])
run = json.loads((folder / "run.json").read_text())
config, parameters = run["config"], run["config"]["trainer"]["parameters"]
names, size, seed = config["attributes"], config["dataset"]["imageSize"], config["training"]["seed"]
epochs, batch = config["training"]["epochs"], config["training"]["batchSize"]
width, latent, rate = (parameters.get(name, usual) for name, usual in (("width", 64), ("latentSize", 100), ("learningRate", 0.0002)))
levels = size.bit_length() - 3  # halvings between the picture and 4 x 4

is_asked = []
signal.signal(signal.SIGTERM, lambda *_: is_asked.append(True))
torch.set_num_threads(int(os.environ.get("FACET_THREADS", 1)))
torch.use_deterministic_algorithms(True)
torch.manual_seed(seed)
device = "cuda" if torch.cuda.is_available() else "cpu"

def draws(*names):  # a stream of random numbers of its own
    return torch.Generator().manual_seed(zlib.crc32(json.dumps([seed, *names]).encode()))

data = Path(os.environ["FACET_DATA"])  # manifest.json, pixels.bin, labels.bin
count, every = (json.loads((data / "manifest.json").read_text())[key] for key in ("count", "attributes"))
pixels = torch.from_file(str(data / "pixels.bin"), size=count * size * size * 3, dtype=torch.uint8).view(count, size, size, 3)
labels = torch.from_file(str(data / "labels.bin"), size=count * len(every), dtype=torch.uint8).view(count, len(every))
labels = labels[:, [every.index(name) for name in names]].float()

def read(rows):  # [B, 3, size, size] in [-1, 1]
    return (pixels[rows].permute(0, 3, 1, 2).float() / 127.5 - 1).to(device)

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        normed = lambda layer, to: nn.Sequential(layer, nn.BatchNorm2d(to), nn.LeakyReLU(0.2))
        self.noise = normed(nn.ConvTranspose2d(latent, width, 4, bias=False), width)
        self.label = normed(nn.ConvTranspose2d(len(names), width, 4, bias=False), width)
        sizes = [2 * width >> level for level in range(levels)]
        ups = [normed(nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False), b) for a, b in zip(sizes, sizes[1:])]
        self.picture = nn.Sequential(*ups, nn.ConvTranspose2d(sizes[-1], 3, 4, 2, 1), nn.Tanh())
    def forward(self, z, y):
        return self.picture(torch.cat((self.noise(z[:, :, None, None]), self.label(y[:, :, None, None])), 1))

class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [(4 * width << level) >> levels for level in range(levels)]
        self.image = nn.Sequential(nn.Conv2d(3, sizes[0] // 2, 4, 2, 1), nn.LeakyReLU(0.2))
        self.label = nn.Sequential(nn.Conv2d(len(names), sizes[0] // 2, 4, 2, 1), nn.LeakyReLU(0.2))
        downs = [(nn.Conv2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)) for a, b in zip(sizes, sizes[1:])]
        self.logit = nn.Sequential(*[layer for down in downs for layer in down], nn.Conv2d(sizes[-1], 1, 4))
    def forward(self, x, y):
        return self.logit(torch.cat((self.image(x), self.label(y[:, :, None, None].expand(-1, -1, size, size))), 1)).flatten()

def initialize(layer):
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d)):
        nn.init.normal_(layer.weight, float(isinstance(layer, nn.BatchNorm2d)), 0.02)

g, d = (network.apply(initialize).to(device) for network in (Generator(), Discriminator()))
adam_g, adam_d = (torch.optim.Adam(net.parameters(), rate, (0.5, 0.999)) for net in (g, d))
parts = {"g": g, "d": d, "adam_g": adam_g, "adam_d": adam_d}
state, metrics = folder / "checkpoints/state.pt", folder / "metrics.jsonl"
[(folder / name).mkdir(exist_ok=True) for name in ("samples", "checkpoints")]
saved = torch.load(state, map_location=device) if state.exists() else {"step": 0}
step = saved["step"]
for name in parts.keys() & saved.keys():
    parts[name].load_state_dict(saved[name])

def keep_until(path):  # what is later than the state comes again
    lines = [line for line in path.read_text().rpartition("\n")[0].splitlines() if json.loads(line)["step"] <= step] if path.exists() else []
    path.write_text("".join(f"{line}\n" for line in lines))
    return json.loads(lines[-1]) if lines else {}

def append(path, record):
    with open(path, "a") as file:
        file.write(json.dumps(record) + "\n")

def unshare(value):  # so that equal states are equal files: pickle writes an object that it meets again as a reference
    if isinstance(value, dict):
        return {sys.intern(key) if isinstance(key, str) else key: unshare(inner) for key, inner in value.items()}
    return type(value)(map(unshare, value)) if isinstance(value, (list, tuple)) else value

def save():
    temporary = state.with_name("state.tmp")  # the name goes into the file: always the same
    torch.save(unshare({"step": step, **{name: part.state_dict() for name, part in parts.items()}}), temporary)
    temporary.rename(state)

def write_png(path, image):  # [height, width, 3], uint8
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    head = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(row.flatten().tolist()) for row in image)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

@torch.no_grad()
def look(epoch):
    """A sample grid, and how far generated pictures are from real ones: sorted projections of 8 x 8 pixels (sliced Wasserstein)."""
    g.eval()
    asked = torch.cat((torch.zeros(1, len(names)), torch.eye(len(names))))  # none of the attributes, then each alone
    z = torch.randn(2, latent, generator=draws("grid")).to(device)
    faces = torch.stack([g(row.expand(len(asked), -1), asked.to(device)) for row in z])  # [2, columns, 3, size, size]
    grid = nn.functional.pad(((faces.cpu() + 1) * 127.5).round().byte(), (0, 2, 0, 2)).permute(0, 3, 1, 4, 2).flatten(0, 1).flatten(1, 2)
    columns = [{"label": (["none"] + names)[i], "bits": dict(zip(names, map(int, row)))} for i, row in enumerate(asked)]
    about = {"epoch": epoch, "step": step, "imageSize": size, "gap": 2, "rows": 2, "columns": columns}
    write_png(folder / f"samples/{epoch:06}.png", nn.functional.pad(grid.permute(2, 0, 1), (2, 0, 2, 0)).permute(1, 2, 0))
    (folder / f"samples/{epoch:06}.json").write_text(json.dumps(about))
    rows = torch.randint(count, (min(count, 256),), generator=draws("look"))
    made = g(torch.randn(len(rows), latent, generator=draws("look")).to(device), labels[rows].to(device))
    g.train()
    directions = torch.randn(192, 64, generator=draws("directions"))
    small = [nn.functional.adaptive_avg_pool2d(x, 8).flatten(1).cpu() @ directions / 192**0.5 for x in (read(rows), made)]
    distance = (small[0].sort(0).values - small[1].sort(0).values).abs().mean().item()
    append(folder / "evaluations.jsonl", {"step": step, "epoch": epoch, "values": {"slicedDistance": distance}})

def learn(adam, loss):
    adam.zero_grad()
    loss.backward()
    adam.step()

seconds = keep_until(metrics).get("seconds", 0.0)
keep_until(folder / "evaluations.jsonl")
steps_of_epoch = max(1, count // batch)
(folder / "training.json").write_text(json.dumps({"stepsPerEpoch": steps_of_epoch, "steps": epochs * steps_of_epoch, "epochs": epochs}))
loss = nn.functional.binary_cross_entropy_with_logits
while step < epochs * steps_of_epoch:
    began, epoch = time.time(), step // steps_of_epoch + 1
    rows = torch.randperm(count, generator=draws("order", epoch))[step % steps_of_epoch * batch :][:batch]
    step += 1
    x, y, z = read(rows), labels[rows].to(device), torch.randn(len(rows), latent, generator=draws("noise", step)).to(device)
    fake = g(z, y)
    real_logits, fake_logits = d(x, y), d(fake.detach(), y)
    loss_d = loss(real_logits, torch.ones_like(real_logits)) + loss(fake_logits, torch.zeros_like(fake_logits))
    learn(adam_d, loss_d)
    loss_g = loss(d(fake, y), torch.ones_like(fake_logits))
    learn(adam_g, loss_g)
    taken = time.time() - began
    seconds += taken
    losses = {"lossD": loss_d.item(), "lossG": loss_g.item()}
    append(metrics, {"step": step, "epoch": epoch, "seconds": seconds, "imagesPerSecond": len(rows) / taken, **losses})
    if step % steps_of_epoch == 0:
        look(epoch)
        save()
    is_pause = step % steps_of_epoch == 0 and epoch == run.get("pauseAfterEpoch")
    if (is_asked or is_pause) and step < epochs * steps_of_epoch:
        save()
        sys.exit(75)  # saved, goes on later
