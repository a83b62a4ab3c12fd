"""Fidelity of two sets of features in numpy and scipy: what `repscope fidelity` is compared with.

Written from the formulas of the papers.

frechet    FID (arXiv 1706.08500, equation 6): numpy's covariance of the features in float64, scipy's square root of
           the product of both.
manifolds  precision and recall with k = 3 (arXiv 1904.06991, equations 1 and 2), density and coverage with k = 5
           (arXiv 2002.09797, equations 5 and 6), from three whole matrices of squared distances in float32, by
           |x|^2 + |y|^2 - 2 x.y.

Prints one line of JSON: seconds, peak memory in bytes above what was in use once the features were loaded, the
values, the software.
"""

import argparse
import json
import time

import numpy
import scipy
from scipy.linalg import sqrtm

from status import reset_peak, status_bytes


def frechet(x, y):
    def moments(features):
        features = features.astype(numpy.float64)
        return features.mean(axis=0), numpy.cov(features, rowvar=False)

    (mean_x, covariance_x), (mean_y, covariance_y) = moments(x), moments(y)
    root = sqrtm(covariance_x @ covariance_y)
    shift = mean_x - mean_y
    trace = numpy.trace(covariance_x) + numpy.trace(covariance_y) - 2 * numpy.trace(root).real
    return {"fid": float(shift @ shift + trace)}


def squared_distances(a, b):
    distances = -2 * (a @ b.T)
    distances += numpy.square(a).sum(axis=1)[:, None]
    distances += numpy.square(b).sum(axis=1)
    return distances


def squared_radii(features, neighbors):
    distances = squared_distances(features, features)
    numpy.fill_diagonal(distances, numpy.inf)
    distances.partition([k - 1 for k in neighbors], axis=1)
    return [distances[:, k - 1].copy() for k in neighbors]


def manifolds(x, y):
    near_y, wide_y = squared_radii(y, [3, 5])
    (near_x,) = squared_radii(x, [3])
    distances = squared_distances(x, y)
    inside = distances < wide_y
    return {
        "precision": float((distances <= near_y).any(axis=1).mean()),
        "recall": float((distances <= near_x[:, None]).any(axis=0).mean()),
        "density": float(inside.sum() / (5 * len(x))),
        "coverage": float(inside.any(axis=0).mean()),
    }


def main():
    variants = {"frechet": frechet, "manifolds": manifolds}
    parser = argparse.ArgumentParser(description="Fidelity of two sets of features in numpy and scipy.")
    parser.add_argument("variant", choices=variants)
    parser.add_argument("x", help="npy file, float32")
    parser.add_argument("y", help="npy file, float32")
    options = parser.parse_args()
    measure = variants[options.variant]
    x, y = numpy.load(options.x), numpy.load(options.y)

    measure(x[:256, :64], y[:256, :64])
    peak = None
    before = status_bytes("VmRSS")
    can_reset = reset_peak()
    start = time.perf_counter()
    values = measure(x, y)
    total = time.perf_counter() - start
    if can_reset:
        peak = status_bytes("VmHWM") - before
    software = f"numpy {numpy.__version__}, scipy {scipy.__version__}"
    print(json.dumps({"seconds": {"total": [total]}, "peakBytes": peak, "values": values, "software": software}))


if __name__ == "__main__":
    main()
