#ifndef REPSCOPE_DOUBLE_LANES_H
#define REPSCOPE_DOUBLE_LANES_H

#include <stddef.h>

#include "KernelDispatch.h"

// Sums in Double run side by side, in as many lanes on every processor, so that they have the same bits on each.
enum { LANES = 16 };

// The lanes are added in a fixed order.
REPSCOPE_INLINE double add_lanes(double sums[LANES]) {
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++) sums[lane] += sums[lane + step];
  return sums[0];
}

// The product of two Float32 numbers is exact in Double: fused with the sum or not, it has the same bits.
REPSCOPE_INLINE double float_dot(const float *a, const float *b, size_t count) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) sums[lane] += (double)a[i + lane] * (double)b[i + lane];
  for (int lane = 0; i < count; i++, lane++) sums[lane] += (double)a[i] * (double)b[i];
  return add_lanes(sums);
}

#endif
