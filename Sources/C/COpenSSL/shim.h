// The door to OpenSSL 3: its headers, and a typed function for each macro that Swift cannot import.

#ifndef STOA_COPENSSL_SHIM_H
#define STOA_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// The options of every context: their macros shift a cast, which Swift cannot import.
static const uint64_t STOA_SSL_OPTIONS =
    SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;

// Each of these is a macro over SSL_CTX_ctrl or BIO_ctrl.
static inline long stoa_SSL_CTX_set_min_proto_version(SSL_CTX *c, int v) { return SSL_CTX_set_min_proto_version(c, v); }
static inline long stoa_SSL_CTX_set_mode(SSL_CTX *c, long m) { return SSL_CTX_set_mode(c, m); }
static inline long stoa_SSL_CTX_set_session_cache_mode(SSL_CTX *c, long m) { return SSL_CTX_set_session_cache_mode(c, m); }
static inline long stoa_SSL_CTX_set1_groups_list(SSL_CTX *c, const char *l) { return SSL_CTX_set1_groups_list(c, l); }
static inline long stoa_SSL_CTX_set_tlsext_servername_callback(SSL_CTX *c, int (*f)(SSL *, int *, void *)) {
    return SSL_CTX_set_tlsext_servername_callback(c, f);
}
static inline long stoa_SSL_CTX_set_tlsext_servername_arg(SSL_CTX *c, void *a) {
    return SSL_CTX_set_tlsext_servername_arg(c, a);
}
static inline long stoa_SSL_set_tlsext_host_name(SSL *s, const char *n) { return SSL_set_tlsext_host_name(s, n); }
static inline void stoa_BIO_set_retry_read(BIO *b) { BIO_set_retry_read(b); }
static inline void stoa_BIO_set_retry_write(BIO *b) { BIO_set_retry_write(b); }
static inline void stoa_BIO_clear_retry_flags(BIO *b) { BIO_clear_retry_flags(b); }

#endif
