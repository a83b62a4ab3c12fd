#include "include/NeighborPermutation.h"

#include <string.h>

#include "DoubleLanes.h"

// Without this, processors with fused multiply-add would round some sums differently from those without.
#pragma STDC FP_CONTRACT OFF

typedef repscope_neighbor_table table;

/// The place of `other` in the row of `sample`, or of its absence k.
REPSCOPE_INLINE size_t place(const table *graph, size_t sample, int32_t other) {
  uint32_t bit = (uint32_t)other & (uint32_t)(64 * graph->words - 1);
  if (!(graph->filters[sample * graph->words + bit / 64] >> (bit % 64) & 1)) return graph->k;
  const int32_t *row = graph->neighbors + sample * graph->k;
  size_t low = 0, high = graph->k;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (row[middle] < other)
      low = middle + 1;
    else
      high = middle;
  }
  return low < graph->k && row[low] == other ? low : graph->k;
}

REPSCOPE_KERNEL
size_t repscope_permuted_count(const table *x, const table *y, const int32_t *order) {
  size_t count = 0;
  for (size_t i = 0; i < x->samples; i++) {
    const int32_t *row = x->neighbors + i * x->k;
    size_t image = (size_t)order[i];
    for (size_t entry = 0; entry < x->k; entry++) count += place(y, image, order[row[entry]]) < y->k;
  }
  return count;
}

REPSCOPE_KERNEL
double repscope_permuted_products(const table *x, const table *y, const int32_t *order, const double *a,
                                  const double *b) {
  double sum = 0;
  for (size_t i = 0; i < x->samples; i++) {
    const int32_t *row = x->neighbors + i * x->k;
    size_t image = (size_t)order[i];
    for (size_t entry = 0; entry < x->k; entry++) {
      size_t found = place(y, image, order[row[entry]]);
      if (found == y->k) continue;
      sum += (x->similarities[i * x->k + entry] - a[i]) * (y->similarities[image * y->k + found] - b[image]);
    }
  }
  return sum;
}

REPSCOPE_KERNEL
void repscope_permuted_sums(const table *x, const table *y, const int32_t *order, double *work,
                            repscope_masked_sums *sums) {
  size_t samples = x->samples;
  memset(work, 0, 4 * samples * sizeof *work);
  double *first_columns = work, *second_rows = work + samples;
  double *second_columns = work + 2 * samples, *first_rows = work + 3 * samples;
  repscope_masked_sums total = {0};
  for (size_t i = 0; i < samples; i++) {
    const int32_t *row = x->neighbors + i * x->k;
    size_t image = (size_t)order[i];
    for (size_t entry = 0; entry < x->k; entry++) {
      size_t j = (size_t)row[entry], other = (size_t)order[j];
      size_t found = place(y, image, (int32_t)other);
      if (found == y->k) continue;
      double first = x->similarities[i * x->k + entry], second = y->similarities[image * y->k + found];
      first_columns[j] += first;
      first_rows[i] += first;
      second_rows[i] += second;
      second_columns[j] += second;
      // A(i,j) B(j,i), where the mask has (j,i) too.
      if (place(x, j, (int32_t)i) == x->k) continue;
      size_t back = place(y, other, (int32_t)image);
      if (back < y->k) total.trace += first * y->similarities[other * y->k + back];
    }
  }
  for (size_t i = 0; i < samples; i++) {
    total.first += first_columns[i];
    total.second += second_rows[i];
    total.first_times_second += first_columns[i] * second_rows[i];
    total.second_times_first += second_columns[i] * first_rows[i];
  }
  *sums = total;
}

REPSCOPE_KERNEL
double repscope_permuted_gram_product(const double *k, const double *l, const int32_t *order, size_t samples) {
  double total = 0;
  for (size_t i = 1; i < samples; i++) {
    const double *row = k + i * samples, *other = l + (size_t)order[i] * samples;
    double sums[LANES] = {0};
    size_t j = 0;
    for (; j + LANES <= i; j += LANES)
      for (int lane = 0; lane < LANES; lane++) sums[lane] += row[j + lane] * other[order[j + lane]];
    for (int lane = 0; j < i; j++, lane++) sums[lane] += row[j] * other[order[j]];
    total += add_lanes(sums);
  }
  return total;
}
