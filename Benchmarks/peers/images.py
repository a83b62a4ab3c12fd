"""One picture from a JPEG file's bytes to DINOv2's input, as REPA prepares it, in Pillow and PyTorch, on one thread.

The ADM crop (two resizes by Pillow), then in PyTorch the division by 255, ImageNet's mean and standard deviation, and
the bicubic interpolation to 224 pixels. Prints one line of JSON: seconds a picture for each part, the software.
"""

import argparse
import io
import json
import time

import numpy
import PIL
import torch
from PIL import Image

MEAN = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
DEVIATION = torch.tensor([0.229, 0.224, 0.225])[:, None, None]


def decoded(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def crop(image, size=256):
    while min(image.size) >= 2 * size:
        image = image.resize((image.width // 2, image.height // 2), resample=Image.Resampling.BOX)
    scale = size / min(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), resample=Image.Resampling.BICUBIC)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return numpy.asarray(image)[top : top + size, left : left + size]


def network_input(pixels):
    values = torch.from_numpy(pixels.transpose(2, 0, 1).copy()).float() / 255
    values = (values - MEAN) / DEVIATION
    return torch.nn.functional.interpolate(values[None], 224, mode="bicubic")


def main():
    parser = argparse.ArgumentParser(description="A JPEG picture to DINOv2's input, in Pillow and PyTorch.")
    parser.add_argument("picture", help="JPEG file")
    parser.add_argument("--pictures", type=int, default=20, help="so many are timed at once")
    parser.add_argument("--repetitions", type=int, default=15)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with open(options.picture, "rb") as file:
        data = file.read()
    image = decoded(data)
    pixels = crop(image)
    parts = {
        "decode": lambda: decoded(data),
        "crop": lambda: crop(image),
        "input": lambda: network_input(pixels),
        "all": lambda: network_input(crop(decoded(data))),
    }
    seconds = {name: [] for name in parts}
    with torch.inference_mode():
        for body in parts.values():
            body()
        for _ in range(options.repetitions):
            for name, body in parts.items():
                start = time.perf_counter()
                for _ in range(options.pictures):
                    body()
                seconds[name].append((time.perf_counter() - start) / options.pictures)
    print(json.dumps({
        "seconds": seconds, "values": {},
        "software": f"Pillow {PIL.__version__}, PyTorch {torch.__version__}, one thread",
    }))


if __name__ == "__main__":
    main()
