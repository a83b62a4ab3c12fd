#ifndef REPSCOPE_SQUARED_DISTANCES_H
#define REPSCOPE_SQUARED_DISTANCES_H

#include <stddef.h>
#include <stdint.h>

/// The squared Euclidean distances of a point to the rows `others`, in Double.
///
/// Differences are taken in Double and their squares added in sixteen running sums, in a fixed order: the result has
/// the same bits on every processor, and the distance of a to b is that of b to a.
void repscope_squared_distances(const float *point, const float *rows, size_t columns, const uint32_t *others,
                                size_t count, double *distances);

/// Makes of inner products with one row their negative half squared distances: products[i] - halves[i] - half, with
/// half the squared norms of the others and of the row.
void repscope_negative_half_distances(float *products, size_t count, const float *halves, float half);

/// Writes the positions i with values[i] + slack[i] >= least and returns how many there are; `positions` has room for
/// `count`.
size_t repscope_positions_within(const float *values, const float *slack, size_t count, float least,
                                 uint32_t *positions);

/// out[i] = (float)((double)x[i] * scale - shift[i]), rounded once, and the sum of its squares in Double.
double repscope_centred_row(const float *x, double scale, const double *shift, float *out, size_t count);

/// The sum of (products[i] * scale + 1)³: sixteen running sums, added up in a fixed order.
double repscope_cubic_kernel_sum(const double *products, size_t count, double scale);

#endif
