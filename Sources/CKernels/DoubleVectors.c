#include "include/DoubleVectors.h"

#include "DoubleLanes.h"
#include "KernelDispatch.h"

// Without this, processors with fused multiply-add would round some sums differently from those without.
#pragma STDC FP_CONTRACT OFF

REPSCOPE_KERNEL
double repscope_double_dot(const double *x, const double *y, size_t count) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) sums[lane] += x[i + lane] * y[i + lane];
  for (int lane = 0; i < count; i++, lane++) sums[lane] += x[i] * y[i];
  return add_lanes(sums);
}

REPSCOPE_KERNEL
double repscope_weighted_squares(const float *x, const double *factors, size_t count) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++)
      sums[lane] += (double)x[i + lane] * (double)x[i + lane] * factors[i + lane];
  for (int lane = 0; i < count; i++, lane++) sums[lane] += (double)x[i] * (double)x[i] * factors[i];
  return add_lanes(sums);
}

REPSCOPE_KERNEL
void repscope_double_add(const double *x, double factor, double *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] += factor * x[i];
}

REPSCOPE_KERNEL
void repscope_standardise(const float *x, const double *shift, const double *scale, float *out, size_t count) {
  if (scale) {
    for (size_t i = 0; i < count; i++) out[i] = (float)(((double)x[i] - shift[i]) * scale[i]);
  } else {
    for (size_t i = 0; i < count; i++) out[i] = (float)((double)x[i] - shift[i]);
  }
}

REPSCOPE_KERNEL
void repscope_column_moments(const float *x, size_t stride, size_t rows, size_t columns, const double *shift,
                             double *sums, double *squares) {
  for (size_t row = 0; row < rows; row++) {
    const float *values = x + row * stride;
    for (size_t i = 0; i < columns; i++) {
      double value = (double)values[i] - shift[i];
      sums[i] += value;
      squares[i] += value * value;
    }
  }
}

REPSCOPE_KERNEL
void repscope_accumulate_rows(const float *x, size_t rows, size_t columns, double *target, size_t target_stride) {
  for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; i < columns; i++) target[row * target_stride + i] += (double)x[row * columns + i];
}
