#ifndef REPSCOPE_DOUBLE_EXPONENTIAL_H
#define REPSCOPE_DOUBLE_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

#include "KernelDispatch.h"

// Whether products and sums are fused depends on the processor; the pragma of the including file does not reach here.
#pragma STDC FP_CONTRACT OFF

// exp(x) for x <= 0. x = n ln 2 + r with |r| <= ln 2 / 2; exp(r) by its Taylor polynomial of degree 13, whose
// remainder is below 5e-18; 2^n by its exponent bits. ln 2 is split so that n times its first part is exact.
REPSCOPE_INLINE double exp_of_negative(double x) {
  const double round = 0x1.8p52;
  double clipped = x < -708.0 ? -708.0 : x;
  double shifted = clipped * 0x1.71547652b82fep0 + round;
  double n = shifted - round;
  double r = (clipped - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  // The low bits of `shifted` hold n: moved into the exponent field they multiply by 2^n.
  uint64_t bits, result;
  memcpy(&bits, &shifted, sizeof bits);
  memcpy(&result, &p, sizeof result);
  result += bits << 52;
  double value;
  memcpy(&value, &result, sizeof value);
  return x < -708.0 ? 0.0 : value;
}

#endif
