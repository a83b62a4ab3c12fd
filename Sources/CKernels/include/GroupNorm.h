#ifndef REPSCOPE_GROUP_NORM_H
#define REPSCOPE_GROUP_NORM_H

#include <stdbool.h>
#include <stddef.h>

/// sums[c] += x[p, c] and squares[c] += x[p, c]^2 over all pixels p in order, in Double. Both are exact products summed in one
/// order: the same bits on every processor, and however the pixels are cut into calls.
void repscope_add_channel_sums(const float *x, size_t pixels, size_t channels, double *sums, double *squares);

/// out[p, c] = (x[p, c] - means[c]) * scales[c] + shifts[c], and SiLU of that where asked for. `out` may be `x`.
void repscope_normalize_pixels(const float *x, size_t pixels, size_t channels, const float *means,
                               const float *scales, const float *shifts, bool silu, float *out);

#endif
