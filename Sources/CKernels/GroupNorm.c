#include "include/GroupNorm.h"

#include "FloatExponential.h"
#include "KernelDispatch.h"

enum { LANES = 32 };

REPSCOPE_KERNEL
void repscope_add_channel_sums(const float *x, size_t pixels, size_t channels, double *sums, double *squares) {
  size_t c = 0;
  for (; c + LANES <= channels; c += LANES) {
    double sum[LANES], square[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      sum[lane] = sums[c + lane];
      square[lane] = squares[c + lane];
    }
    for (size_t p = 0; p < pixels; p++) {
      for (int lane = 0; lane < LANES; lane++) {
        double value = x[p * channels + c + lane];
        sum[lane] += value;
        square[lane] += value * value;
      }
    }
    for (int lane = 0; lane < LANES; lane++) {
      sums[c + lane] = sum[lane];
      squares[c + lane] = square[lane];
    }
  }
  for (size_t p = 0; p < pixels && c < channels; p++) {
    for (size_t i = c; i < channels; i++) {
      double value = x[p * channels + i];
      sums[i] += value;
      squares[i] += value * value;
    }
  }
}

REPSCOPE_KERNEL
void repscope_normalize_pixels(const float *x, size_t pixels, size_t channels, const float *means,
                               const float *scales, const float *shifts, bool silu, float *out) {
  for (size_t p = 0; p < pixels; p++) {
    const float *from = x + p * channels;
    float *to = out + p * channels;
    if (silu) {
      for (size_t c = 0; c < channels; c++) {
        float value = (from[c] - means[c]) * scales[c] + shifts[c];
        to[c] = value / (1.0f + exp_of_float(-value));
      }
    } else {
      for (size_t c = 0; c < channels; c++) to[c] = (from[c] - means[c]) * scales[c] + shifts[c];
    }
  }
}
