#ifndef REPSCOPE_ACTIVATIONS_H
#define REPSCOPE_ACTIVATIONS_H

#include <stddef.h>

// Activation functions, in place. NaN stays NaN. Errors are in units of the last place of |x|: for negative x all of
// them but SiLU lose digits relative to their own tiny value, as the usual formulas do.

/// GELU by its tanh formula: x / (1 + exp(-2u)), u = sqrt(2/pi) (x + 0.044715 x^3). Within 4 units.
void repscope_gelu_tanh(float *x, size_t count);

/// GELU by the normal distribution: x Phi(x). Within 4 units.
void repscope_gelu_erf(float *x, size_t count);

/// QuickGELU: x / (1 + exp(-1.702 x)). Within 4 units.
void repscope_gelu_quick(float *x, size_t count);

/// SiLU: x / (1 + exp(-x)). Within 4 units.
void repscope_silu(float *x, size_t count);

/// SwiGLU: the first `columns` elements of every row become SiLU of themselves times the `columns` elements after them.
/// Rows are `stride` elements apart.
void repscope_swiglu(float *x, size_t stride, size_t rows, size_t columns);

#endif
