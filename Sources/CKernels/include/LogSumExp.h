#ifndef REPSCOPE_LOG_SUM_EXP_H
#define REPSCOPE_LOG_SUM_EXP_H

#include <stddef.h>

/// Takes more values into a running log-sum-exp: of all values seen so far, `largest` is the largest of scale * value,
/// and `sum` the sum of exp(scale * value - largest). The logarithm of the whole is largest + log(sum).
///
/// Begin with -infinity and 0. Sixteen running sums, added up in a fixed order: the bits depend on how the values are cut
/// into calls, and on nothing else.
void repscope_add_exponentials(const double *values, size_t count, double scale, double *largest, double *sum);

#endif
