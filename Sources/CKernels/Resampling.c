#include "include/Resampling.h"

#include "KernelDispatch.h"

enum { PRECISION = 22 };

REPSCOPE_KERNEL
void repscope_resample_columns(const float *grid, size_t height, size_t width, size_t channels, const int32_t *first,
                               const float *weights, size_t taps, size_t out_width, float *out) {
  for (size_t row = 0; row < height; row++) {
    const float *from = grid + row * width * channels;
    for (size_t x = 0; x < out_width; x++, out += channels) {
      const float *source = from + (size_t)first[x] * channels;
      const float *weight = weights + x * taps;
      if (channels == 1) {
        float sum = 0;
        for (size_t k = 0; k < taps; k++) sum += weight[k] * source[k];
        out[0] = sum;
        continue;
      }
      for (size_t c = 0; c < channels; c++) out[c] = weight[0] * source[c];
      for (size_t k = 1; k < taps; k++)
        for (size_t c = 0; c < channels; c++) out[c] += weight[k] * source[k * channels + c];
    }
  }
}

REPSCOPE_KERNEL
void repscope_resample_rows(const float *grid, size_t line, const int32_t *first, const float *weights, size_t taps,
                            size_t out_height, float *out) {
  for (size_t y = 0; y < out_height; y++, out += line) {
    const float *source = grid + (size_t)first[y] * line;
    const float *weight = weights + y * taps;
    for (size_t i = 0; i < line; i++) out[i] = weight[0] * source[i];
    for (size_t k = 1; k < taps; k++)
      for (size_t i = 0; i < line; i++) out[i] += weight[k] * source[k * line + i];
  }
}

REPSCOPE_INLINE uint8_t clamped(int32_t sum) {
  int32_t value = sum >> PRECISION;
  return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

REPSCOPE_KERNEL
void repscope_resample_rgb_columns(const uint8_t *grid, size_t height, size_t width, const int32_t *first,
                                   const int32_t *weights, size_t taps, size_t out_width, uint8_t *out) {
  for (size_t row = 0; row < height; row++) {
    const uint8_t *from = grid + row * width * 3;
    for (size_t x = 0; x < out_width; x++, out += 3) {
      const uint8_t *source = from + (size_t)first[x] * 3;
      const int32_t *weight = weights + x * taps;
      int32_t red = 1 << (PRECISION - 1), green = red, blue = red;
      for (size_t k = 0; k < taps; k++) {
        red += weight[k] * source[3 * k];
        green += weight[k] * source[3 * k + 1];
        blue += weight[k] * source[3 * k + 2];
      }
      out[0] = clamped(red);
      out[1] = clamped(green);
      out[2] = clamped(blue);
    }
  }
}

REPSCOPE_KERNEL
void repscope_resample_byte_rows(const uint8_t *grid, size_t line, const int32_t *first, const int32_t *weights,
                                 size_t taps, size_t out_height, uint8_t *out) {
  // Sums of a piece of a line stay in the first cache while all taps are added.
  enum { PIECE = 512 };
  int32_t sums[PIECE];
  for (size_t y = 0; y < out_height; y++, out += line) {
    const uint8_t *source = grid + (size_t)first[y] * line;
    const int32_t *weight = weights + y * taps;
    for (size_t start = 0; start < line; start += PIECE) {
      size_t count = line - start < PIECE ? line - start : PIECE;
      for (size_t i = 0; i < count; i++) sums[i] = 1 << (PRECISION - 1);
      for (size_t k = 0; k < taps; k++) {
        const uint8_t *values = source + k * line + start;
        int32_t w = weight[k];
        for (size_t i = 0; i < count; i++) sums[i] += w * values[i];
      }
      for (size_t i = 0; i < count; i++) out[start + i] = clamped(sums[i]);
    }
  }
}

REPSCOPE_KERNEL
void repscope_bytes_to_planes(const uint8_t *rgb, size_t pixels, const float *tables, float *planes) {
  for (size_t i = 0; i < pixels; i++) planes[i] = tables[rgb[3 * i]];
  for (size_t i = 0; i < pixels; i++) planes[pixels + i] = tables[256 + rgb[3 * i + 1]];
  for (size_t i = 0; i < pixels; i++) planes[2 * pixels + i] = tables[512 + rgb[3 * i + 2]];
}
