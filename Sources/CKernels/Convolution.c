#include "include/Convolution.h"

#include <string.h>

#include "KernelDispatch.h"
#include "include/Processor.h"

struct convolution {
  const float *rows;
  size_t row_length, stride, inputs, size;
  const float *packed, *bias;
  size_t outputs, height, width;
  bool keeps;
  float *out;
};

// Weights that are gone through at once: 768 rows of a panel are 192 KB, which stay in a core's second cache while a band of
// pixels passes. Shorter runs, for the first cache, load and store the sums more often and are slower.
#define LONGEST_RUN 768
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
#define TILE_TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#define VECTORS 2
#include "ConvolutionTile.h"
#undef TILE_NAME
#undef TILE_TARGET
#undef LANES
#undef VECTORS

// Without the second attribute the compiler prefers registers of half the width and splits every vector in two.
#define TILE_NAME(x) JOIN_NAMES(x, avx512)
#define TILE_TARGET __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl"), min_vector_width(512)))
#define LANES 16
#define VECTORS 4
#include "ConvolutionTile.h"
#endif

void repscope_convolve_rows(unsigned instruction_sets, const float *rows, size_t row_length, size_t stride, size_t inputs, size_t size,
                            const float *packed, const float *bias, size_t outputs, size_t height, size_t width,
                            bool keeps, float *out) {
  struct convolution job = {rows, row_length, stride, inputs, size, packed, bias, outputs, height, width, keeps, out};
#if defined(__x86_64__)
  const unsigned avx2 = REPSCOPE_AVX2 | REPSCOPE_FMA;
  if (instruction_sets & REPSCOPE_AVX512) return convolve_avx512(&job);
  if ((instruction_sets & avx2) == avx2) return convolve_avx2(&job);
#else
  (void)instruction_sets;
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
