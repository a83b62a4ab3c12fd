#include "include/PairRanks.h"

#include "DoubleLanes.h"

#pragma STDC FP_CONTRACT OFF

static inline size_t bucket_of(double value, double least, double scale, size_t buckets) {
  double place = (value - least) * scale;
  size_t bucket = place > 0 ? (size_t)place : 0;
  return bucket < buckets ? bucket : buckets - 1;
}

void repscope_count_buckets(const double *values, size_t count, double least, double scale, size_t buckets,
                            uint32_t *counts) {
  for (size_t i = 0; i < count; i++) counts[bucket_of(values[i], least, scale, buckets)]++;
}

void repscope_order_by_bucket(const double *values, size_t count, double least, double scale, size_t buckets,
                              uint32_t *next, uint32_t *order) {
  for (size_t i = 0; i < count; i++) order[next[bucket_of(values[i], least, scale, buckets)]++] = (uint32_t)i;
}

// Merge sort from the bottom: the same work whatever the order of the values is.
static repscope_placed_value *sort(repscope_placed_value *from, repscope_placed_value *to, size_t count) {
  enum { RUN = 12 };
  for (size_t start = 0; start < count; start += RUN) {
    size_t end = start + RUN < count ? start + RUN : count;
    for (size_t i = start + 1; i < end; i++) {
      repscope_placed_value item = from[i];
      size_t j = i;
      for (; j > start && from[j - 1].value > item.value; j--) from[j] = from[j - 1];
      from[j] = item;
    }
  }
  for (size_t width = RUN; width < count; width *= 2) {
    for (size_t start = 0; start < count; start += 2 * width) {
      size_t middle = start + width < count ? start + width : count;
      size_t end = start + 2 * width < count ? start + 2 * width : count;
      size_t i = start, j = middle;
      for (size_t out = start; out < end; out++)
        to[out] = j >= end || (i < middle && from[i].value <= from[j].value) ? from[i++] : from[j++];
    }
    repscope_placed_value *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

void repscope_rank_bucket(const double *values, const uint32_t *order, size_t count, size_t before,
                          repscope_placed_value *work, uint32_t *doubled_ranks) {
  for (size_t i = 0; i < count; i++) work[i] = (repscope_placed_value){values[order[i]], order[i]};
  const repscope_placed_value *sorted = sort(work, work + count, count);
  for (size_t first = 0; first < count;) {
    size_t end = first + 1;
    while (end < count && sorted[end].value == sorted[first].value) end++;
    // The ranks before + first + 1 to before + end.
    uint32_t doubled = (uint32_t)(2 * before + first + 1 + end);
    for (size_t i = first; i < end; i++) doubled_ranks[sorted[i].place] = doubled;
    first = end;
  }
}

REPSCOPE_KERNEL
double repscope_rank_product(const uint32_t *a, const uint32_t *b, size_t count, double shift) {
  double sums[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++)
      sums[lane] += ((double)a[i + lane] - shift) * ((double)b[i + lane] - shift);
  for (int lane = 0; i < count; i++, lane++) sums[lane] += ((double)a[i] - shift) * ((double)b[i] - shift);
  return add_lanes(sums);
}
