#include "include/GaussianKernel.h"

#include "DoubleExponential.h"
#include "KernelDispatch.h"

#pragma STDC FP_CONTRACT OFF

REPSCOPE_INLINE double squared_distance(double squared_norm, double other, double product) {
  double distance = squared_norm + other - 2.0 * product;
  return distance < 0 ? 0 : distance;
}

REPSCOPE_KERNEL
void repscope_gaussian_row(double *values, size_t count, double squared_norm, const double *squared_norms,
                           double scale) {
  for (size_t i = 0; i < count; i++)
    values[i] = exp_of_negative(-scale * squared_distance(squared_norm, squared_norms[i], values[i]));
}

REPSCOPE_KERNEL
void repscope_gaussian_row_less_one(double *values, size_t count, double squared_norm,
                                    const double *squared_norms, double scale) {
  for (size_t i = 0; i < count; i++)
    values[i] = exp_of_negative_less_one(-scale * squared_distance(squared_norm, squared_norms[i], values[i]));
}
