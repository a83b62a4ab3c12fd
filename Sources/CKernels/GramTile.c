#include "include/GramTile.h"

#include "DoubleLanes.h"
#include "KernelDispatch.h"

REPSCOPE_KERNEL
void repscope_add_offsets(float *tile, size_t rows, size_t columns, const float *row_offsets,
                          const float *column_offsets, bool is_lower) {
  for (size_t r = 0; r < rows; r++) {
    size_t count = is_lower ? r + 1 : columns;
    float *values = tile + r * columns;
    for (size_t c = 0; c < count; c++) values[c] = (values[c] + row_offsets[r]) + column_offsets[c];
  }
}

REPSCOPE_KERNEL
void repscope_add_gram_products(const float *tile, const float *const *others, size_t count, size_t rows,
                                size_t columns, bool is_diagonal, double *sums) {
  // Row by row: a row stays in the first-level cache while it meets those of all the others.
  for (size_t r = 0; r < rows; r++) {
    const float *row = tile + r * columns;
    for (size_t o = 0; o < count; o++) {
      const float *other = others[o] + r * columns;
      if (is_diagonal)
        sums[o] += 2 * float_dot(row, other, r) + (double)row[r] * (double)other[r];
      else
        sums[o] += 2 * float_dot(row, other, columns);
    }
  }
}
