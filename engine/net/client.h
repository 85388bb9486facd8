/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: a shard from the inside, and one client of it. Everything here runs in the
 * shard's thread, but for the mailbox and the asyncs.
 *
 * libwebsockets carries the bytes of a client (TLS, buffering, the loop) in its raw role. HTTP and
 * frames are ours: its own reader drops pings, takes unmasked frames, and waits for ever for the
 * answer to its close frame, because its timers do not run on a foreign loop.
 *
 * A client lives from accept to the end of the turn in which its socket is gone. Until the upgrade
 * it is one of `handshakes`; then the hub knows it. Its wsi may die at any time inside of a call to
 * libwebsockets: `wsi` is NULL from then on, and the memory goes at the end of the turn.
 */
#ifndef ODY_NET_CLIENT_H
#define ODY_NET_CLIENT_H

#include <ev.h>
#include <libwebsockets.h>
#include <pthread.h>
#include "base/bytes.h"
#include "base/mailbox.h"
#include "base/wakes.h"
#include "base/wheel.h"
#include "hub/mail.h"
#include "net/certificate.h"
#include "net/frame_reader.h"
#include "net/shard.h"

#define ODY_CLIENT_ADDRESS_TEXT 64

typedef enum ody_client_phase {
    ODY_PHASE_HEAD,   /* plain: waiting for the first bytes or the head of the request */
    ODY_PHASE_TLS,    /* libwebsockets shakes hands, then we wait for the head */
    ODY_PHASE_ANSWER, /* told that this is no web server; waiting for it to leave */
    ODY_PHASE_OPEN,
    ODY_PHASE_CLOSING, /* our close frame is to be sent; then it waits for the client to leave */
    ODY_PHASE_GONE,
} ody_client_phase;

/** What is only needed until the client is open. */
typedef struct ody_arrival {
    ev_io readable; /* until libwebsockets has the socket */
    ody_handshake handshake;
    char address[ODY_CLIENT_ADDRESS_TEXT]; /* of the client, proxies seen through; for the log */
    char peer[ODY_CLIENT_ADDRESS_TEXT];
    char app_key[256];
    char protocol[16];
    char origin[320]; /* the longest host has 253 bytes */
    char *head;       /* owned: the request, when the application wants to see it, or NULL */
    size_t peeked;    /* bytes that the last look found */
} ody_arrival;

typedef struct ody_client_socket {
    /* What the flush needs stands together: it walks all clients of a channel. */
    struct lws *wsi;
    int descriptor;
    uint8_t phase;
    bool direct;  /* plain: frames go by send() */
    bool stalled; /* its socket takes no more: one of `stalled` until its writable callback */
    bool handed;  /* libwebsockets has a rest: nothing is sent and nothing read until it is out */
    bool paused;  /* the hub wants nothing more of it for now */
    bool doomed;  /* to be killed after the flush */
    bool known;   /* the hub has it */
    bool close_sent; /* our close frame is out */
    bool close_seen; /* and the client's has come */
    ody_connection connection;
    ody_shard *shard;
    ody_arrival *arrival; /* NULL once open */
    ody_list_node member; /* of shard->handshakes, shard->stalled or shard->gone */
    ody_timer timer;      /* handshake, close */
    ody_frame_reader reader;
    ody_bytes message; /* on TLS the head, then a message that came in pieces */
} ody_client_socket;

/** How other options come to a shard: the lock guards what waits. */
typedef struct ody_reload {
    pthread_mutex_t lock;
    const ody_options *next; /* with one reference, or NULL: nothing waits */
    ody_certificate *next_certificate;
    ev_async wake;
    const ody_options *held; /* our reference to shard->options; NULL: those that it began with */
    _Atomic(const ody_options *) in_force; /* what other threads may know of it */
} ody_reload;

