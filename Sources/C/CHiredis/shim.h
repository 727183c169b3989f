// The door to hiredis, of which we use the reader of replies alone: sockets, TLS and time-outs are the reactor's.

#ifndef STOA_CHIREDIS_SHIM_H
#define STOA_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

// The reader may not keep a large buffer for good: after a burst it gives back what is above 1 MiB.
static inline void stoa_redisReaderSetMaxBuffer(redisReader *reader, size_t bytes) { reader->maxbuf = bytes; }

// An array inside a struct, which Swift imports as a tuple.
static inline const char *stoa_redisReaderError(const redisReader *reader) { return reader->errstr; }

#endif
