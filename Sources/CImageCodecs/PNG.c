#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CImageCodecs.h"

typedef struct {
  const uint8_t *data;
  size_t rest;
  repscope_codec_write write;
  void *context;
  repscope_codec_result result;
  jmp_buf escape;
} Codec;

static void stop(png_structp png, enum repscope_codec_status status, const char *message) {
  Codec *codec = png_get_error_ptr(png);
  codec->result.status = status;
  snprintf(codec->result.message, sizeof codec->result.message, "%s", message);
  longjmp(codec->escape, 1);
}

static void fail(png_structp png, png_const_charp message) { stop(png, REPSCOPE_CODEC_MALFORMED, message); }

// Warnings are about chunks that do not change the pixels.
static void pass_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  Codec *codec = png_get_io_ptr(png);
  if (count > codec->rest) stop(png, REPSCOPE_CODEC_TRUNCATED, "a file that ends too early");
  memcpy(bytes, codec->data, count);
  codec->data += count;
  codec->rest -= count;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  Codec *codec = png_get_io_ptr(png);
  if (!codec->write(codec->context, bytes, count)) png_error(png, "output that is refused");
}

static void flush_nothing(png_structp png) { (void)png; }

// How a row of samples becomes RGB.
typedef struct {
  size_t width;
  int channels;
  int depth;
  const uint8_t *palette;  // 256 colors, or NULL
} RowKind;

// One row of unpacked samples to RGB, as Pillow's convert("RGB") has it: transparency is dropped, 16-bit samples keep
// their high bytes, but 16-bit grey without alpha is clipped at 255.
static void convert_row(const uint8_t *row, const RowKind *kind, uint8_t *rgb) {
  size_t width = kind->width;
  size_t sample = kind->depth == 16 ? 2 : 1;
  size_t step = sample * (size_t)kind->channels;
  if (kind->palette) {
    for (size_t x = 0; x < width; x++) memcpy(rgb + 3 * x, kind->palette + 3 * (size_t)row[x], 3);
    return;
  }
  if (kind->channels >= 3) {
    for (size_t x = 0; x < width; x++, row += step, rgb += 3) {
      rgb[0] = row[0];
      rgb[1] = row[sample];
      rgb[2] = row[2 * sample];
    }
    return;
  }
  int is_clipped = kind->depth == 16 && kind->channels == 1;
  unsigned scale = kind->depth < 8 ? 255u / ((1u << kind->depth) - 1) : 1;
  for (size_t x = 0; x < width; x++, row += step, rgb += 3) {
    uint8_t value = is_clipped ? (row[0] ? 255 : row[1]) : (uint8_t)(row[0] * scale);
    rgb[0] = rgb[1] = rgb[2] = value;
  }
}

// Indices beyond the palette are black, as in Pillow.
static void fill_palette(png_structp png, png_infop info, uint8_t *colors) {
  memset(colors, 0, 3 * 256);
  png_colorp palette = NULL;
  int count = 0;
  if (!png_get_PLTE(png, info, &palette, &count)) png_error(png, "no palette (PLTE)");
  for (int i = 0; i < count && i < 256; i++) {
    colors[3 * i] = palette[i].red;
    colors[3 * i + 1] = palette[i].green;
    colors[3 * i + 2] = palette[i].blue;
  }
}

// Reads the rows; `buffer` is where this function keeps memory that the caller frees, also after a longjmp.
static void read_rows(png_structp png, png_infop info, const RowKind *kind, size_t height,
                      uint8_t *volatile *buffer, uint8_t *rgb) {
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t line = png_get_rowbytes(png, info);
  // Passes fill one another's gaps, so all samples have to be kept; else one row at a time is enough.
  size_t rows = passes > 1 ? height : 1;
  if (line == 0 || rows > SIZE_MAX / line || !(*buffer = malloc(rows * line)))
    stop(png, REPSCOPE_CODEC_MEMORY, "no memory for its samples");
  uint8_t *samples = *buffer;
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < height; y++) {
      uint8_t *row = samples + (rows > 1 ? y * line : 0);
      png_read_row(png, row, NULL);
      if (pass == passes - 1) convert_row(row, kind, rgb + y * kind->width * 3);
    }
  }
}

repscope_codec_result repscope_png_decode(const uint8_t *data, size_t count, uint32_t width, uint32_t height,
                                          uint8_t *rgb) {
  Codec codec = {.data = data, .rest = count};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &codec, fail, pass_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    codec.result.status = REPSCOPE_CODEC_MEMORY;
    return codec.result;
  }
  // Volatile, and passed by address: it is freed after a longjmp too.
  uint8_t *volatile buffer = NULL;
  uint8_t palette[3 * 256];
  if (!setjmp(codec.escape)) {
    png_set_read_fn(png, &codec, read_bytes);
    png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
    // Whatever else there is, text and color profiles, does not change the pixels: not worth unfolding.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height)
      png_error(png, "a size that differs from the one in its first bytes");
    RowKind kind = {
        .width = width, .channels = png_get_channels(png, info), .depth = png_get_bit_depth(png, info)};
    png_set_packing(png);
    if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE) {
      fill_palette(png, info, palette);
      kind.palette = palette;
    }
    read_rows(png, info, &kind, height, &buffer, rgb);
  }
  free(buffer);
  png_destroy_read_struct(&png, &info, NULL);
  return codec.result;
}

repscope_codec_result repscope_png_encode(const uint8_t *rgb, uint32_t width, uint32_t height, int level,
                                          repscope_codec_write write, void *context) {
  Codec codec = {.write = write, .context = context};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &codec, fail, pass_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    codec.result.status = REPSCOPE_CODEC_MEMORY;
    return codec.result;
  }
  if (!setjmp(codec.escape)) {
    png_set_write_fn(png, &codec, write_bytes, flush_nothing);
    png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, level);
    png_write_info(png, info);
    for (size_t y = 0; y < height; y++) png_write_row(png, rgb + y * width * 3);
    png_write_end(png, NULL);
  }
  png_destroy_write_struct(&png, &info);
  return codec.result;
}
