#include "include/SquaredDistances.h"

#include "DoubleLanes.h"
#include "KernelDispatch.h"

// Without this, processors with fused multiply-add would round some sums differently from those without.
#pragma STDC FP_CONTRACT OFF

REPSCOPE_INLINE double squared_distance(const float *a, const float *b, size_t count) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) {
      double difference = (double)a[i + lane] - (double)b[i + lane];
      sums[lane] += difference * difference;
    }
  for (int lane = 0; i < count; i++, lane++) {
    double difference = (double)a[i] - (double)b[i];
    sums[lane] += difference * difference;
  }
  return add_lanes(sums);
}

REPSCOPE_KERNEL
void repscope_squared_distances(const float *point, const float *rows, size_t columns, const uint32_t *others,
                                size_t count, double *distances) {
  for (size_t i = 0; i < count; i++)
    distances[i] = squared_distance(point, rows + others[i] * columns, columns);
}

REPSCOPE_KERNEL
void repscope_negative_half_distances(float *products, size_t count, const float *halves, float half) {
  // The sum of the halves first: the value of two rows is then the same whichever of them is the row.
  for (size_t i = 0; i < count; i++) products[i] -= halves[i] + half;
}

REPSCOPE_KERNEL
size_t repscope_positions_within(const float *values, const float *slack, size_t count, float least,
                                 uint32_t *positions) {
  enum { CHUNK = 64 };
  size_t found = 0, i = 0;
  for (; i + CHUNK <= count; i += CHUNK) {
    unsigned hits = 0;
    for (int j = 0; j < CHUNK; j++) hits |= values[i + j] + slack[i + j] >= least;
    if (!hits) continue;
    for (int j = 0; j < CHUNK; j++) {
      positions[found] = (uint32_t)(i + j);
      found += values[i + j] + slack[i + j] >= least;
    }
  }
  for (; i < count; i++) {
    positions[found] = (uint32_t)i;
    found += values[i] + slack[i] >= least;
  }
  return found;
}

REPSCOPE_KERNEL
double repscope_centred_row(const float *x, double scale, const double *shift, float *out, size_t count) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) {
      float value = (float)((double)x[i + lane] * scale - shift[i + lane]);
      out[i + lane] = value;
      sums[lane] += (double)value * (double)value;
    }
  for (int lane = 0; i < count; i++, lane++) {
    out[i] = (float)((double)x[i] * scale - shift[i]);
    sums[lane] += (double)out[i] * (double)out[i];
  }
  return add_lanes(sums);
}

REPSCOPE_KERNEL
double repscope_cubic_kernel_sum(const double *products, size_t count, double scale) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) {
      double base = products[i + lane] * scale + 1;
      sums[lane] += base * base * base;
    }
  for (int lane = 0; i < count; i++, lane++) {
    double base = products[i] * scale + 1;
    sums[lane] += base * base * base;
  }
  return add_lanes(sums);
}
