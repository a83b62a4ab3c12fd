#ifndef REPSCOPE_DOUBLE_EXPONENTIAL_H
#define REPSCOPE_DOUBLE_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

#include "KernelDispatch.h"

// Whether products and sums are fused depends on the processor; the pragma of the including file does not reach here.
#pragma STDC FP_CONTRACT OFF

// x <= 0 as n ln 2 + r with |r| <= ln 2 / 2, x clipped at -708. ln 2 is split so that n times its first part is exact.
// The low bits of what is returned hold n.
REPSCOPE_INLINE double power_of_two(double x, double *r) {
  const double round = 0x1.8p52;
  double clipped = x < -708.0 ? -708.0 : x;
  double shifted = clipped * 0x1.71547652b82fep0 + round;
  double n = shifted - round;
  *r = (clipped - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
  return shifted;
}

// (exp(r) - 1) / r by the Taylor polynomial of degree 13 of exp(r), whose remainder is below 5e-18.
REPSCOPE_INLINE double exponential_slope(double r) {
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
  return p * r + 1.0;
}

// value * 2^n for the n in the low bits of `shifted`, which are moved into the exponent field.
REPSCOPE_INLINE double times_power(double value, double shifted) {
  uint64_t bits, result;
  memcpy(&bits, &shifted, sizeof bits);
  memcpy(&result, &value, sizeof result);
  result += bits << 52;
  memcpy(&value, &result, sizeof value);
  return value;
}

// exp(x) for x <= 0.
REPSCOPE_INLINE double exp_of_negative(double x) {
  double r;
  double shifted = power_of_two(x, &r);
  double value = times_power(exponential_slope(r) * r + 1.0, shifted);
  return x < -708.0 ? 0.0 : value;
}

// exp(x) - 1 for x <= 0, as exact for small x as for large ones.
REPSCOPE_INLINE double exp_of_negative_less_one(double x) {
  double r;
  double shifted = power_of_two(x, &r);
  double power = times_power(1.0, shifted);
  return (power - 1.0) + power * (exponential_slope(r) * r);
}

#endif
