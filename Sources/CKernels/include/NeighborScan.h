#ifndef REPSCOPE_NEIGHBOR_SCAN_H
#define REPSCOPE_NEIGHBOR_SCAN_H

#include <stddef.h>
#include <stdint.h>

/// For every sample, the best similarities seen so far.
///
/// A candidate is one 64-bit key: the similarity, mapped so that unsigned integers sort as the floats do, above the
/// complement of the sample's number. The larger key is the better neighbor, and of two equal similarities the
/// lower number wins. What stays therefore does not depend on the order in which similarities arrive.
typedef struct {
  size_t keep;       // how many candidates of each sample survive
  size_t capacity;   // room for each sample; more than `keep`, so that the survivors are picked only now and then
  float *thresholds;  // [samples] a similarity below cannot survive; starts at minus infinity
  uint32_t *counts;  // [samples] candidates held
  uint64_t *keys;    // [samples * capacity]
} repscope_candidates;

/// Offers a tile of the Gram matrix: `tile[r * stride + c]` is the similarity of samples firstRow + r and
/// firstColumn + c. Each value is offered to both of its samples. The row and column ranges must not overlap.
void repscope_offer_tile(const float *tile, size_t stride, size_t firstRow, size_t rows, size_t firstColumn,
                         size_t columns, repscope_candidates *candidates);

/// Offers the part below the diagonal of a square tile on the Gram matrix's diagonal, to both samples of each value.
void repscope_offer_triangle(const float *tile, size_t stride, size_t first, size_t rows,
                             repscope_candidates *candidates);

/// Offers a tile of similarities between two different sets: each value to the sample of its row only.
void repscope_offer_rows(const float *tile, size_t stride, size_t firstRow, size_t rows, size_t firstColumn,
                         size_t columns, repscope_candidates *candidates);

/// Cuts every list down to its survivors, best first. `firstSample` and `samples` give the range of lists.
void repscope_settle_candidates(size_t firstSample, size_t samples, repscope_candidates *candidates);

/// The similarity a key holds.
float repscope_candidate_value(uint64_t key);

/// Writes the positions of all values not below `cutoff` and returns how many there are.
size_t repscope_positions_from(const float *values, size_t count, float cutoff, uint32_t *positions);

#endif
