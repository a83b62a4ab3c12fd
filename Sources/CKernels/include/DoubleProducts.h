#ifndef REPSCOPE_DOUBLE_PRODUCTS_H
#define REPSCOPE_DOUBLE_PRODUCTS_H

#include <stddef.h>
#include <stdint.h>

/// The inner product of two Float32 vectors in Double.
///
/// Sixteen running sums, added up in a fixed order. The product of two Float32 numbers is exact in Double, so a
/// fused multiply-add rounds exactly like a product and a sum: the result has the same bits on every processor.
double repscope_dot(const float *a, const float *b, size_t count);

/// The inner products of row `sample` with the rows `others`, as `repscope_dot` computes each.
///
/// The rows asked for lie anywhere in memory: the next one is fetched while one is multiplied.
void repscope_dots(const float *rows, size_t columns, size_t sample, const uint32_t *others, size_t count,
                   double *products);

/// The inner products of one row with the rows `others` of a matrix that need not be its own, likewise.
void repscope_dots_with(const float *row, const float *rows, size_t columns, const uint32_t *others, size_t count,
                        double *products);

/// out[i] = (float)(x[i] * scale - shift[i]), rounded once.
void repscope_scale_shift(const float *x, double scale, const double *shift, float *out, size_t count);

/// out[i] = (float)(x[i] * scale), rounded once.
void repscope_scale(const float *x, double scale, float *out, size_t count);

/// sum[i] += x[i] * scale
void repscope_accumulate_scaled(const float *x, double scale, double *sum, size_t count);

/// out[i] = (double)x[i] * scale
void repscope_widen(const float *x, double scale, double *out, size_t count);

/// out[i] = (double)x[i] * scale - offset - shift[i]; a NULL shift stands for zeros.
void repscope_widen_shift(const float *x, double scale, double offset, const double *shift, double *out,
                          size_t count);

/// The sum of (a[i] * aScale - b[i] * bScale)² in Double: sixteen running sums, added up in a fixed order.
double repscope_squared_distance(const float *a, double aScale, const float *b, double bScale, size_t count);

/// sum[i] += (double)x[i]
void repscope_accumulate(const float *x, double *sum, size_t count);

/// The sum of squares of Double values: sixteen running sums, added up in a fixed order.
double repscope_sum_of_squares(const double *x, size_t count);

/// The number of elements before the first one that is NaN or infinite; `count` where all are finite.
size_t repscope_finite_prefix(const float *x, size_t count);

#endif
