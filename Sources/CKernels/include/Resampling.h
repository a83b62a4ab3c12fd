#ifndef REPSCOPE_RESAMPLING_H
#define REPSCOPE_RESAMPLING_H

#include <stddef.h>
#include <stdint.h>

// Resampling along one axis. Output sample i is the sum over k < taps of weights[i * taps + k] times input sample
// first[i] + k, added in the order of k.

// Every row of a [height, width, channels] grid from width to out_width samples.
void repscope_resample_columns(const float *grid, size_t height, size_t width, size_t channels, const int32_t *first,
                               const float *weights, size_t taps, size_t out_width, float *out);

// A grid of rows of line values from some number of rows to out_height.
void repscope_resample_rows(const float *grid, size_t line, const int32_t *first, const float *weights, size_t taps,
                            size_t out_height, float *out);

// The same for bytes, with weights scaled by 2^22 and the sum rounded and clamped to 0..255, three channels a sample.
void repscope_resample_rgb_columns(const uint8_t *grid, size_t height, size_t width, const int32_t *first,
                                   const int32_t *weights, size_t taps, size_t out_width, uint8_t *out);
void repscope_resample_byte_rows(const uint8_t *grid, size_t line, const int32_t *first, const int32_t *weights,
                                 size_t taps, size_t out_height, uint8_t *out);

// Values of a [height, width, 3] picture, each looked up in its channel's table of 256, as three planes.
void repscope_bytes_to_planes(const uint8_t *rgb, size_t pixels, const float *tables, float *planes);

#endif
