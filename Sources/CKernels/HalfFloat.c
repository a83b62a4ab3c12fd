#include "include/HalfFloat.h"

#include <stdint.h>
#include <string.h>

#include "KernelDispatch.h"

// One body, compiled for AVX-512, AVX2 and the baseline; the loader picks the best the processor has.
// Integer arithmetic throughout: every version gives the same bits, and none needs a half-float library.
static inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

REPSCOPE_KERNEL
void repscope_float16_to_float32(const void *source, float *destination, size_t count) {
  const char *from = source;
  for (size_t i = 0; i < count; i++) {
    uint16_t half;
    memcpy(&half, from + 2 * i, sizeof half);
    uint32_t magnitude = (uint32_t)(half & 0x7fff) << 13;
    // The product moves the exponent's bias from 15 to 127, for subnormal numbers too.
    uint32_t bits = bits_of(float_of(magnitude) * 0x1p112f);
    bits |= magnitude >= 0x0f800000u ? 0x7f800000u : 0u;
    bits |= (uint32_t)(half & 0x8000) << 16;
    memcpy(destination + i, &bits, sizeof bits);
  }
}

REPSCOPE_KERNEL
void repscope_bfloat16_to_float32(const void *source, float *destination, size_t count) {
  const char *from = source;
  for (size_t i = 0; i < count; i++) {
    uint16_t half;
    memcpy(&half, from + 2 * i, sizeof half);
    uint32_t bits = (uint32_t)half << 16;
    memcpy(destination + i, &bits, sizeof bits);
  }
}

REPSCOPE_KERNEL
void repscope_float32_to_float16(const float *source, void *destination, size_t count) {
  char *to = destination;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits = bits_of(source[i]);
    uint32_t sign = bits >> 16 & 0x8000u;
    uint32_t magnitude = bits & 0x7fffffffu;
    // Below the smallest normal half: adding 0.5 leaves the rounded subnormal in the low bits.
    uint32_t subnormal = bits_of(float_of(magnitude) + 0.5f) - 0x3f000000u;
    // Normal: rebias the exponent, then round to even at bit 13; a carry into the exponent is right.
    uint32_t normal = (magnitude - 0x38000000u + 0x0fffu + (magnitude >> 13 & 1u)) >> 13;
    uint32_t special = magnitude > 0x7f800000u ? 0x7e00u | (magnitude >> 13 & 0x3ffu) : 0x7c00u;
    uint32_t half = magnitude < 0x38800000u ? subnormal : normal;
    half = magnitude >= 0x477ff000u ? special : half;
    uint16_t result = (uint16_t)(half | sign);
    memcpy(to + 2 * i, &result, sizeof result);
  }
}
