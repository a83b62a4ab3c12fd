#include "include/Activations.h"

#include "FloatExponential.h"
#include "KernelDispatch.h"

REPSCOPE_KERNEL
void repscope_gelu_tanh(float *x, size_t count) {
  // (1 + tanh u) / 2 = 1 / (1 + exp(-2u)): one exponential, no cancellation.
  const float linear = -1.5957691216057308f;                // -2 sqrt(2/pi)
  const float cubic = -1.5957691216057308f * 0.044715f;
  for (size_t i = 0; i < count; i++) {
    float v = x[i];
    x[i] = v / (1.0f + exp_of_float(v * (linear + cubic * (v * v))));
  }
}

REPSCOPE_KERNEL
void repscope_gelu_quick(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float v = x[i];
    x[i] = v / (1.0f + exp_of_float(-1.702f * v));
  }
}

REPSCOPE_KERNEL
void repscope_silu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float v = x[i];
    x[i] = v / (1.0f + exp_of_float(-v));
  }
}

// Phi(-a) for a >= 0 is erfc(z) / 2 with z = a / sqrt 2: exp(-z^2) times a function that is smooth in
// t = 2 / (2 + z), here by interpolation of degree 9 at Chebyshev points of 1/6 <= t <= 1. Smaller t, where z > 10, has
// exp(-z^2) = 0.
REPSCOPE_INLINE float lower_tail(float a) {
  float z = a * 0x1.6a09e6p-1f;
  float t = 2.0f / (2.0f + z);
  float p = -0x1.83fc84p-6f;
  p = p * t + 0x1.cbc00cp-4f;
  p = p * t - 0x1.6b317ap-3f;
  p = p * t + 0x1.d20214p-5f;
  p = p * t + 0x1.960a84p-5f;
  p = p * t + 0x1.215416p-4f;
  p = p * t + 0x1.0c773ap-3f;
  p = p * t + 0x1.1d7208p-3f;
  p = p * t + 0x1.213efap-3f;
  p = p * t - 0x1.1a8b72p-17f;
  return p * exp_of_float(-0.5f * (a * a));
}

REPSCOPE_KERNEL
void repscope_gelu_erf(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float v = x[i];
    float a = v < 0.0f ? -v : v;
    float positive = v < 0.0f ? 0.0f : v;
    x[i] = positive - a * lower_tail(a);
  }
}

REPSCOPE_KERNEL
void repscope_swiglu(float *x, size_t stride, size_t rows, size_t columns) {
  for (size_t row = 0; row < rows; row++) {
    float *gate = x + row * stride;
    const float *value = gate + columns;
    for (size_t i = 0; i < columns; i++) gate[i] = gate[i] * value[i] / (1.0f + exp_of_float(-gate[i]));
  }
}
