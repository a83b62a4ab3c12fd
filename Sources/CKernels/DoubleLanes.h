#ifndef REPSCOPE_DOUBLE_LANES_H
#define REPSCOPE_DOUBLE_LANES_H

#include "KernelDispatch.h"

// Sums in Double run side by side, in as many lanes on every processor, so that they have the same bits on each.
enum { LANES = 16 };

// The lanes are added in a fixed order.
REPSCOPE_INLINE double add_lanes(double sums[LANES]) {
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++) sums[lane] += sums[lane + step];
  return sums[0];
}

#endif
