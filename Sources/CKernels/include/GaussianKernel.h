#ifndef REPSCOPE_GAUSSIAN_KERNEL_H
#define REPSCOPE_GAUSSIAN_KERNEL_H

#include <stddef.h>

/// One row of a Gaussian kernel from inner products: values[i] = exp(-d² / (2 sigma²)), where d² is
/// squaredNorm + squaredNorms[i] - 2 values[i], and at least 0. `scale` is 1 / (2 sigma²).
///
/// The exponential is within 2 units in the last place; below exp(-708) it is 0.
void repscope_gaussian_row(double *values, size_t count, double squaredNorm, const double *squaredNorms,
                           double scale);

/// The same less 1, as exact where the kernel is near 1 as elsewhere.
void repscope_gaussian_row_less_one(double *values, size_t count, double squaredNorm, const double *squaredNorms,
                                    double scale);

#endif
