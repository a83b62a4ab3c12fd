// Conversion of arrays between 16-bit and 32-bit floating point.
//
// The 16-bit side is a pointer to bytes and needs no alignment: tensors begin where their file puts them.

#ifndef REPSCOPE_HALF_FLOAT_H
#define REPSCOPE_HALF_FLOAT_H

#include <stddef.h>

// IEEE 754 binary16 to binary32, exact; infinities and NaN payloads are kept.
void repscope_float16_to_float32(const void *source, float *destination, size_t count);

// bfloat16 to binary32, exact.
void repscope_bfloat16_to_float32(const void *source, float *destination, size_t count);

// binary32 to IEEE 754 binary16, rounded to nearest, ties to even.
// What exceeds 65504 after rounding becomes an infinity; a NaN stays a NaN.
void repscope_float32_to_float16(const float *source, void *destination, size_t count);

#endif
