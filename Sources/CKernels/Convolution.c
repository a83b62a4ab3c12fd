#include "include/Convolution.h"

#include <string.h>

#include "KernelDispatch.h"

struct convolution {
  const float *rows;
  size_t row_length, stride, inputs, size;
  const float *packed, *bias;
  size_t outputs, height, width;
  bool keeps;
  float *out;
};

// Weights that are gone through at once: 256 rows of a panel are 64 KB.
#define LONGEST_RUN 256
#define PIXELS 6

#define JOIN_NAMES(a, b) a##_##b

#define TILE_NAME(x) JOIN_NAMES(x, narrow)
#define TILE_TARGET
#define LANES 4
#define VECTORS 2
#include "ConvolutionTile.h"
#undef TILE_NAME
#undef TILE_TARGET
#undef LANES
#undef VECTORS

#if defined(__x86_64__)
#define TILE_NAME(x) JOIN_NAMES(x, avx2)
#define TILE_TARGET __attribute__((target("arch=x86-64-v3")))
#define LANES 8
#define VECTORS 2
#include "ConvolutionTile.h"
#undef TILE_NAME
#undef TILE_TARGET
#undef LANES
#undef VECTORS

#define TILE_NAME(x) JOIN_NAMES(x, avx512)
#define TILE_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define LANES 16
#define VECTORS 4
#include "ConvolutionTile.h"
#endif

void repscope_convolve_rows(const float *rows, size_t row_length, size_t stride, size_t inputs, size_t size,
                            const float *packed, const float *bias, size_t outputs, size_t height, size_t width,
                            bool keeps, float *out) {
  struct convolution job = {rows, row_length, stride, inputs, size, packed, bias, outputs, height, width, keeps, out};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return convolve_avx512(&job);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return convolve_avx2(&job);
#endif
  convolve_narrow(&job);
}

void repscope_pack_convolution(const float *weight, size_t outputs, size_t inputs, size_t size, float *packed) {
  size_t kernel = size * size;
  for (size_t panel = 0; panel < outputs; panel += repscope_convolution_panel_width) {
    for (size_t place = 0; place < kernel; place++) {
      for (size_t c = 0; c < inputs; c++) {
        for (size_t o = panel; o < panel + repscope_convolution_panel_width; o++)
          *packed++ = o < outputs ? weight[(o * inputs + c) * kernel + place] : 0.0f;
      }
    }
  }
}
