#ifndef REPSCOPE_FLOAT_LANES_H
#define REPSCOPE_FLOAT_LANES_H

#include "FloatExponential.h"
#include "KernelDispatch.h"

// Sums in Float32 run side by side, in as many lanes on every processor, so that they have the same order on each.
enum { LANES = 32 };

// The lanes are added in a fixed order.
REPSCOPE_INLINE float add_lanes(float sums[LANES]) {
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++) sums[lane] += sums[lane + step];
  return sums[0];
}

REPSCOPE_INLINE float largest_lane(float best[LANES]) {
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++)
      best[lane] = best[lane + step] > best[lane] ? best[lane + step] : best[lane];
  return best[0];
}

// Makes x into exp(scale (x - maximum)) and returns the sum.
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
  return add_lanes(sums);
}

#endif
