// What starting a process needs of Linux that the Glibc module does not show: it takes _GNU_SOURCE, which no header
// seen by Swift may define.

#ifndef STOA_CSPAWN_H
#define STOA_CSPAWN_H

#include <spawn.h>

// The process begins without the descriptors from `first` on.
int stoa_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

#endif
