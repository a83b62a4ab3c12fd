#ifndef REPSCOPE_CIMAGECODECS_H
#define REPSCOPE_CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

// libpng and libjpeg behind functions that return: both libraries report errors by longjmp, which stays inside.

enum repscope_codec_status {
  REPSCOPE_CODEC_DONE = 0,
  REPSCOPE_CODEC_TRUNCATED,    // the data end before the picture does
  REPSCOPE_CODEC_MALFORMED,    // the library refused the data; its words are in the message
  REPSCOPE_CODEC_UNSUPPORTED,  // a correct file of a kind that is not decoded
  REPSCOPE_CODEC_MEMORY        // no memory
};

enum { REPSCOPE_CODEC_MESSAGE = 256 };

typedef struct {
  enum repscope_codec_status status;
  char message[REPSCOPE_CODEC_MESSAGE];
} repscope_codec_result;

// Decodes into width * height * 3 bytes, RGB. The data must be a picture of exactly this size: the caller has read
// its header, to know how much memory to offer.
repscope_codec_result repscope_png_decode(const uint8_t *data, size_t count, uint32_t width, uint32_t height,
                                          uint8_t *rgb);
repscope_codec_result repscope_jpeg_decode(const uint8_t *data, size_t count, uint32_t width, uint32_t height,
                                           uint8_t *rgb);

// Encodes 8-bit RGB at a zlib level; pieces go to `write` as they come, which returns 0 to give up.
typedef int (*repscope_codec_write)(void *context, const uint8_t *bytes, size_t count);
repscope_codec_result repscope_png_encode(const uint8_t *rgb, uint32_t width, uint32_t height, int level,
                                          repscope_codec_write write, void *context);

#endif
