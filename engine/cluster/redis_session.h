/* SPDX-License-Identifier: MIT */
/*
 * What is said on one connection to Redis, from the greeting on: signing in, choosing the database,
 * subscribing, then messages. Bytes go in and out; no I/O, no clock. One thread.
 *
 * hiredis formats commands and reads replies. Its asynchronous client is not used: it aborts the
 * process when a server answers what was not asked, waits for names, and has no time limits.
 */
#ifndef ODY_CLUSTER_REDIS_SESSION_H
#define ODY_CLUSTER_REDIS_SESSION_H

#include "base/bytes.h"
#include "cluster/redis_url.h"

typedef struct ody_redis_session ody_redis_session;

/** Bytes of one reply that may be incomplete: what Redis itself keeps for a subscriber at most. */
#define ODY_REDIS_REPLY_MAX (32u << 20)

/** What Redis has said. */
typedef enum ody_redis_news {
    ODY_REDIS_NOTHING,    /* more bytes are needed */
    ODY_REDIS_SUBSCRIBED, /* from now on messages come; once */
    ODY_REDIS_MESSAGE,
    ODY_REDIS_PONG,
} ody_redis_news;

/**
 * @param address borrowed. @param channel to subscribe to, borrowed.
 * @return NULL without memory.
 */
ody_redis_session *ody_redis_session_new(const ody_redis_address *address, ody_view channel);
/** NULL is fine. */
void ody_redis_session_free(ody_redis_session *session);
/** Appends all commands that a connection begins with. @return 0 or ODY_EMEMORY. */
int ody_redis_session_greet(ody_redis_session *session, ody_bytes *out);
/** Appends a PING: an answer comes as ODY_REDIS_PONG. Once subscribed. @return 0 or ODY_EMEMORY. */
int ody_redis_session_ping(ody_redis_session *session, ody_bytes *out);
/** Takes bytes that have come. @return 0, ODY_EMEMORY, or ODY_EPAYLOAD_SIZE: more than
 *  ODY_REDIS_REPLY_MAX wait. */
int ody_redis_session_feed(ody_redis_session *session, const char *data, size_t length);
/**
 * Reads on in what was fed. Call it again until it says NOTHING, or later: what is not read waits.
 * @param payload of a MESSAGE; valid until the next call.
 * @param error with a negative code, a sentence without secrets.
 * @return an ody_redis_news, or a negative code after which the session is over: ODY_EPERMISSION
 *         (Redis refuses who we are or what we want), ODY_EPROTOCOL (no Redis) or ODY_EMEMORY.
 */
int ody_redis_session_next(ody_redis_session *session, ody_view *payload, ody_error *error);

#endif
