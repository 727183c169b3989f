// The door to zlib: its header, and its two initialisers, which are macros.

#ifndef STOA_CZLIB_SHIM_H
#define STOA_CZLIB_SHIM_H

#include <zlib.h>

static inline int stoa_deflateInit2(z_stream *s, int level, int method, int window_bits, int memory, int strategy) {
    return deflateInit2(s, level, method, window_bits, memory, strategy);
}
static inline int stoa_inflateInit2(z_stream *s, int window_bits) { return inflateInit2(s, window_bits); }

#endif
