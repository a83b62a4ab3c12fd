#include "include/LayerNorm.h"

#include <math.h>

#include "FloatLanes.h"

REPSCOPE_INLINE float row_sum(const float *x, size_t count) {
  float sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) sums[lane] += x[i + lane];
  for (int lane = 0; i < count; i++, lane++) sums[lane] += x[i];
  return add_lanes(sums);
}

REPSCOPE_INLINE float row_squares(const float *x, size_t count, float mean) {
  float sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (int lane = 0; lane < LANES; lane++) {
      float d = x[i + lane] - mean;
      sums[lane] += d * d;
    }
  }
  for (int lane = 0; i < count; i++, lane++) {
    float d = x[i] - mean;
    sums[lane] += d * d;
  }
  return add_lanes(sums);
}

REPSCOPE_KERNEL
void repscope_layer_norm(const float *x, size_t stride, size_t rows, size_t columns, float epsilon,
                         const float *weight, const float *bias, float *out, size_t out_stride) {
  for (size_t row = 0; row < rows; row++) {
    const float *from = x + row * stride;
    float *to = out + row * out_stride;
    float mean = row_sum(from, columns) / (float)columns;
    float factor = 1.0f / sqrtf(row_squares(from, columns, mean) / (float)columns + epsilon);
    if (weight && bias) {
      for (size_t i = 0; i < columns; i++) to[i] = (from[i] - mean) * factor * weight[i] + bias[i];
    } else if (weight) {
      for (size_t i = 0; i < columns; i++) to[i] = (from[i] - mean) * factor * weight[i];
    } else {
      for (size_t i = 0; i < columns; i++) to[i] = (from[i] - mean) * factor + (bias ? bias[i] : 0.0f);
    }
  }
}
