#include "include/Softmax.h"

#include <math.h>

#include "FloatExponential.h"
#include "KernelDispatch.h"

enum { LANES = 32 };

REPSCOPE_INLINE float largest(const float *x, size_t count) {
  float best[LANES];
  for (int lane = 0; lane < LANES; lane++) best[lane] = -INFINITY;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) best[lane] = x[i + lane] > best[lane] ? x[i + lane] : best[lane];
  for (int lane = 0; i < count; i++, lane++) best[lane] = x[i] > best[lane] ? x[i] : best[lane];
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++)
      best[lane] = best[lane + step] > best[lane] ? best[lane + step] : best[lane];
  return best[0];
}

REPSCOPE_INLINE float exponentiate(float *x, size_t count, float scale, float maximum) {
  float sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (int lane = 0; lane < LANES; lane++) {
      float value = exp_of_float(scale * (x[i + lane] - maximum));
      x[i + lane] = value;
      sums[lane] += value;
    }
  }
  for (int lane = 0; i < count; i++, lane++) {
    float value = exp_of_float(scale * (x[i] - maximum));
    x[i] = value;
    sums[lane] += value;
  }
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++) sums[lane] += sums[lane + step];
  return sums[0];
}

REPSCOPE_KERNEL
void repscope_softmax_numerators(float *x, size_t stride, size_t rows, size_t columns, float scale,
                                 float *inverse_sums) {
  for (size_t row = 0; row < rows; row++) {
    float *values = x + row * stride;
    inverse_sums[row] = 1.0f / exponentiate(values, columns, scale, largest(values, columns));
  }
}