struct ody_shard {
    ody_shard_setup setup;
    const ody_options *options;
    ody_reload reload;
    ody_counters *counters;
    ody_hub *hub;
    ody_wheel *wheel;
    struct ev_loop *loop;
    struct lws_context *context;
    struct lws_vhost *plain;
    struct lws_vhost *tls;
    struct ssl_ctx_st *client_tls; /* for connections that we never make */
    ody_certificate *certificate;  /* newer than that of `tls`, which it replaces, or NULL */
    ev_io listener;
    ev_async wake;
    ev_async close;
    ev_async drain;
    ev_async stop;
    ev_prepare flush;
    ev_check woke;
    ev_idle more;   /* keeps the loop awake while mail waits that this turn had no room for */
    ev_timer tick;  /* the wheel */
    ev_timer pause; /* after a failed accept */
    ody_mailbox mailbox;
    ody_wakes wakes;        /* of other threads, until the turn ends */
    ody_mailbox_node *mail; /* taken, not yet handled */
    ody_list awake;         /* connections to flush */
    ody_list handshakes;    /* oldest first */
    ody_list stalled;       /* open clients whose sockets take no more */
    ody_list gone;          /* to be freed at the end of the turn */
    uint32_t handshake_count;
    size_t peak; /* connections, since the last trim */
    uint64_t trim_at;
    uint64_t complain_at;    /* no line before about sockets that cannot be accepted */
    uint64_t turn_began;     /* µs */
    uint64_t drain_deadline; /* 0: not draining */
    bool stopping;
    pthread_t thread;
    bool running;
};

/** Begins to accept. */
void ody__acceptor_start(ody_shard *shard);
/** Accepts no more. */
void ody__acceptor_stop(ody_shard *shard);
/** Goes on with a socket whose request for a WebSocket the API thread has read: mail UPGRADE. */
void ody__acceptor_upgrade(ody_shard *shard, ody_mail *take_mail);

/** The callback of the one protocol that libwebsockets serves. */
int ody__stream_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *data,
                         size_t length);
/** The upgrade is answered: the hub meets the client. */
void ody__websocket_open(ody_client_socket *client);
/** Bytes of an open client. They are unmasked in place. @return false to cut it. */
bool ody__websocket_read(ody_client_socket *client, char *data, size_t length);

/** Lets the hub judge how long and how much the stalled wait: their sockets may never say anything
 *  again. */
void ody__flush_review(ody_shard *shard);
/** Flushes all that are awake, then closes what is marked, then frees what is gone. */
void ody__flush_all(ody_shard *shard);
/** Sends what waits for one client, from its writable callback. @return false to cut it. */
bool ody__flush_writable(ody_client_socket *client);

/** Makes a client for an accepted socket. @return NULL without memory. */
ody_client_socket *ody__client_new(ody_shard *shard, int descriptor);
/** Its handshake is over: no longer one of `handshakes`, its timer off. The arrival is the
 * caller's. */
void ody__arrival_detach(ody_client_socket *client, ody_arrival *arrival);
/** Frees a detached arrival; NULL is fine. */
void ody__arrival_free(ody_arrival *arrival);
/** Its socket is gone, or goes with this call. Frees it at the end of the turn. */
void ody__client_gone(ody_client_socket *client);
/** To be closed at once, after the flush. From anywhere. */
void ody__client_doom(ody_client_socket *client);
/** Closes now. Only from our own watchers, never inside of a libwebsockets callback. */
void ody__client_kill(ody_client_socket *client);

/** Ends an open client by its own wish or fault: sends a close frame with that code,
 *  behind what waits. */
void ody__client_close(ody_client_socket *client, uint16_t code, const char *reason);
/** Gives the socket to libwebsockets. @return false when it would not take it: the client is gone.
 */
bool ody__client_adopt(ody_client_socket *client, struct lws_vhost *vhost, bool secure);

/** Reads from the client or not: there are two reasons not to, and each may end before the other.
 */
void ody__client_read(ody_client_socket *client);

/** Readies a shard for other options, first of all. */
void ody__reload_init(ody_shard *shard);
/** Begins to listen for them on the loop. */
void ody__reload_start(ody_shard *shard);
/** Drops what it holds and what waits, last of all. */
void ody__reload_fini(ody_shard *shard);

/** Makes the vhosts of a context. @return 0 or ODY_ECERTIFICATE. */
int ody__vhosts_new(ody_shard *shard, ody_error *error);
/** Frees what is left of them once the context is destroyed. Never made is fine. */
void ody__vhosts_free(ody_shard *shard);

/** Logs why a handshake came to nothing: peer, phase, reason. Bounded. */
void ody__client_log_failure(const ody_client_socket *client, const char *reason);

#endif
