#include "include/SoftmaxLoss.h"

#include <math.h>

#include "FloatLanes.h"

// Adds the bias in place and returns the largest sum.
REPSCOPE_INLINE float add_bias(float *x, const float *bias, size_t count) {
  float best[LANES];
  for (int lane = 0; lane < LANES; lane++) best[lane] = -INFINITY;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) {
      float value = x[i + lane] + bias[i + lane];
      x[i + lane] = value;
      best[lane] = value > best[lane] ? value : best[lane];
    }
  for (int lane = 0; i < count; i++, lane++) {
    float value = x[i] + bias[i];
    x[i] = value;
    best[lane] = value > best[lane] ? value : best[lane];
  }
  return largest_lane(best);
}

// Scales to probabilities, adds them to the column sums and returns the sum of their squares.
REPSCOPE_INLINE float normalise(float *x, size_t count, float factor, double *column_sums) {
  float squares[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) {
      float value = x[i + lane] * factor;
      x[i + lane] = value;
      squares[lane] += value * value;
      column_sums[i + lane] += (double)value;
    }
  for (int lane = 0; i < count; i++, lane++) {
    float value = x[i] * factor;
    x[i] = value;
    squares[lane] += value * value;
    column_sums[i] += (double)value;
  }
  return add_lanes(squares);
}

// Without a branch, so that the loop vectorises.
REPSCOPE_INLINE uint32_t count_before(const float *x, size_t label, size_t classes) {
  float value = x[label];
  uint32_t before = 0;
  for (size_t i = 0; i < label; i++) before += x[i] >= value;
  for (size_t i = label + 1; i < classes; i++) before += x[i] > value;
  return before;
}

REPSCOPE_KERNEL
void repscope_softmax_loss(float *logits, size_t stride, size_t rows, size_t classes, const float *bias,
                           const int32_t *labels, double *column_sums, repscope_softmax_sums *sums) {
  double loss = 0, curvature = 0;
  uint64_t correct = 0;
  for (size_t row = 0; row < rows; row++) {
    float *x = logits + row * stride;
    size_t label = (size_t)labels[row];
    float maximum = add_bias(x, bias, classes);
    float own = x[label];
    if (own == maximum) {
      size_t first = 0;
      while (first < label && x[first] != maximum) first++;
      correct += first == label;
    }
    float sum = exponentiate(x, classes, 1.0f, maximum);
    loss += log((double)sum) + ((double)maximum - (double)own);
    curvature += 1.0 - (double)normalise(x, classes, 1.0f / sum, column_sums);
    x[label] -= 1.0f;
    column_sums[label] -= 1.0;
  }
  sums->loss += loss;
  sums->curvature += curvature;
  sums->correct += correct;
}

REPSCOPE_KERNEL
void repscope_rank_labels(float *logits, size_t stride, size_t rows, size_t classes, const float *bias,
                          const int32_t *labels, uint32_t *ranks, uint32_t *predictions, double *loss) {
  double total = 0;
  for (size_t row = 0; row < rows; row++) {
    float *x = logits + row * stride;
    size_t label = (size_t)labels[row];
    float maximum = add_bias(x, bias, classes);
    float own = x[label];
    ranks[row] = count_before(x, label, classes);
    size_t first = 0;
    while (first + 1 < classes && x[first] != maximum) first++;
    predictions[row] = (uint32_t)first;
    if (loss) total += log((double)exponentiate(x, classes, 1.0f, maximum)) + ((double)maximum - (double)own);
  }
  if (loss) *loss += total;
}
