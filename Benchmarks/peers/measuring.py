"""What the PyTorch peers measure alike: memory, and the rate of the matrix product."""

import time

from status import reset_peak, status_bytes

__all__ = ["product_rate", "reset_peak", "status_bytes"]


def product_rate():
    """Gflop/s of PyTorch's float32 matrix product, best of a few."""
    import torch

    n = 2048
    a, b = torch.ones(n, n), torch.ones(n, n)
    best = float("inf")
    for _ in range(4):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return 2 * n**3 / best / 1e9
