#include "include/DoubleProducts.h"

#include <stdint.h>
#include <string.h>

#include "DoubleLanes.h"
#include "KernelDispatch.h"

// Without this, processors with fused multiply-add would round some sums differently from those without.
#pragma STDC FP_CONTRACT OFF

REPSCOPE_KERNEL
double repscope_dot(const float *a, const float *b, size_t count) {
  return float_dot(a, b, count);
}

REPSCOPE_KERNEL
void repscope_dots_with(const float *row, const float *rows, size_t columns, const uint32_t *others, size_t count,
                        double *products) {
  enum { CACHE_LINE = 16 };
  for (size_t i = 0; i < count; i++) {
    if (i + 1 < count) {
      const float *next = rows + others[i + 1] * columns;
      for (size_t column = 0; column < columns; column += CACHE_LINE) __builtin_prefetch(next + column);
    }
    products[i] = float_dot(row, rows + others[i] * columns, columns);
  }
}

void repscope_dots(const float *rows, size_t columns, size_t sample, const uint32_t *others, size_t count,
                   double *products) {
  repscope_dots_with(rows + sample * columns, rows, columns, others, count, products);
}

REPSCOPE_KERNEL
void repscope_scale_shift(const float *x, double scale, const double *shift, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (float)((double)x[i] * scale - shift[i]);
}

REPSCOPE_KERNEL
void repscope_scale(const float *x, double scale, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (float)((double)x[i] * scale);
}

REPSCOPE_KERNEL
void repscope_accumulate_scaled(const float *x, double scale, double *sum, size_t count) {
  for (size_t i = 0; i < count; i++) sum[i] += (double)x[i] * scale;
}

REPSCOPE_KERNEL
void repscope_widen(const float *x, double scale, double *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (double)x[i] * scale;
}

REPSCOPE_KERNEL
void repscope_widen_shift(const float *x, double scale, double offset, const double *shift, double *out,
                          size_t count) {
  if (shift) {
    for (size_t i = 0; i < count; i++) out[i] = (double)x[i] * scale - offset - shift[i];
  } else {
    for (size_t i = 0; i < count; i++) out[i] = (double)x[i] * scale - offset;
  }
}

REPSCOPE_KERNEL
double repscope_squared_distance(const float *a, double a_scale, const float *b, double b_scale, size_t count) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) {
      double difference = (double)a[i + lane] * a_scale - (double)b[i + lane] * b_scale;
      sums[lane] += difference * difference;
    }
  for (int lane = 0; i < count; i++, lane++) {
    double difference = (double)a[i] * a_scale - (double)b[i] * b_scale;
    sums[lane] += difference * difference;
  }
  return add_lanes(sums);
}

REPSCOPE_KERNEL
void repscope_accumulate(const float *x, double *sum, size_t count) {
  for (size_t i = 0; i < count; i++) sum[i] += (double)x[i];
}

REPSCOPE_KERNEL
double repscope_sum_of_squares(const double *x, size_t count) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) sums[lane] += x[i + lane] * x[i + lane];
  for (int lane = 0; i < count; i++, lane++) sums[lane] += x[i] * x[i];
  return add_lanes(sums);
}

// NaN and infinity are the numbers whose exponent bits are all set; as integers the test vectorises.
static inline unsigned is_not_finite(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return (bits & 0x7f800000u) == 0x7f800000u;
}

REPSCOPE_KERNEL
size_t repscope_finite_prefix(const float *x, size_t count) {
  enum { CHUNK = 256 };
  size_t i = 0;
  for (; i + CHUNK <= count; i += CHUNK) {
    unsigned found = 0;
    for (int j = 0; j < CHUNK; j++) found |= is_not_finite(x[i + j]);
    if (found) break;
  }
  while (i < count && !is_not_finite(x[i])) i++;
  return i;
}
