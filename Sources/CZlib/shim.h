// What Swift cannot call of zlib: its initialisers are macros.

#ifndef REPSCOPE_CZLIB_SHIM_H
#define REPSCOPE_CZLIB_SHIM_H

#include <zlib.h>

// Starts inflating a raw deflate stream (no zlib or gzip header), as zip members hold it.
static inline int czlib_inflate_init_raw(z_stream *stream) {
  return inflateInit2(stream, -MAX_WBITS);
}

#endif
