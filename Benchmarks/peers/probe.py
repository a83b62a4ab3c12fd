"""Linear probes in scikit-learn: what `repscope` is compared with.

logistic  LogisticRegression with its default solver, from few iterations to more, until the objective is at most 1e-4
          above the minimum that is given: the time is that of the first run that gets there.
ridge     RidgeClassifier with one alpha, by its default solver.

Labels go around: row i is of class i modulo the number of classes. Prints one line of JSON.
"""

import argparse
import json
import time
import warnings

import numpy
import sklearn
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from status import reset_peak, status_bytes


def objective(model, x, labels):
    logits = x.astype(numpy.float64) @ model.coef_.T.astype(numpy.float64) + model.intercept_
    largest = logits.max(axis=1)
    sums = numpy.log(numpy.exp(logits - largest[:, None]).sum(axis=1)) + largest
    loss = (sums - logits[numpy.arange(len(labels)), labels]).sum()
    return loss + 0.5 * (model.coef_.astype(numpy.float64) ** 2).sum()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("method", choices=["logistic", "ridge"])
    parser.add_argument("features")
    parser.add_argument("--classes", type=int, required=True)
    parser.add_argument("--minimum", type=float)
    parser.add_argument("--alpha", type=float)
    arguments = parser.parse_args()
    # The stop at the iteration asked for is no news.
    warnings.filterwarnings("ignore")
    x = numpy.load(arguments.features)
    labels = numpy.arange(len(x)) % arguments.classes
    # Loads what is loaded late, and starts the threads.
    few = slice(0, 4 * arguments.classes)
    LogisticRegression(max_iter=2).fit(x[few], labels[few])
    result = {"seconds": {}, "values": {}, "software": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}"}
    before = status_bytes("VmRSS") if reset_peak() else None
    if arguments.method == "logistic":
        iterations = 8
        while True:
            start = time.perf_counter()
            model = LogisticRegression(C=1.0, max_iter=iterations, tol=1e-12).fit(x, labels)
            seconds = time.perf_counter() - start
            peak = status_bytes("VmHWM")
            value = objective(model, x, labels)
            if value <= arguments.minimum * (1 + 1e-4) or iterations > 5000:
                break
            # A fifth more each time: what is measured is less than that above the fewest iterations needed.
            iterations = iterations * 6 // 5 + 1
        result["seconds"]["logistic"] = [seconds]
        result["values"] = {"objective": value, "iterations": int(model.n_iter_.max())}
    else:
        start = time.perf_counter()
        model = RidgeClassifier(alpha=arguments.alpha).fit(x, labels)
        result["seconds"]["ridge"] = [time.perf_counter() - start]
        peak = status_bytes("VmHWM")
    if before is not None:
        result["peakBytes"] = peak - before
    print(json.dumps(result))


if __name__ == "__main__":
    main()
