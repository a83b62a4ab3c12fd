#ifndef REPSCOPE_ROW_OPERATIONS_H
#define REPSCOPE_ROW_OPERATIONS_H

#include <stddef.h>

/// Every row of out = values: a bias that a matrix product is then added to. NULL stands for zeros.
void repscope_fill_rows(const float *values, float *out, size_t stride, size_t rows, size_t columns);

/// x += gate * y, where the gate holds one factor a column. A NULL gate stands for 1.
void repscope_add_gated(float *x, size_t stride, const float *y, size_t yStride, const float *gate, size_t rows,
                        size_t columns);

/// x[row] *= factors[row]
void repscope_scale_rows(float *x, size_t stride, const float *factors, size_t rows, size_t columns);

/// Turns every row's first `half` elements against its next `half` by the angles whose cosines and sines are given,
/// [rows, half] without gaps.
void repscope_rotate_rows(float *x, size_t stride, const float *cosines, const float *sines, size_t rows,
                          size_t half);

#endif
