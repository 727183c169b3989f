#define _GNU_SOURCE

#include "CSpawn.h"

#include <openssl/crypto.h>

int stoa_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// A test process ends by exit while tasks of its tests still run: OpenSSL must not take their locks away before. Before
// anybody else uses it, since the first use decides.
__attribute__((constructor)) static void keep_openssl(void) { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); }
