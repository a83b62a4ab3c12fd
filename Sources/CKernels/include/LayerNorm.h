#ifndef REPSCOPE_LAYER_NORM_H
#define REPSCOPE_LAYER_NORM_H

#include <stddef.h>

/// Layer norm of every row: out = (x - mean) / sqrt(variance + epsilon) * weight + bias.
///
/// The variance is the mean square around the mean, by a second pass over the row. `weight` may be NULL for 1 and
/// `bias` for 0. A norm that is modulated afterwards has 1 + scale as its weight and shift as its bias. `out` may be
/// `x`. Sums run in 32 lanes that are added up in a fixed order.
void repscope_layer_norm(const float *x, size_t stride, size_t rows, size_t columns, float epsilon,
                         const float *weight, const float *bias, float *out, size_t outStride);

#endif
