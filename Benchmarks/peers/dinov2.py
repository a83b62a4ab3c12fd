"""Hidden states of a DINOv2 in PyTorch: what running it by `repscope` is compared with.

Written from the papers (ViT: arXiv 2010.11929; LayerScale: arXiv 2103.17239; SwiGLU: arXiv 2002.05202) for the tensors'
official names, in float32: PyTorch's own linear layers, norms, GELU and scaled_dot_product_attention, in inference
mode, on batches.

Prints one line of JSON: seconds for all images by batch size, peak memory in bytes above what was in use once PyTorch
and the weights were loaded, the software. The patches' mean of every layer goes to a file.
"""

import argparse
import json
import time

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from measuring import product_rate, reset_peak, status_bytes

EPSILON = 1e-6


class Network:
    def __init__(self, path):
        # Copied, because what stays in the mapped file is read when first used: it would count as time and as memory.
        self.weights = {name: tensor.clone() for name, tensor in load_file(path).items()}
        self.width = self.weights["pos_embed"].shape[2]
        self.heads = self.width // 64
        self.depth = sum(name.endswith("attn.qkv.weight") for name in self.weights)
        self.patch = self.weights["patch_embed.proj.weight"].shape[2]

    def linear(self, name, x):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, name, x):
        return F.layer_norm(x, (self.width,), self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], EPSILON)

    def attention(self, name, x):
        images, tokens, width = x.shape
        parts = self.linear(f"{name}.qkv", x).view(images, tokens, 3, self.heads, width // self.heads)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(queries, keys, values)
        return self.linear(f"{name}.proj", mixed.transpose(1, 2).reshape(images, tokens, width))

    def mlp(self, name, x):
        if f"{name}.w12.weight" in self.weights:
            gate, value = self.linear(f"{name}.w12", x).chunk(2, dim=-1)
            return self.linear(f"{name}.w3", F.silu(gate) * value)
        return self.linear(f"{name}.fc2", F.gelu(self.linear(f"{name}.fc1", x)))

    def pooled(self, images, layers):
        """The mean over the patches of every block's output, [layers, images, width]."""
        x = F.conv2d(
            images, self.weights["patch_embed.proj.weight"], self.weights["patch_embed.proj.bias"], stride=self.patch)
        x = torch.cat([self.weights["cls_token"].expand(len(images), -1, -1), x.flatten(2).transpose(1, 2)], dim=1)
        x = x + self.weights["pos_embed"]
        means = []
        for i in range(layers):
            name = f"blocks.{i}"
            x = x + self.weights[f"{name}.ls1.gamma"] * self.attention(f"{name}.attn", self.norm(f"{name}.norm1", x))
            x = x + self.weights[f"{name}.ls2.gamma"] * self.mlp(f"{name}.mlp", self.norm(f"{name}.norm2", x))
            means.append(x[:, 1:].mean(dim=1))
        return torch.stack(means)


def main():
    parser = argparse.ArgumentParser(description="Hidden states of a DINOv2, mean pooled, in PyTorch.")
    parser.add_argument("checkpoint", help="safetensors file, float32, official names")
    parser.add_argument("inputs", help="npy file [N, 3, H, W], float32")
    parser.add_argument("output", help="safetensors file for the pooled hidden states")
    parser.add_argument("--images", type=int, required=True)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    network = Network(options.checkpoint)
    images = torch.from_numpy(numpy.load(options.inputs))[: options.images]

    def run(batch):
        return torch.cat([network.pooled(part, network.depth) for part in images.split(batch)], dim=1)

    with torch.inference_mode():
        before = status_bytes("VmRSS")
        can_reset = reset_peak()
        network.pooled(images[: max(options.batches)], 2)
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
