#include "include/Softmax.h"

#include <math.h>

#include "FloatLanes.h"

REPSCOPE_INLINE float largest(const float *x, size_t count) {
  float best[LANES];
  for (int lane = 0; lane < LANES; lane++) best[lane] = -INFINITY;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) best[lane] = x[i + lane] > best[lane] ? x[i + lane] : best[lane];
  for (int lane = 0; i < count; i++, lane++) best[lane] = x[i] > best[lane] ? x[i] : best[lane];
  return largest_lane(best);
}

REPSCOPE_KERNEL
void repscope_softmax_numerators(float *x, size_t stride, size_t rows, size_t columns, float scale,
                                 float *inverse_sums) {
  for (size_t row = 0; row < rows; row++) {
    float *values = x + row * stride;
    inverse_sums[row] = 1.0f / exponentiate(values, columns, scale, largest(values, columns));
  }
}
