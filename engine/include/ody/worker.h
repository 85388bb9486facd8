/* SPDX-License-Identifier: MIT */
/*
 * The engine's calls to PHP, as a PHP worker sees them. A worker connects to the same Unix socket
 * as every other client, says once what it handles, then takes one call at a time and answers it.
 * Blocking; one object per process, one thread. Only processes of the engine's own user (or root)
 * may register. Whoever answers too late is killed by the engine.
 */
#ifndef ODY_WORKER_H
#define ODY_WORKER_H

#include <stdint.h>
#include "ody/error.h"
#include "ody/view.h"

typedef struct ody_worker ody_worker;

/** What a call is about. The numbers go over the wire. */
typedef enum ody_call_kind {
    /* Calls that a client waits for: answered with a verdict. */
    ODY_CALL_HANDSHAKE = 1,    /* socket_id, address, head */
    ODY_CALL_MESSAGE = 2,      /* socket_id, data: the whole text of the message */
    ODY_CALL_SUBSCRIBE = 3,    /* socket_id, channel, data: the message's `data`, JSON object */
    ODY_CALL_CLIENT_EVENT = 4, /* socket_id, channel, event, data: JSON, user_id when known */
    /* Notices: nobody waits, the verdict is ignored. */
    ODY_CALL_UNSUBSCRIBED = 16,       /* socket_id, channel; for the channel's handler */
    ODY_CALL_OPENED = 17,             /* socket_id, address */
    ODY_CALL_CLOSED = 18,             /* socket_id */
    ODY_CALL_OCCUPIED = 19,           /* channel */
    ODY_CALL_VACATED = 20,            /* channel */
    ODY_CALL_MEMBER_ADDED = 21,       /* channel, user_id, data: user_info, JSON or nothing */
    ODY_CALL_MEMBER_REMOVED = 22,     /* channel, user_id */
    ODY_CALL_EVENT_PUBLISHED = 23,    /* a client event went out: as ODY_CALL_CLIENT_EVENT */
    ODY_CALL_CACHE_MISS = 24,         /* channel: a client has joined it, and nothing is cached */
    ODY_CALL_SUBSCRIPTION_COUNT = 25, /* channel, data: how many are subscribed, a number */
} ody_call_kind;

/** The bit of a notice in ody_worker_interest.notices. */
#define ODY_NOTICE_BIT(kind) (1u << ((kind)-16))

/** What is to become of what the client wanted. The numbers go over the wire. */
typedef enum ody_verdict {
    ODY_VERDICT_PASS = 0,    /* go on; with data: as if the client had sent that (see below) */
    ODY_VERDICT_HANDLED = 1, /* it is done, the engine does nothing more */
    ODY_VERDICT_REFUSED = 2, /* message tells the client why */
    ODY_VERDICT_FAILED = 3,  /* user code threw: the client gets a general error */
} ody_verdict;

/** What a worker handles. Borrowed for the length of the call. */
typedef struct ody_worker_interest {
    bool handshakes;  /* ODY_CALL_HANDSHAKE for every connection */
    bool messages;    /* ODY_CALL_MESSAGE for every message but pusher:ping and pusher:pong */
    uint32_t notices; /* bits of the notices wanted; UNSUBSCRIBED comes with the handlers */
    const ody_view *handlers; /* channel types: "custom" is custom-…; "public", "private" and
                                 "presence" replace the engine's own */
    size_t handler_count;     /* at most ODY_HANDLERS_MAX */
} ody_worker_interest;

/** At most so many types of channels have handlers; a type is 1 to 64 bytes. */
#define ODY_HANDLERS_MAX 64

/** One call. Views are borrowed from the worker until its next call; absent ones are
 *  ODY_VIEW_NONE. */
typedef struct ody_worker_call {
    ody_call_kind kind;
    ody_view socket_id;
    ody_view address; /* of the client, as text */
    ody_view channel;
    ody_view event;
    ody_view data;
    ody_view user_id;
    ody_view head; /* the HTTP request as it came, from the request line to the empty line */
} ody_worker_call;

/** The answer. Views are borrowed for the length of the call. */
typedef struct ody_worker_answer {
    ody_verdict verdict;
    ody_view message; /* REFUSED: a sentence for the client, at most 1,024 bytes of UTF-8 */
    uint32_t code;    /* REFUSED: for pusher:error, or 0; of a handshake the close code, 4000 to
                         4299 (0: 4009); of a subscription the status (0: 403) */
    ody_view data;    /* PASS: MESSAGE: the text to handle instead. SUBSCRIBE: channel_data, which
                         says who the member of a presence channel is. CLIENT_EVENT: the JSON to send
                         instead. ODY_VIEW_NONE: as it was */
} ody_worker_answer;

/**
 * Makes a worker; connects on registration.
 * @param socket_path copied. @param connect_timeout_ms 1 to 600,000.
 * @return NULL when out of memory.
 */
ody_worker *ody_worker_new(const char *socket_path, uint32_t connect_timeout_ms);
/** Closes and frees. In a forked child only the descriptor is closed. */
void ody_worker_free(ody_worker *worker);

/**
 * Connects and says what this worker handles. What the newest worker says holds for the engine.
 * @return 0; ODY_ENO_SERVER, ODY_ETIMEOUT, ODY_EVERSION, ODY_EINVALID (interest), ODY_EPERMISSION
 *         (not the engine's user), ODY_EDRAINING, ODY_EPROTOCOL, ODY_EMEMORY.
 */
int ody_worker_register(ody_worker *worker, const ody_worker_interest *interest, ody_error *error);
/**
 * Waits for a call.
 * @param wait_ms at most so long; 0: looks only.
 * @return 1 with *call filled; 0 when there was none, or a signal came; ODY_EDISCONNECTED when the
 *         engine has hung up, ODY_EPROTOCOL, ODY_EMEMORY.
 */
int ody_worker_next(ody_worker *worker, uint32_t wait_ms, ody_worker_call *call, ody_error *error);
/** Answers the call taken last. @return 0, ODY_EDISCONNECTED, ODY_ETIMEOUT, ODY_EMEMORY. */
int ody_worker_reply(ody_worker *worker, const ody_worker_answer *answer, ody_error *error);
/**
 * Says that this worker wants no more calls, so that none is lost when it ends. A call that was
 * under way already still comes and is to be answered; then the engine hangs up.
 * @return 0, ODY_EDISCONNECTED, ODY_ETIMEOUT, ODY_EMEMORY.
 */
int ody_worker_leave(ody_worker *worker, ody_error *error);
/** The descriptor to poll for calls, or -1; stays the worker's. */
int ody_worker_descriptor(const ody_worker *worker);

#endif
