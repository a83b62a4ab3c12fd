"""Alignment of two representations the dense way, in PyTorch: what `repscope` is compared with.

Written from the formulas of the papers (CKNNA and mutual k-NN: arXiv 2405.07987; HSIC: Song et al., JMLR 13, 2012,
equation 5; CKA: arXiv 1905.00414), in float32 with whole N x N matrices.

usual        as research code has it: every metric computes its own Gram matrices; every HSIC, of (K, L), (K, K) and
             (L, L), makes its own masks and a product of two N x N matrices; the biased HSIC is trace(K H L H) with
             the N x N centering matrix H multiplied out, as the Platonic Representation code has it. (Its mutual k-NN
             sorts whole rows; here torch.topk is used, which is faster.)
tuned        what remains reasonable while staying dense: Gram matrices shared by all metrics, one top-k a side, sums
             in place of matrix products.
pytorch-cka  the package of that name, for linear CKA with the unbiased estimator, which is the one it has.
null-usual   CKNNA of permuted samples, each permutation as `usual` computes it; null-tuned with Gram matrices and masks
             that are made once. Seconds a permutation.

Prints one line of JSON: seconds in all and by metric, peak memory in bytes above what was in use once PyTorch and the
features were loaded, the values, the software.
"""

import argparse
import json
import time

import numpy
import torch

from measuring import product_rate, reset_peak, status_bytes


# usual


def neighbor_mask(gram, k):
    similarity = gram.clone().fill_diagonal_(float("-inf"))
    nearest = torch.topk(similarity, k, dim=1).indices
    return torch.zeros_like(gram).scatter_(1, nearest, 1)


def unbiased_hsic(a, b):
    n = a.shape[0]
    a = a.clone().fill_diagonal_(0)
    b = b.clone().fill_diagonal_(0)
    trace = (a * b.T).sum()
    squares = a.sum() * b.sum() / ((n - 1) * (n - 2))
    cross = 2 / (n - 2) * (a @ b).sum()
    return (trace + squares - cross) / (n * (n - 3))


def biased_hsic(a, b):
    n = a.shape[0]
    centering = torch.eye(n) - 1 / n
    return torch.trace(a @ centering @ b @ centering)


def ratio(kl, kk, ll):
    return (kl / (torch.sqrt(kk * ll) + 1e-6)).item()


def usual_mutual_knn(x, y, k):
    shared = neighbor_mask(x @ x.T, k) * neighbor_mask(y @ y.T, k)
    return (shared.sum(dim=1) / k).mean().item()


def usual_cknna(x, y, k):
    gram_x, gram_y = x @ x.T, y @ y.T

    def masked_hsic(a, b):
        mask = neighbor_mask(a, k) * neighbor_mask(b, k)
        return unbiased_hsic(mask * a, mask * b)

    return ratio(masked_hsic(gram_x, gram_y), masked_hsic(gram_x, gram_x), masked_hsic(gram_y, gram_y))


def usual_cka(x, y, hsic):
    gram_x, gram_y = x @ x.T, y @ y.T
    return ratio(hsic(gram_x, gram_y), hsic(gram_x, gram_x), hsic(gram_y, gram_y))


def usual(x, y, k):
    metrics = {
        "cknna": lambda: usual_cknna(x, y, k),
        "mutual-knn": lambda: usual_mutual_knn(x, y, k),
        "cka": lambda: usual_cka(x, y, biased_hsic),
        "cka-unbiased": lambda: usual_cka(x, y, unbiased_hsic),
    }
    values, seconds = {}, {}
    for name, measure in metrics.items():
        start = time.perf_counter()
        values[name] = measure()
        seconds[name] = [time.perf_counter() - start]
    return values, seconds


# tuned


def inner(a, b):
    """The sum of a * b, row by row and without a third matrix; the rows' sums are added in float64."""
    return torch.linalg.vecdot(a, b).sum(dtype=torch.float64)


def sums(matrix, dim):
    return matrix.sum(dim=dim).double()


def tuned_cknna(gram_x, mask_x, gram_y, mask_y):
    n = gram_x.shape[0]

    def masked_hsic(a, mask_a, b, mask_b):
        mask = mask_a if mask_a is mask_b else mask_a & mask_b
        a_kept = a * mask
        b_kept = a_kept if a is b else b * mask
        trace = (a_kept * b_kept.T).sum(dtype=torch.float64)
        columns, rows = sums(a_kept, 0), sums(b_kept, 1)
        squares = columns.sum() * rows.sum() / ((n - 1) * (n - 2))
        return (trace + squares - 2 / (n - 2) * (columns @ rows)) / (n * (n - 3))

    return ratio(
        masked_hsic(gram_x, mask_x, gram_y, mask_y),
        masked_hsic(gram_x, mask_x, gram_x, mask_x),
        masked_hsic(gram_y, mask_y, gram_y, mask_y),
    )


