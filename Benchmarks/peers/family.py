"""SVCCA, CCA, PWCCA and Procrustes by numpy and scipy, in Double: what `repscope` is compared with.

Written from the definitions (fixtures/goldens/README.md, section metrics).

usual  singular value decompositions of the centred features and of the products, with numpy, as research code has it;
       Procrustes by scipy.linalg.orthogonal_procrustes, features padded with zeros to equal dimensions.
tuned  what remains reasonable: QR in place of the features' decomposition (which takes their rank for full), singular
       values without vectors where these are not needed, for SVCCA the leading eigenvectors of the columns' products.

Prints one line of JSON: seconds, peak memory in bytes above what was in use once the features were loaded, the value,
the software.
"""

import argparse
import json
import os
import time


def centred(features):
    features = features.astype("float64")
    return features - features.mean(axis=0)


def standardised(features):
    features = centred(features)
    return features / (features.std(axis=0, ddof=1) + 1e-8)


def weighted(basis_x, basis_y, x, numpy):
    vectors, rho, _ = numpy.linalg.svd(basis_x.T @ basis_y, full_matrices=False)
    weights = numpy.abs((basis_x @ vectors).T @ x).sum(axis=1)
    return (weights * rho).sum() / weights.sum()


def usual(metric, x, y):
    import numpy
    import scipy.linalg

    def left_vectors(features):
        vectors, values, _ = numpy.linalg.svd(features, full_matrices=False)
        return vectors[:, values > 1e-9 * values[0]]

    def correlations(a, b):
        return numpy.linalg.svd(a.T @ b, compute_uv=False)

    if metric == "svcca":
        a, b = left_vectors(standardised(x))[:, :10], left_vectors(standardised(y))[:, :10]
        return correlations(a, b).mean()
    x, y = centred(x), centred(y)
    if metric == "procrustes":
        x, y = x / numpy.linalg.norm(x), y / numpy.linalg.norm(y)
        width = max(x.shape[1], y.shape[1])
        x, y = (numpy.pad(side, ((0, 0), (0, width - side.shape[1]))) for side in (x, y))
        return scipy.linalg.orthogonal_procrustes(x, y)[1]
    a, b = left_vectors(x), left_vectors(y)
    return weighted(a, b, x, numpy) if metric == "pwcca" else correlations(a, b).mean()


def tuned(metric, x, y):
    import numpy
    import scipy.linalg

    def singular_values(a):
        return scipy.linalg.svdvals(a, overwrite_a=True, check_finite=False)

    def basis(features):
        return scipy.linalg.qr(features, mode="economic", check_finite=False)[0]

    def leading(features):
        size = features.shape[1]
        values, vectors = scipy.linalg.eigh(
            features.T @ features, subset_by_index=[size - 10, size - 1], check_finite=False)
        return features @ (vectors / numpy.sqrt(values))

    if metric == "svcca":
        return singular_values(leading(standardised(x)).T @ leading(standardised(y))).mean()
    x, y = centred(x), centred(y)
    if metric == "procrustes":
        return singular_values(x.T @ y).sum() / numpy.linalg.norm(x) / numpy.linalg.norm(y)
    a, b = basis(x), basis(y)
    return weighted(a, b, x, numpy) if metric == "pwcca" else singular_values(a.T @ b).mean()


def main():
    parser = argparse.ArgumentParser(description="Canonical correlations and Procrustes by numpy and scipy.")
    parser.add_argument("variant", choices=["usual", "tuned"])
    parser.add_argument("metric", choices=["svcca", "cca", "pwcca", "procrustes"])
    parser.add_argument("x", help="npy file, float32, rows L2-normalised")
    parser.add_argument("y", help="npy file, float32, rows L2-normalised")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    # Read when numpy's library is loaded, and by scipy's own copy.
    os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)

    import numpy
    import scipy

    from status import reset_peak, status_bytes

    measure = {"usual": usual, "tuned": tuned}[options.variant]
    x, y = numpy.load(options.x), numpy.load(options.y)
    few, columns = slice(0, 256), slice(0, 64)
    measure(options.metric, x[few, columns], y[few, columns])
    peak = None
    before = status_bytes("VmRSS")
    can_reset = reset_peak()
    start = time.perf_counter()
    value = measure(options.metric, x, y)
    total = time.perf_counter() - start
    if can_reset:
        peak = status_bytes("VmHWM") - before
    print(json.dumps({
        "seconds": {"total": [total]}, "peakBytes": peak, "values": {options.metric: float(value)},
        "software": f"numpy {numpy.__version__}, scipy {scipy.__version__}, {options.threads} threads",
    }))


if __name__ == "__main__":
    main()
