#include "include/LogSumExp.h"

#include "DoubleExponential.h"
#include "DoubleLanes.h"

#pragma STDC FP_CONTRACT OFF

REPSCOPE_KERNEL
void repscope_add_exponentials(const double *values, size_t count, double scale, double *largest, double *sum) {
  double maxima[LANES];
  for (int lane = 0; lane < LANES; lane++) maxima[lane] = *largest;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) {
      double value = scale * values[i + lane];
      maxima[lane] = value > maxima[lane] ? value : maxima[lane];
    }
  for (int lane = 0; i < count; i++, lane++) {
    double value = scale * values[i];
    maxima[lane] = value > maxima[lane] ? value : maxima[lane];
  }
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++)
      maxima[lane] = maxima[lane + step] > maxima[lane] ? maxima[lane + step] : maxima[lane];
  double greatest = maxima[0];

  double sums[LANES] = {0};
  for (i = 0; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) sums[lane] += exp_of_negative(scale * values[i + lane] - greatest);
  for (int lane = 0; i < count; i++, lane++) sums[lane] += exp_of_negative(scale * values[i] - greatest);

  // What was summed under a smaller maximum is brought down to the new one.
  double earlier = *sum > 0 ? *sum * exp_of_negative(*largest - greatest) : 0;
  *sum = earlier + add_lanes(sums);
  *largest = greatest;
}
