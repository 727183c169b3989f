#pragma once
#include <stdint.h>

// How many blocks of memory this process has asked for since its start, by any thread and any library.
uint64_t stoa_allocations(void);
