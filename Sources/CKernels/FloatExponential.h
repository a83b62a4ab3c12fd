#ifndef REPSCOPE_FLOAT_EXPONENTIAL_H
#define REPSCOPE_FLOAT_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

#include "KernelDispatch.h"

// exp(x) in Float32, without a branch, so that loops over it vectorise.
//
// x = n ln 2 + r with |r| <= ln 2 / 2, ln 2 split so that n times its first part is exact; exp(r) is a polynomial of
// degree 6 (interpolation at Chebyshev points, relative error 1e-8); 2^n by its exponent bits. Within 2 units in the
// last place from -87.33 to 88.37. Below, the result is 0; above, it stays at exp(88.37). NaN gives NaN.
REPSCOPE_INLINE float exp_of_float(float x) {
  const float round = 0x1.8p23f;
  // The comparisons are false for NaN, which so passes through.
  float clipped = x < -87.33f ? -87.33f : x;
  clipped = clipped > 88.37f ? 88.37f : clipped;
  float shifted = clipped * 0x1.715476p0f + round;
  float n = shifted - round;
  float r = (clipped - n * 0x1.63p-1f) + n * 0x1.bd0106p-13f;
  float p = 0x1.6d117cp-10f;
  p = p * r + 0x1.120be2p-7f;
  p = p * r + 0x1.555518p-5f;
  p = p * r + 0x1.5554dcp-3f;
  p = p * r + 0x1p-1f;
  p = (p * r) * r + r + 1.0f;
  // The low bits of `shifted` hold n, which becomes the exponent of 2^n.
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127u) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return x < -87.33f ? 0.0f : p * power;
}

#endif
