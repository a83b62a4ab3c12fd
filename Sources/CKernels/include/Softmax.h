#ifndef REPSCOPE_SOFTMAX_H
#define REPSCOPE_SOFTMAX_H

#include <stddef.h>

/// The numerators of a softmax over every row, in place, and what they are still to be multiplied by.
///
/// x = exp(scale * (x - largest of the row)), each within 2 units in the last place of its own argument's exponential;
/// inverseSums[row] = 1 / sum of the row. The division is left for later: what is summed with these weights has fewer
/// columns than they have. A row with NaN or +infinity gives NaN. `scale` must be positive.
void repscope_softmax_numerators(float *x, size_t stride, size_t rows, size_t columns, float scale,
                                 float *inverseSums);

#endif
