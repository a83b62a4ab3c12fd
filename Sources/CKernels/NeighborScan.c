#include "include/NeighborScan.h"

#include <stdlib.h>
#include <string.h>

#include "KernelDispatch.h"

static inline uint64_t candidate_key(float value, size_t sample) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits ^= (bits & 0x80000000u) ? 0xffffffffu : 0x80000000u;
  return ((uint64_t)bits << 32) | (uint32_t)~(uint32_t)sample;
}

float repscope_candidate_value(uint64_t key) {
  uint32_t bits = (uint32_t)(key >> 32);
  bits ^= (bits & 0x80000000u) ? 0x80000000u : 0xffffffffu;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Moves the `keep` largest keys to the front, in any order, and leaves the smallest of them at keys[keep - 1].
static void select_largest(uint64_t *keys, size_t count, size_t keep) {
  size_t low = 0, high = count - 1;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    // Median of three: candidates arrive in runs, a plain end pivot would go quadratic on them.
    if (keys[middle] > keys[low]) { uint64_t t = keys[middle]; keys[middle] = keys[low]; keys[low] = t; }
    if (keys[high] > keys[low]) { uint64_t t = keys[high]; keys[high] = keys[low]; keys[low] = t; }
    if (keys[high] > keys[middle]) { uint64_t t = keys[high]; keys[high] = keys[middle]; keys[middle] = t; }
    uint64_t pivot = keys[middle];
    size_t i = low, j = high;
    for (;;) {
      while (keys[i] > pivot) i++;
      while (keys[j] < pivot) j--;
      if (i >= j) break;
      uint64_t t = keys[i]; keys[i] = keys[j]; keys[j] = t;
      i++;
      j--;
    }
    // keys[low...j] >= pivot >= keys[j + 1...high]
    if (keep - 1 <= j) high = j; else low = j + 1;
  }
}

static void keep_best(repscope_candidates *candidates, size_t sample) {
  uint64_t *keys = candidates->keys + sample * candidates->capacity;
  select_largest(keys, candidates->counts[sample], candidates->keep);
  candidates->counts[sample] = (uint32_t)candidates->keep;
  candidates->thresholds[sample] = repscope_candidate_value(keys[candidates->keep - 1]);
}

static inline void offer(float value, size_t sample, size_t other, repscope_candidates *candidates) {
  uint32_t count = candidates->counts[sample];
  candidates->keys[sample * candidates->capacity + count] = candidate_key(value, other);
  candidates->counts[sample] = ++count;
  if (count == candidates->capacity) keep_best(candidates, sample);
}

enum { CHUNK = 32 };

REPSCOPE_INLINE unsigned chunk_hits(const float *values, float row_threshold, const float *column_thresholds) {
  unsigned hits = 0;
  for (int i = 0; i < CHUNK; i++) hits |= (values[i] >= row_threshold) | (values[i] >= column_thresholds[i]);
  return hits;
}

REPSCOPE_INLINE void offer_row(const float *values, size_t row, size_t first_column, size_t columns,
                             repscope_candidates *candidates) {
  const float *thresholds = candidates->thresholds;
  for (size_t c = 0; c < columns; c++) {
    if (values[c] >= thresholds[row]) offer(values[c], row, first_column + c, candidates);
    if (values[c] >= thresholds[first_column + c]) offer(values[c], first_column + c, row, candidates);
  }
}

REPSCOPE_INLINE void scan_row(const float *values, size_t row, size_t first_column, size_t columns,
                            repscope_candidates *candidates) {
  size_t c = 0;
  for (; c + CHUNK <= columns; c += CHUNK) {
    if (chunk_hits(values + c, candidates->thresholds[row], candidates->thresholds + first_column + c))
      offer_row(values + c, row, first_column + c, CHUNK, candidates);
  }
  offer_row(values + c, row, first_column + c, columns - c, candidates);
}

REPSCOPE_KERNEL
void repscope_offer_tile(const float *tile, size_t stride, size_t first_row, size_t rows, size_t first_column,
                         size_t columns, repscope_candidates *candidates) {
  for (size_t r = 0; r < rows; r++)
    scan_row(tile + r * stride, first_row + r, first_column, columns, candidates);
}

REPSCOPE_KERNEL
void repscope_offer_triangle(const float *tile, size_t stride, size_t first, size_t rows,
                             repscope_candidates *candidates) {
  for (size_t r = 1; r < rows; r++) scan_row(tile + r * stride, first + r, first, r, candidates);
}

REPSCOPE_INLINE unsigned chunk_reaches(const float *values, float threshold) {
  unsigned hits = 0;
  for (int i = 0; i < CHUNK; i++) hits |= values[i] >= threshold;
  return hits;
}

REPSCOPE_KERNEL
void repscope_offer_rows(const float *tile, size_t stride, size_t first_row, size_t rows, size_t first_column,
                         size_t columns, repscope_candidates *candidates) {
  for (size_t r = 0; r < rows; r++) {
    const float *values = tile + r * stride;
    size_t row = first_row + r;
    for (size_t c = 0; c < columns; c += CHUNK) {
      size_t count = columns - c < CHUNK ? columns - c : CHUNK;
      if (count == CHUNK && !chunk_reaches(values + c, candidates->thresholds[row])) continue;
      for (size_t i = c; i < c + count; i++)
        if (values[i] >= candidates->thresholds[row]) offer(values[i], row, first_column + i, candidates);
    }
  }
}

static int larger_key_first(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x < y) - (x > y);
}

void repscope_settle_candidates(size_t first_sample, size_t samples, repscope_candidates *candidates) {
  for (size_t sample = first_sample; sample < first_sample + samples; sample++) {
    if (candidates->counts[sample] > candidates->keep) keep_best(candidates, sample);
    uint64_t *keys = candidates->keys + sample * candidates->capacity;
    size_t count = candidates->counts[sample];
    if (count > 64) {
      qsort(keys, count, sizeof *keys, larger_key_first);
      continue;
    }
    for (size_t i = 1; i < count; i++) {
      uint64_t key = keys[i];
      size_t j = i;
      for (; j > 0 && keys[j - 1] < key; j--) keys[j] = keys[j - 1];
      keys[j] = key;
    }
  }
}

REPSCOPE_KERNEL
size_t repscope_positions_from(const float *values, size_t count, float cutoff, uint32_t *positions) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    positions[found] = (uint32_t)i;
    found += values[i] >= cutoff;
  }
  return found;
}
