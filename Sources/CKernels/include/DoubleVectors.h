#ifndef REPSCOPE_DOUBLE_VECTORS_H
#define REPSCOPE_DOUBLE_VECTORS_H

#include <stddef.h>

/// The inner product of Double vectors: sixteen running sums, added up in a fixed order.
double repscope_double_dot(const double *x, const double *y, size_t count);

/// The sum of factors[i] * x[i]²: sixteen running sums, added up in a fixed order.
double repscope_weighted_squares(const float *x, const double *factors, size_t count);

/// y[i] += factor * x[i]
void repscope_double_add(const double *x, double factor, double *y, size_t count);

/// out[i] = (float)((x[i] - shift[i]) * scale[i]), rounded once. A NULL scale stands for 1.
void repscope_standardise(const float *x, const double *shift, const double *scale, float *out, size_t count);

/// Adds every column's sum and sum of squares, of the values less `shift`, to `sums` and `squares`.
void repscope_column_moments(const float *x, size_t stride, size_t rows, size_t columns, const double *shift,
                             double *sums, double *squares);

/// target[r * targetStride + c] += (double)x[r * columns + c]
void repscope_accumulate_rows(const float *x, size_t rows, size_t columns, double *target, size_t targetStride);

#endif
