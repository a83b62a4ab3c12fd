#include "include/RowOperations.h"

#include <string.h>

#include "KernelDispatch.h"

void repscope_fill_rows(const float *values, float *out, size_t stride, size_t rows, size_t columns) {
  for (size_t row = 0; row < rows; row++) {
    if (values)
      memcpy(out + row * stride, values, columns * sizeof *out);
    else
      memset(out + row * stride, 0, columns * sizeof *out);
  }
}

REPSCOPE_KERNEL
void repscope_add_gated(float *x, size_t stride, const float *y, size_t y_stride, const float *gate, size_t rows,
                        size_t columns) {
  for (size_t row = 0; row < rows; row++) {
    float *to = x + row * stride;
    const float *from = y + row * y_stride;
    if (gate) {
      for (size_t i = 0; i < columns; i++) to[i] += gate[i] * from[i];
    } else {
      for (size_t i = 0; i < columns; i++) to[i] += from[i];
    }
  }
}

REPSCOPE_KERNEL
void repscope_scale_rows(float *x, size_t stride, const float *factors, size_t rows, size_t columns) {
  for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; i < columns; i++) x[row * stride + i] *= factors[row];
}

REPSCOPE_KERNEL
void repscope_rotate_rows(float *x, size_t stride, const float *cosines, const float *sines, size_t rows,
                          size_t half) {
  for (size_t row = 0; row < rows; row++) {
    float *first = x + row * stride;
    float *second = first + half;
    const float *c = cosines + row * half;
    const float *s = sines + row * half;
    for (size_t i = 0; i < half; i++) {
      float a = first[i], b = second[i];
      first[i] = a * c[i] - b * s[i];
      second[i] = b * c[i] + a * s[i];
    }
  }
}
