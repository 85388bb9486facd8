/* SPDX-License-Identifier: MIT */
/*
 * Who has said the inspector's password, and who tries to guess it. Bounded: so many sessions, the
 * longest unused gives way; failures are counted in a table of fixed size. Pure: time is passed in
 * (ms). One thread.
 */
#ifndef ODY_HTTP_SESSIONS_H
#define ODY_HTTP_SESSIONS_H

#include <stdint.h>
#include "ody/view.h"

#define ODY_SESSIONS_MAX 32
/** Characters of a token, without its NUL: 256 random bits. */
#define ODY_SESSION_TOKEN 64
/** A session ends after so long (ms) without a request, and in any case after … */
#define ODY_SESSION_IDLE (60ull * 60 * 1000)
/** … so long. */
#define ODY_SESSION_TIME (12 * ODY_SESSION_IDLE)

/** An address may fail so often at once, and once more every … */
#define ODY_SESSION_TRIES 5
/** … ms. */
#define ODY_SESSION_PAUSE 10000
/** Addresses share this many counters; which one, nobody outside can know. This machine has one of
 *  its own, so that a tunnel leads in while others guess from many addresses. */
#define ODY_SESSION_COUNTERS 256

typedef struct ody_session {
    char token[ODY_SESSION_TOKEN + 1]; /* "": none */
    uint64_t begun;
    uint64_t used;
} ody_session;

/** Zeroed to begin with. */
typedef struct ody_sessions {
    ody_session list[ODY_SESSIONS_MAX];
    uint64_t free_at[ODY_SESSION_COUNTERS + 1]; /* when all failures will be forgotten */
} ody_sessions;

/** Whether somebody at address (16 bytes, IPv4 mapped; IPv6 counts by its /64) may try a password
 *  now. */
bool ody_sessions_may_try(const ody_sessions *sessions, const uint8_t address[16], uint64_t now);
/** A password from address was wrong. */
void ody_sessions_failed(ody_sessions *sessions, const uint8_t address[16], uint64_t now);
/** Begins a session. @return its token, which lives as long as the session. */
const char *ody_sessions_begin(ody_sessions *sessions, uint64_t now);
/** Whether the token is one of a session, which is in use from now on. In time that does not depend
 *  on the token. */
bool ody_sessions_use(ody_sessions *sessions, ody_view token, uint64_t now);
/** Ends that session, if there is one. */
void ody_sessions_end(ody_sessions *sessions, ody_view token);
/** Ends all: there is another password. */
void ody_sessions_clear(ody_sessions *sessions);

#endif
