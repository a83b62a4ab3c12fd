#ifndef REPSCOPE_NEIGHBOR_PERMUTATION_H
#define REPSCOPE_NEIGHBOR_PERMUTATION_H

#include <stddef.h>
#include <stdint.h>

/// A neighbor graph to look neighbors up in.
typedef struct {
  size_t samples;
  size_t k;
  /// The k neighbors of every sample, by rising index, and the similarities that belong to them.
  const int32_t *neighbors;
  const double *similarities;
  /// For every sample, one bit a neighbor j at j mod (64 x words): a bit that is not set says that no such j is
  /// among the neighbors. `words` is a power of two.
  const uint64_t *filters;
  size_t words;
} repscope_neighbor_table;

/// Sums over two Gram matrices A and B, both masked to the pairs (i, j) that are neighbors in both.
typedef struct {
  double first, second;
  double first_times_second, second_times_first;
  double trace;
} repscope_masked_sums;

/// How many pairs (i, j) are neighbors in x, and as (order[i], order[j]) in y.
size_t repscope_permuted_count(const repscope_neighbor_table *x, const repscope_neighbor_table *y,
                               const int32_t *order);

/// The sums over those pairs, with A(i,j) the similarity in x and B(i,j) that of (order[i], order[j]) in y.
///
/// `work` has room for 4 N numbers.
void repscope_permuted_sums(const repscope_neighbor_table *x, const repscope_neighbor_table *y,
                            const int32_t *order, double *work, repscope_masked_sums *sums);

/// sum over those pairs of (A(i,j) - a[i]) (B(i,j) - b[order[i]]).
double repscope_permuted_products(const repscope_neighbor_table *x, const repscope_neighbor_table *y,
                                  const int32_t *order, const double *a, const double *b);

/// sum over i > j of k[i,j] l[order[i],order[j]] for two N x N matrices, row-major: sixteen running sums a row.
double repscope_permuted_gram_product(const double *k, const double *l, const int32_t *order, size_t samples);

#endif
