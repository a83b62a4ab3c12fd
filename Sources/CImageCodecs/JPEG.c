#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// After stdio.h, which it needs and does not include.
#include <jpeglib.h>

#include <jerror.h>

#include "CImageCodecs.h"

typedef struct {
  struct jpeg_error_mgr manager;  // the first member: libjpeg hands back a pointer to it
  repscope_codec_result result;
  jmp_buf escape;
} Errors;

static void fail(j_common_ptr common) {
  Errors *errors = (Errors *)common->err;
  if (errors->result.status == REPSCOPE_CODEC_DONE) {
    char message[JMSG_LENGTH_MAX];
    common->err->format_message(common, message);
    errors->result.status =
        common->err->msg_code == JERR_OUT_OF_MEMORY ? REPSCOPE_CODEC_MEMORY : REPSCOPE_CODEC_MALFORMED;
    snprintf(errors->result.message, sizeof errors->result.message, "%s", message);
  }
  longjmp(errors->escape, 1);
}

static void stop(j_decompress_ptr jpeg, enum repscope_codec_status status, const char *message) {
  Errors *errors = (Errors *)jpeg->err;
  errors->result.status = status;
  snprintf(errors->result.message, sizeof errors->result.message, "%s", message);
  longjmp(errors->escape, 1);
}

static void pass_warning(j_common_ptr common, int level) {
  if (level < 0) common->err->num_warnings++;
}

static void print_nothing(j_common_ptr common) { (void)common; }

// A scan of a few bytes goes over all coefficients once more. Encoders make about ten; a thousand are an attack.
static void watch(j_common_ptr common) {
  enum { MOST_SCANS = 500 };
  j_decompress_ptr jpeg = (j_decompress_ptr)common;
  if (jpeg->input_scan_number > MOST_SCANS)
    stop(jpeg, REPSCOPE_CODEC_UNSUPPORTED, "a progressive picture of more than 500 scans");
}

static void begin(j_decompress_ptr jpeg) { (void)jpeg; }

// The library would invent an end of the picture here, and leave the rest of it grey.
static boolean no_more(j_decompress_ptr jpeg) {
  stop(jpeg, REPSCOPE_CODEC_TRUNCATED, "a file that ends too early");
  return FALSE;
}

static void skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if ((size_t)count > jpeg->src->bytes_in_buffer) no_more(jpeg);
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= (size_t)count;
}

// Adobe's programs store ink as 255 - ink; Pillow takes every picture of four inks to be one of theirs. Then Pillow's
// conversion: 255 - black, less the share of each ink.
static void convert_inks(const uint8_t *inks, size_t width, uint8_t *rgb) {
  for (size_t x = 0; x < width; x++, inks += 4, rgb += 3) {
    int light = inks[3];
    for (int c = 0; c < 3; c++) {
      int product = (255 - inks[c]) * light + 128;
      int value = light - (((product >> 8) + product) >> 8);
      rgb[c] = (uint8_t)(value < 0 ? 0 : value);
    }
  }
}

static void read_lines(j_decompress_ptr jpeg, uint8_t *rgb) {
  size_t width = jpeg->output_width;
  int is_ink = jpeg->out_color_space == JCS_CMYK;
  // Freed with the decoder.
  JSAMPARRAY line =
      is_ink ? jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, (JDIMENSION)(width * 4), 1) : NULL;
  while (jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW row = is_ink ? line[0] : rgb + (size_t)jpeg->output_scanline * width * 3;
    JDIMENSION y = jpeg->output_scanline;
    if (jpeg_read_scanlines(jpeg, &row, 1) != 1) stop(jpeg, REPSCOPE_CODEC_TRUNCATED, "a row is missing");
    if (is_ink) convert_inks(row, width, rgb + (size_t)y * width * 3);
  }
}

repscope_codec_result repscope_jpeg_decode(const uint8_t *data, size_t count, uint32_t width, uint32_t height,
                                           uint8_t *rgb) {
  struct jpeg_decompress_struct jpeg;
  Errors errors = {.result.status = REPSCOPE_CODEC_DONE};
  struct jpeg_source_mgr source = {
      .next_input_byte = data,
      .bytes_in_buffer = count,
      .init_source = begin,
      .fill_input_buffer = no_more,
      .skip_input_data = skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = begin,
  };
  struct jpeg_progress_mgr progress = {.progress_monitor = watch};
  memset(&jpeg, 0, sizeof jpeg);
  jpeg.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = fail;
  errors.manager.emit_message = pass_warning;
  errors.manager.output_message = print_nothing;
  if (!setjmp(errors.escape)) {
    jpeg_create_decompress(&jpeg);
    jpeg.src = &source;
    jpeg.progress = &progress;
    jpeg_read_header(&jpeg, TRUE);
    if (jpeg.image_width != width || jpeg.image_height != height)
      stop(&jpeg, REPSCOPE_CODEC_MALFORMED, "a size that differs from the one in its first bytes");
    if (jpeg.num_components != 1 && jpeg.num_components != 3 && jpeg.num_components != 4)
      stop(&jpeg, REPSCOPE_CODEC_UNSUPPORTED, "a number of color components other than 1, 3 and 4");
    jpeg.out_color_space = jpeg.num_components == 4 ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(&jpeg);
    read_lines(&jpeg, rgb);
    // Reads on to the end marker: a file without one has lost bytes.
    jpeg_finish_decompress(&jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
  return errors.result;
}
