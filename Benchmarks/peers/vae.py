"""diffusers' AutoencoderKL in PyTorch: what encoding and decoding by `repscope` is compared with.

Written from the paper (arXiv 2112.10752) for diffusers' tensor names, in float32: PyTorch's own convolutions, norms, SiLU and
scaled_dot_product_attention, in inference mode, on batches, with the channels of a pixel apart and side by side
(`channels_last`, which suits the processor's convolutions better).

Prints one line of JSON: seconds for all pictures by way, peak memory in bytes above what was in use once PyTorch and
the weights were loaded, the software. Moments and decoded pictures go to a file.
"""

import argparse
import json
import time

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from measuring import product_rate, reset_peak, status_bytes

GROUPS = 32
EPSILON = 1e-6


class Network:
    def __init__(self, path, memory_format):
        self.weights = {
            name: tensor.clone(memory_format=memory_format if tensor.dim() == 4 else torch.preserve_format)
            for name, tensor in load_file(path).items()
        }

    def convolution(self, name, x, **options):
        return F.conv2d(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], **options)

    def linear(self, name, x):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, name, x):
        return F.group_norm(x, GROUPS, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], EPSILON)

    def block(self, name, x):
        y = self.convolution(f"{name}.conv1", F.silu(self.norm(f"{name}.norm1", x)), padding=1)
        y = self.convolution(f"{name}.conv2", F.silu(self.norm(f"{name}.norm2", y)), padding=1)
        if f"{name}.conv_shortcut.weight" in self.weights:
            x = self.convolution(f"{name}.conv_shortcut", x)
        return x + y

    def blocks(self, name, x):
        index = 0
        while f"{name}.resnets.{index}.conv1.weight" in self.weights:
            x = self.block(f"{name}.resnets.{index}", x)
            index += 1
        return x

    def attention(self, name, x):
        tokens = self.norm(f"{name}.group_norm", x).flatten(2).transpose(1, 2)
        queries, keys, values = (self.linear(f"{name}.{part}", tokens) for part in ("to_q", "to_k", "to_v"))
        mixed = F.scaled_dot_product_attention(queries[:, None], keys[:, None], values[:, None])[:, 0]
        return x + self.linear(f"{name}.to_out.0", mixed).transpose(1, 2).reshape(x.shape)

    def middle(self, name, x):
        x = self.block(f"{name}.resnets.0", x)
        return self.block(f"{name}.resnets.1", self.attention(f"{name}.attentions.0", x))

    def encode(self, x):
        x = self.convolution("encoder.conv_in", x, padding=1)
        level = 0
        while f"encoder.down_blocks.{level}.resnets.0.conv1.weight" in self.weights:
            name = f"encoder.down_blocks.{level}"
            x = self.blocks(name, x)
            if f"{name}.downsamplers.0.conv.weight" in self.weights:
                x = self.convolution(f"{name}.downsamplers.0.conv", F.pad(x, (0, 1, 0, 1)), stride=2)
            level += 1
        x = self.middle("encoder.mid_block", x)
        x = self.convolution("encoder.conv_out", F.silu(self.norm("encoder.conv_norm_out", x)), padding=1)
        return self.convolution("quant_conv", x)

    def decode(self, z):
        x = self.convolution("decoder.conv_in", self.convolution("post_quant_conv", z), padding=1)
        x = self.middle("decoder.mid_block", x)
        level = 0
        while f"decoder.up_blocks.{level}.resnets.0.conv1.weight" in self.weights:
            name = f"decoder.up_blocks.{level}"
            x = self.blocks(name, x)
            if f"{name}.upsamplers.0.conv.weight" in self.weights:
                x = F.interpolate(x, scale_factor=2.0, mode="nearest")
                x = self.convolution(f"{name}.upsamplers.0.conv", x, padding=1)
            level += 1
        return self.convolution("decoder.conv_out", F.silu(self.norm("decoder.conv_norm_out", x)), padding=1)


FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def main():
    parser = argparse.ArgumentParser(description="AutoencoderKL in PyTorch.")
    parser.add_argument("folder", help="diffusers folder, float32")
    parser.add_argument("pictures", help="npy file [N, 3, H, W], float32")
    parser.add_argument("output", help="safetensors file for moments and decoded pictures")
    parser.add_argument("--images", type=int, required=True)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--formats", nargs="+", default=list(FORMATS))
    parser.add_argument("--encode-only", action="store_true")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    pictures = torch.from_numpy(numpy.load(options.pictures))[: options.images]
    seconds, peak, saved = {}, {}, {}
    with torch.inference_mode():
        for name in options.formats:
            network = Network(f"{options.folder}/diffusion_pytorch_model.safetensors", FORMATS[name])
            before = status_bytes("VmRSS")
            network.encode(pictures[:1].contiguous(memory_format=FORMATS[name]))
            for batch in options.batches:
                can_reset = reset_peak()
                start = time.perf_counter()
                moments = [
                    network.encode(part.contiguous(memory_format=FORMATS[name])) for part in pictures.split(batch)]
                seconds[f"encode, {name}, batch {batch}"] = [time.perf_counter() - start]
                if can_reset:
                    peak[f"{name}, batch {batch}"] = status_bytes("VmHWM") - before
            saved["moments"] = torch.cat(moments)
            if options.encode_only:
                continue
            latents = saved["moments"][:, :4].contiguous(memory_format=FORMATS[name])
            network.decode(latents[:1])
            for batch in options.batches:
                start = time.perf_counter()
                decoded = [network.decode(part) for part in latents.split(batch)]
                seconds[f"decode, {name}, batch {batch}"] = [time.perf_counter() - start]
            saved["decoded"] = torch.cat(decoded)
        rate = product_rate()
    save_file({name: tensor.contiguous() for name, tensor in saved.items()}, options.output)
    print(json.dumps({
        "seconds": seconds, "peakBytes": min(peak.values(), default=None), "values": {"sgemm": rate},
        "software": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, "
                    f"matrix product at {rate:.0f} Gflop/s",
    }))


if __name__ == "__main__":
    main()
