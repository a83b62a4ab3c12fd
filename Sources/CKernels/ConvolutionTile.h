// The inner part of a convolution, once for an instruction set. Before including it, define
//   TILE_NAME(x)  the name x with the instruction set's mark
//   TILE_TARGET   the attribute that asks the compiler for it
//   LANES         floats in a register
//   VECTORS       registers side by side; times LANES it divides a panel
// A tile is of PIXELS by VECTORS registers of sums, which with VECTORS of weights and one of input fill the register file.

enum { TILE_NAME(width) = LANES * VECTORS };

typedef float TILE_NAME(vector) __attribute__((vector_size(LANES * 4), aligned(4)));

// c = start + sum over k of a[pixel * a_stride + k] * b[k * panel ...]. Always inlined with constant pixels and vectors, so
// that the sums live in registers.
TILE_TARGET REPSCOPE_INLINE void TILE_NAME(tile)(const float *a, size_t a_stride, const float *b, size_t count,
                                                 const float *start, size_t start_stride, const float *bias, float *c,
                                                 size_t c_stride, int pixels, int vectors) {
  TILE_NAME(vector) sums[PIXELS][VECTORS];
#pragma clang loop unroll(full)
  for (int p = 0; p < pixels; p++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      TILE_NAME(vector) sum = {0};
      if (bias) sum = *(const TILE_NAME(vector) *)(bias + v * LANES);
      if (start) sum += *(const TILE_NAME(vector) *)(start + p * start_stride + v * LANES);
      sums[p][v] = sum;
    }
  }
  for (size_t k = 0; k < count; k++) {
    TILE_NAME(vector) weights[VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      weights[v] = *(const TILE_NAME(vector) *)(b + k * repscope_convolution_panel_width + v * LANES);
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) {
      float value = a[p * a_stride + k];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sums[p][v] += value * weights[v];
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < pixels; p++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) *(TILE_NAME(vector) *)(c + p * c_stride + v * LANES) = sums[p][v];
  }
}

TILE_TARGET REPSCOPE_INLINE void TILE_NAME(pixels)(const float *a, size_t a_stride, const float *b, size_t count,
                                                   const float *start, size_t start_stride, const float *bias,
                                                   float *c, size_t c_stride, size_t pixels, int vectors) {
  while (pixels >= PIXELS) {
    TILE_NAME(tile)(a, a_stride, b, count, start, start_stride, bias, c, c_stride, PIXELS, vectors);
    a += PIXELS * a_stride;
    c += PIXELS * c_stride;
    if (start) start += PIXELS * start_stride;
    pixels -= PIXELS;
  }
  switch (pixels) {
    case 5: TILE_NAME(tile)(a, a_stride, b, count, start, start_stride, bias, c, c_stride, 5, vectors); break;
    case 4: TILE_NAME(tile)(a, a_stride, b, count, start, start_stride, bias, c, c_stride, 4, vectors); break;
    case 3: TILE_NAME(tile)(a, a_stride, b, count, start, start_stride, bias, c, c_stride, 3, vectors); break;
    case 2: TILE_NAME(tile)(a, a_stride, b, count, start, start_stride, bias, c, c_stride, 2, vectors); break;
    case 1: TILE_NAME(tile)(a, a_stride, b, count, start, start_stride, bias, c, c_stride, 1, vectors); break;
    default: break;
  }
}

// One stretch of a pixel row: `columns` is how many of the tile's outputs exist.
TILE_TARGET static void TILE_NAME(row)(const float *a, size_t a_stride, const float *b, size_t count, bool keeps,
                                       const float *bias, float *c, size_t c_stride, size_t pixels, size_t columns) {
  const float *start = keeps ? c : 0;
  size_t vectors = columns / LANES;
  if (columns % LANES == 0) {
#if VECTORS == 4
    if (vectors == 4)
      TILE_NAME(pixels)(a, a_stride, b, count, start, c_stride, bias, c, c_stride, pixels, 4);
    else if (vectors == 3)
      TILE_NAME(pixels)(a, a_stride, b, count, start, c_stride, bias, c, c_stride, pixels, 3);
    else
#endif
        if (vectors == 2)
      TILE_NAME(pixels)(a, a_stride, b, count, start, c_stride, bias, c, c_stride, pixels, 2);
    else
      TILE_NAME(pixels)(a, a_stride, b, count, start, c_stride, bias, c, c_stride, pixels, 1);
    return;
  }
  // Outputs that do not fill a register: through a tile of their own, one vector at a time.
  for (size_t column = 0; column < columns; column += LANES) {
    size_t rest = columns - column < LANES ? columns - column : LANES;
    float filled_bias[LANES] = {0};
    if (bias) memcpy(filled_bias, bias + column, rest * sizeof *bias);
    for (size_t first = 0; first < pixels; first += PIXELS) {
      size_t some = pixels - first < PIXELS ? pixels - first : PIXELS;
      float part[PIXELS * LANES] = {0};
      float *target = c + first * c_stride + column;
      if (keeps)
        for (size_t p = 0; p < some; p++) memcpy(part + p * LANES, target + p * c_stride, rest * sizeof *part);
      TILE_NAME(pixels)(a + first * a_stride, a_stride, b + column, count, part, LANES, filled_bias, part, LANES, some, 1);
      for (size_t p = 0; p < some; p++) memcpy(target + p * c_stride, part + p * LANES, rest * sizeof *part);
    }
  }
}

TILE_TARGET static void TILE_NAME(convolve)(const struct convolution *job) {
  size_t run = job->size * job->inputs;
  size_t pieces = (run + LONGEST_RUN - 1) / LONGEST_RUN;
  for (size_t panel = 0; panel < job->outputs; panel += repscope_convolution_panel_width) {
    const float *weights = job->packed + panel * job->size * run;
    for (size_t i = 0; i < job->size; i++) {
      for (size_t piece = 0; piece < pieces; piece++) {
        size_t first = run * piece / pieces, end = run * (piece + 1) / pieces;
        bool is_first = i == 0 && piece == 0;
        for (size_t column = panel; column < job->outputs && column < panel + repscope_convolution_panel_width;
             column += TILE_NAME(width)) {
          size_t columns = job->outputs - column < TILE_NAME(width) ? job->outputs - column : TILE_NAME(width);
          for (size_t y = 0; y < job->height; y++)
            TILE_NAME(row)(job->rows + (y * job->stride + i) * job->row_length + first, job->stride * job->inputs,
                           weights + (i * run + first) * repscope_convolution_panel_width + column - panel,
                           end - first, job->keeps || !is_first, is_first ? job->bias + column : 0,
                           job->out + y * job->width * job->outputs + column, job->outputs, job->width, columns);
        }
      }
    }
  }
}
