"""The conditional DCGAN in PyTorch, as its users would write it: the peer of bench/train.ts.

Answers each line `STEPS` on stdin with the seconds those training steps took.
Usage: torch_peer.py BATCH LABELS WIDTH THREADS float32|tf32|bfloat16 [cpu|cuda|cuda-graph]
cuda-graph: the whole step as one CUDA graph.
"""

import sys
import time
from contextlib import nullcontext

import torch
from torch import nn

batch, labels, width, threads = map(int, sys.argv[1:5])
bfloat16 = sys.argv[5] == "bfloat16"
place = sys.argv[6] if len(sys.argv) > 6 else "cpu"
device = place.removesuffix("-graph")
is_graph = place == "cuda-graph"
latent = 100
torch.manual_seed(1)
torch.set_num_threads(threads)
torch.set_default_device(device)
torch.backends.cudnn.benchmark = True
torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = sys.argv[5] == "tf32"


def normed(layer, channels):
    return nn.Sequential(layer, nn.BatchNorm2d(channels), nn.LeakyReLU(0.2))


def up(channels_in, channels_out, stride=2, padding=1):
    return nn.ConvTranspose2d(channels_in, channels_out, 4, stride, padding)


def down(channels_in, channels_out, stride=2, padding=1):
    return nn.Conv2d(channels_in, channels_out, 4, stride, padding)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.noise = normed(up(latent, width, 1, 0), width)
        self.label = normed(up(labels, width, 1, 0), width)
        self.ups = nn.Sequential(*(normed(up(2 * width >> i, width >> i), width >> i) for i in range(3)))
        self.image = up(width // 4, 3)

    def forward(self, z, y):
        return torch.tanh(self.image(self.ups(torch.cat((self.noise(z), self.label(y)), 1))))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Sequential(down(3, width // 8), nn.LeakyReLU(0.2))
        self.label = nn.Sequential(down(labels, width // 8), nn.LeakyReLU(0.2))
        self.downs = nn.Sequential(*(normed(down(width // 4 << i, width // 2 << i), width // 2 << i) for i in range(3)))
        self.logit = down(2 * width, 1, 1, 0)

    def forward(self, x, planes):
        return self.logit(self.downs(torch.cat((self.image(x), self.label(planes)), 1))).flatten()


g, d = Generator(), Discriminator()
if bfloat16:
    g, d = g.to(memory_format=torch.channels_last), d.to(memory_format=torch.channels_last)
adam_g, adam_d = (
    torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999), capturable=is_graph, **({"fused": True} if is_graph else {}))
    for net in (g, d)
)
loss = nn.functional.binary_cross_entropy_with_logits
real, fake_target = torch.ones(batch), torch.zeros(batch)
images = torch.rand(batch, 3, 64, 64) * 2 - 1
bits = (torch.rand(batch, labels) > 0.5).float()
precision = (lambda: torch.autocast(device, torch.bfloat16)) if bfloat16 else nullcontext


def step():
    y = bits[:, :, None, None]
    planes = y.expand(-1, -1, 64, 64)
    adam_d.zero_grad(set_to_none=not is_graph)
    with precision():
        made = g(torch.randn(batch, latent, 1, 1), y)
        loss_d = loss(d(images, planes), real) + loss(d(made.detach(), planes), fake_target)
    loss_d.backward()
    adam_d.step()
    adam_g.zero_grad(set_to_none=not is_graph)
    with precision():
        loss_g = loss(d(made, planes), real)
    loss_g.backward()
    adam_g.step()
    return loss_d, loss_g


def record():
    """The step as a CUDA graph, after a few steps on a stream of their own, as PyTorch asks for."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(4):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        losses = step()

    def replay():
        graph.replay()
        return losses

    return replay


run = record() if is_graph else step
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        loss_d, loss_g = run()
        loss_d.item() + loss_g.item()
    print(time.perf_counter() - start, flush=True)
