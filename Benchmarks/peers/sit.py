"""Hidden states of a SiT in PyTorch: what extraction by `repscope` is compared with.

Written from the papers (SiT: arXiv 2401.08740; DiT's adaLN-Zero blocks: arXiv 2212.09748) for the tensors' official
names, in float32: PyTorch's own linear layers, norms, GELU and scaled_dot_product_attention, in inference mode, on
batches. What depends on time step and label only is computed once for all images, as repscope does.

Prints one line of JSON: seconds for all images by batch size, peak memory in bytes above what was in use once PyTorch
and the weights were loaded, the software. The pooled hidden states go to a file.
"""

import argparse
import json
import math
import time

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from measuring import product_rate, reset_peak, status_bytes

HEADS = {384: 6, 768: 12, 1024: 16, 1152: 16}
EPSILON = 1e-6


class Network:
    def __init__(self, path):
        # Copied, because what stays in the mapped file is read when first used: it would count as time and as memory.
        self.weights = {name: tensor.clone() for name, tensor in load_file(path).items()}
        self.width = self.weights["pos_embed"].shape[2]
        self.heads = HEADS[self.width]
        self.depth = sum(name.endswith("attn.qkv.weight") for name in self.weights)

    def linear(self, name, x):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def conditions(self, timestep, label, layers):
        """For every block the six vectors that modulate it, of one image for all."""
        frequencies = torch.exp(-math.log(10000) * torch.arange(128, dtype=torch.float32) / 128)
        angles = timestep * frequencies
        wave = torch.cat([angles.cos(), angles.sin()])[None]
        time_step = self.linear("t_embedder.mlp.2", F.silu(self.linear("t_embedder.mlp.0", wave)))
        told = F.silu(time_step + self.weights["y_embedder.embedding_table.weight"][label])
        return [self.linear(f"blocks.{i}.adaLN_modulation.1", told).chunk(6, dim=1) for i in range(layers)]

    def norm(self, x, shift, scale):
        return F.layer_norm(x, (self.width,), eps=EPSILON) * (1 + scale) + shift

    def attention(self, name, x):
        images, tokens, width = x.shape
        parts = self.linear(f"{name}.qkv", x).view(images, tokens, 3, self.heads, width // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(queries, keys, values)
        return self.linear(f"{name}.proj", mixed.transpose(1, 2).reshape(images, tokens, width))

    def pooled(self, latents, conditions):
        """The mean over the tokens of every block's output, [layers, images, width]."""
        x = F.conv2d(
            latents, self.weights["x_embedder.proj.weight"], self.weights["x_embedder.proj.bias"], stride=2)
        x = x.flatten(2).transpose(1, 2) + self.weights["pos_embed"]
        means = []
        for i, (shift, scale, gate, mlp_shift, mlp_scale, mlp_gate) in enumerate(conditions):
            name = f"blocks.{i}"
            x = x + gate * self.attention(f"{name}.attn", self.norm(x, shift, scale))
            hidden = F.gelu(self.linear(f"{name}.mlp.fc1", self.norm(x, mlp_shift, mlp_scale)), approximate="tanh")
            x = x + mlp_gate * self.linear(f"{name}.mlp.fc2", hidden)
            means.append(x.mean(dim=1))
        return torch.stack(means)


def main():
    parser = argparse.ArgumentParser(description="Hidden states of a SiT, mean pooled, in PyTorch.")
    parser.add_argument("checkpoint", help="safetensors file, float32, official names")
    parser.add_argument("latents", help="npy file [N, 4, H, W], float32")
    parser.add_argument("output", help="safetensors file for the pooled hidden states")
    parser.add_argument("--images", type=int, required=True)
    parser.add_argument("--layers", type=int, help="only the first so many")
    parser.add_argument("--batches", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--timestep", type=float, default=0.5)
    parser.add_argument("--label", type=int, default=1000)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    network = Network(options.checkpoint)
    layers = options.layers or network.depth
    latents = torch.from_numpy(numpy.load(options.latents))[: options.images]

    def run(batch):
        conditions = network.conditions(options.timestep, options.label, layers)
        return torch.cat([network.pooled(part, conditions) for part in latents.split(batch)], dim=1)

    with torch.inference_mode():
        before = status_bytes("VmRSS")
        can_reset = reset_peak()
        network.pooled(latents[: max(options.batches)], network.conditions(options.timestep, options.label, 2))
        seconds = {}
        for batch in options.batches:
            start, start_processor = time.perf_counter(), time.process_time()
            pooled = run(batch)
            seconds[f"batch {batch}"] = [time.perf_counter() - start]
            seconds[f"processor, batch {batch}"] = [time.process_time() - start_processor]
        peak = status_bytes("VmHWM") - before if can_reset else None
        rate = product_rate()
    save_file({str(layer + 1): values.contiguous() for layer, values in enumerate(pooled)}, options.output)
    print(json.dumps({
        "seconds": seconds, "peakBytes": peak, "values": {"sgemm": rate},
        "software": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, "
                    f"matrix product at {rate:.0f} Gflop/s",
    }))


if __name__ == "__main__":
    main()
