// The door to libpq: its header, and what its macros mean.

#ifndef STOA_CPOSTGRES_SHIM_H
#define STOA_CPOSTGRES_SHIM_H

#include <libpq-fe.h>

// A character constant, which Swift would import as a number of another type.
static inline const char *stoa_pq_state(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SQLSTATE); }

// What the server has to say beside its answers goes to standard error otherwise.
static void stoa_pq_ignore(void *context, const PGresult *notice) {
    (void)context;
    (void)notice;
}
static inline void stoa_pq_silence(PGconn *connection) { PQsetNoticeReceiver(connection, stoa_pq_ignore, 0); }

#endif
