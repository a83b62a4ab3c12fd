#ifndef REPSCOPE_SOFTMAX_LOSS_H
#define REPSCOPE_SOFTMAX_LOSS_H

#include <stddef.h>
#include <stdint.h>

/// What is summed over samples by `repscope_softmax_loss`.
typedef struct {
  double loss;       // minus the logarithm of the label's probability
  double curvature;  // 1 minus the sum of squared probabilities: the trace of the softmax's derivative
  uint64_t correct;  // samples whose label has the highest logit, the first of equals
} repscope_softmax_sums;

/// The cross-entropy of softmax(logits + bias) and its derivative by the logits, row by row.
///
/// Each row of `logits` is replaced by probabilities minus the one-hot label; these are also added to `columnSums`, a
/// number a class. Exponentials and probabilities are Float32, what is summed over samples is Double. The bits depend on
/// the processor's instruction set, not on how rows are cut into calls but for the order of the sums.
void repscope_softmax_loss(float *logits, size_t stride, size_t rows, size_t classes, const float *bias,
                           const int32_t *labels, double *columnSums, repscope_softmax_sums *sums);

/// For every row, how many classes have a higher logit + bias than the label, or an equal one and a lower number; and the
/// class that has the highest. The rows' cross-entropies are added to `loss`, unless it is NULL.
void repscope_rank_labels(float *logits, size_t stride, size_t rows, size_t classes, const float *bias,
                          const int32_t *labels, uint32_t *ranks, uint32_t *predictions, double *loss);

#endif
