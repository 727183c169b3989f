#include <stdlib.h>
#include <string.h>

#include "floor.h"

void bytes_reserve(struct bytes *bytes, size_t more) {
    size_t needed = bytes->count + more;
    if (needed <= bytes->capacity) return;
    size_t capacity = bytes->capacity ? bytes->capacity : 256;
    while (capacity < needed) capacity *= 2;
    bytes->start = realloc(bytes->start, capacity);
    if (!bytes->start) abort();
    bytes->capacity = capacity;
}

void bytes_append(struct bytes *bytes, const void *data, size_t count) {
    bytes_reserve(bytes, count);
    memcpy(bytes->start + bytes->count, data, count);
    bytes->count += count;
}

void bytes_free(struct bytes *bytes) {
    free(bytes->start);
    *bytes = (struct bytes){0};
}
