#ifndef REPSCOPE_PAIR_RANKS_H
#define REPSCOPE_PAIR_RANKS_H

#include <stddef.h>
#include <stdint.h>

/// A number and where it stands among all.
typedef struct {
  double value;
  uint32_t place;
} repscope_placed_value;

/// The bucket of every value, floor((value - least) * scale) brought into 0 ..< buckets, counted: counts[bucket] += 1.
/// Buckets are in the order of the values.
void repscope_count_buckets(const double *values, size_t count, double least, double scale, size_t buckets,
                            uint32_t *counts);

/// Writes the place of every value at the next free one of its bucket: order[next[bucket]++] = place.
void repscope_order_by_bucket(const double *values, size_t count, double least, double scale, size_t buckets,
                              uint32_t *next, uint32_t *order);

/// Twice the ranks, counted from 1, of the `count` values that stand at `order`, equal ones sharing the mean of their
/// ranks: doubledRanks[place]. `before` values are smaller than all of them. `work` has room for 2 `count` values.
void repscope_rank_bucket(const double *values, const uint32_t *order, size_t count, size_t before,
                          repscope_placed_value *work, uint32_t *doubledRanks);

/// The sum of (a[i] - shift) (b[i] - shift) in Double: sixteen running sums, added up in a fixed order.
double repscope_rank_product(const uint32_t *a, const uint32_t *b, size_t count, double shift);

#endif
