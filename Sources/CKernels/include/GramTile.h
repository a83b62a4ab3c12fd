#ifndef REPSCOPE_GRAM_TILE_H
#define REPSCOPE_GRAM_TILE_H

#include <stdbool.h>
#include <stddef.h>

/// tile[r][c] = (tile[r][c] + rowOffsets[r]) + columnOffsets[c] for the whole tile, rows one after another; with isLower
/// only on and below the diagonal.
void repscope_add_offsets(float *tile, size_t rows, size_t columns, const float *rowOffsets,
                          const float *columnOffsets, bool isLower);

/// Adds to sums[o] the sum of the products of a tile's elements with those of others[o], each for itself and its mirror
/// image: twice off the matrix's diagonal; with isDiagonal the tile lies on it, and counts on and below it.
///
/// Products and sums are in Double.
void repscope_add_gram_products(const float *tile, const float *const *others, size_t count, size_t rows,
                                size_t columns, bool isDiagonal, double *sums);

#endif
