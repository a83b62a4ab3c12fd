#include "include/GaussianKernel.h"

#include "DoubleExponential.h"
#include "KernelDispatch.h"

#pragma STDC FP_CONTRACT OFF

REPSCOPE_KERNEL
void repscope_gaussian_row(double *values, size_t count, double squared_norm, const double *squared_norms,
                           double scale) {
  for (size_t i = 0; i < count; i++) {
    double squared_distance = squared_norm + squared_norms[i] - 2.0 * values[i];
    if (squared_distance < 0) squared_distance = 0;
    values[i] = exp_of_negative(-scale * squared_distance);
  }
}