def tuned_cka(gram_x, gram_y):
    """Both estimators, from the same three inner products and the row sums."""
    n = gram_x.shape[0]

    def both(inner_product, row_x, diagonal_x, row_y, diagonal_y):
        biased = inner_product - 2 / n * (row_x @ row_y) + row_x.sum() * row_y.sum() / n**2
        row_x, row_y = row_x - diagonal_x, row_y - diagonal_y
        unbiased = (
            inner_product
            - diagonal_x @ diagonal_y
            + row_x.sum() * row_y.sum() / ((n - 1) * (n - 2))
            - 2 / (n - 2) * (row_x @ row_y)
        )
        return biased, unbiased / (n * (n - 3))

    side_x = (sums(gram_x, 1), gram_x.diagonal().double())
    side_y = (sums(gram_y, 1), gram_y.diagonal().double())
    kl = both(inner(gram_x, gram_y), *side_x, *side_y)
    kk = both(inner(gram_x, gram_x), *side_x, *side_x)
    ll = both(inner(gram_y, gram_y), *side_y, *side_y)
    return ratio(kl[0], kk[0], ll[0]), ratio(kl[1], kk[1], ll[1])


def tuned(x, y, k):
    def gram_and_mask(features):
        gram = features @ features.T
        diagonal = gram.diagonal().clone()
        gram.fill_diagonal_(float("-inf"))
        nearest = torch.topk(gram, k, dim=1, sorted=False).indices
        gram.diagonal().copy_(diagonal)
        return gram, torch.zeros(gram.shape, dtype=torch.bool).scatter_(1, nearest, True)

    gram_x, mask_x = gram_and_mask(x)
    gram_y, mask_y = gram_and_mask(y)
    biased, unbiased = tuned_cka(gram_x, gram_y)
    values = {
        "cknna": tuned_cknna(gram_x, mask_x, gram_y, mask_y),
        "mutual-knn": (mask_x & mask_y).sum().item() / (len(x) * k),
        "cka": biased,
        "cka-unbiased": unbiased,
    }
    return values, {}


# permutations


def null_usual(x, y, k, orders):
    """The metric computed anew on permuted rows, as calibration code has it that takes any metric."""
    values, seconds = {}, []
    for index, order in enumerate(orders):
        start = time.perf_counter()
        values[f"cknna-{index}"] = usual_cknna(x, y[order], k)
        seconds.append(time.perf_counter() - start)
    return values, {"permutation": seconds}


def null_tuned(x, y, k, orders):
    """Gram matrices and masks made once; a permutation gathers y's, and only HSIC of the two sides is computed anew."""

    def masked(features):
        gram = features @ features.T
        return gram * neighbor_mask(gram, k)

    # A masked element of 0 would be taken for one outside the mask; random features have none.
    a, b = masked(x), masked(y)
    n = len(x)

    def hsic(a, b):
        a, b = a * (b != 0), b * (a != 0)
        trace = (a * b.T).sum(dtype=torch.float64)
        columns, rows = sums(a, 0), sums(b, 1)
        squares = columns.sum() * rows.sum() / ((n - 1) * (n - 2))
        return (trace + squares - 2 / (n - 2) * (columns @ rows)) / (n * (n - 3))

    xx, yy = hsic(a, a), hsic(b, b)
    values, seconds = {}, []
    for index, order in enumerate(orders):
        start = time.perf_counter()
        values[f"cknna-{index}"] = ratio(hsic(a, b[order][:, order]), xx, yy)
        seconds.append(time.perf_counter() - start)
    return values, {"permutation": seconds}


# the package


def pytorch_cka(x, y, k):
    import cka

    return {"cka-unbiased": cka.cka_from_features(x, y).item()}, {}


# the measurement


def main():
    nulls = {"null-usual": null_usual, "null-tuned": null_tuned}
    variants = {"usual": usual, "tuned": tuned, "pytorch-cka": pytorch_cka, **nulls}
    parser = argparse.ArgumentParser(description="Alignment of two representations the dense way, in PyTorch.")
    parser.add_argument("variant", choices=variants)
    parser.add_argument("x", help="npy file, float32, rows L2-normalised")
    parser.add_argument("y", help="npy file, float32, rows L2-normalised")
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--orders", help="npy file, float32: a permutation of the samples a row, for null-*")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    measure = variants[options.variant]
    x, y = (torch.from_numpy(numpy.load(path)) for path in (options.x, options.y))

    if options.variant in nulls:
        permuted = measure
        orders = [torch.from_numpy(order) for order in numpy.load(options.orders).astype(numpy.int64)]

        def measure(x, y, k):
            return permuted(x, y, k, [order[order < len(x)] for order in orders])

    with torch.inference_mode():
        few = slice(0, 256)
        measure(x[few], y[few], min(options.k, 16))
        peak = None
        before = status_bytes("VmRSS")
        can_reset = reset_peak()
        start = time.perf_counter()
        values, seconds = measure(x, y, options.k)
        total = time.perf_counter() - start
        if can_reset:
            peak = status_bytes("VmHWM") - before
        rate = product_rate()

    name = f"PyTorch {torch.__version__}"
    if options.variant == "pytorch-cka":
        import cka

        name = f"pytorch-cka {cka.__version__} on {name}"
    print(json.dumps({
        "seconds": {"total": [total], **seconds}, "peakBytes": peak, "values": values,
        "software": f"{name}, {torch.get_num_threads()} threads, matrix product at {rate:.0f} Gflop/s",
    }))


if __name__ == "__main__":
    main()
