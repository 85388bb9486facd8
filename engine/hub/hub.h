/* SPDX-License-Identifier: MIT */
/*
 * What may happen on one shard: connections open, subscribe, whisper, leave; messages of other
 * threads arrive. A hub holds the shard's connections and subscriber lists, and the truth of the
 * channels whose home it is (channel/). It does no I/O: it queues bytes on connections and tells
 * the transport through a vtable; time is passed in. One thread.
 *
 * Membership of (connection, channel) goes NONE -> JOINING -> ON -> LEAVING. One command is in
 * flight; what the client asks for meanwhile waits (the last wish wins). The home commits
 * membership, serial and presence snapshot in one step and posts the answer in the queue that
 * frames use, so no event comes before subscription_succeeded and none after its serial is lost.
 * Mail to the hub's own index does not leave it, but takes the same way.
 */
#ifndef ODY_HUB_HUB_H
#define ODY_HUB_HUB_H

#include "base/list.h"
#include "base/map.h"
#include "base/wheel.h"
#include "hub/outbound.h"
#include "hub/shared.h"
#include "hub/socket_id.h"

typedef struct ody_hub ody_hub;
typedef struct ody_hub_app ody_hub_app;
typedef struct ody_mail ody_mail;

/** Codes that connections are closed with. 4100 to 4199 ask the client to wait and come back. */
enum {
    ODY_CLOSE_TLS = 4000,
    ODY_CLOSE_APP = 4001,
    ODY_CLOSE_DISABLED = 4003,
    ODY_CLOSE_CONNECTIONS = 4004,
    ODY_CLOSE_PATH = 4005,
    ODY_CLOSE_VERSION = 4006,
    ODY_CLOSE_PROTOCOL = 4007,
    ODY_CLOSE_NO_PROTOCOL = 4008,
    ODY_CLOSE_UNAUTHORISED = 4009,
    ODY_CLOSE_OVERLOADED = 4100, /* no memory for a delivery, which must not be left out silently */
    ODY_CLOSE_SLOW = 4101,       /* reads too slowly: its queue went over a limit */
    ODY_CLOSE_DRAIN = 4200,
    ODY_CLOSE_PONG = 4201,
};

/** What a transport knows of a client when the WebSocket handshake is done. Borrowed views. */
typedef struct ody_handshake {
    bool plain_on_tls; /* came without TLS to a port that wants it: 4000 */
    bool path_known;   /* false: 4005 */
    ody_view head;     /* the request as it came, for the application; ODY_VIEW_NONE when
                          ody_hub_wants_head says no */
    ody_view app_key;
    ody_view protocol;   /* the query's value, or ODY_VIEW_NONE */
    ody_view origin;     /* of the page, or ODY_VIEW_NONE; "" when there were several */
    uint8_t address[16]; /* of the client, proxies seen through; IPv4 mapped */
    bool count_address;  /* false: loopback, does not count against the limit per address */
} ody_handshake;

/**
 * One client. It is embedded in the transport's own struct, which owns the memory. Only the fields
 * of the first block are the transport's to use.
 */
typedef struct ody_connection {
    ody_outbound outbound;
    ody_list_node awake;      /* the transport's list of connections to flush */
    uint16_t close_code;      /* not 0: close with this code once `outbound` is sent */
    bool close_now;           /* close without waiting for `outbound`: the peer does not read */
    bool behind;              /* a flush has left bytes that still wait */
    uint32_t opened_at;       /* s */
    const char *close_reason; /* static text, at most 123 bytes */

    uint64_t over_soft_since; /* 0: not over the soft limit */
    ody_hub *hub;
    ody_hub_app *app; /* NULL while it is not registered */
    ody_socket_id id; /* first is 0 while it is not registered (refused, closed) */
    ody_list_node all;
    struct ody_gate *gate; /* NULL unless it waits for the application */
    ody_list subscriptions;
    ody_map subscription_index; /* by local channel, once there are more than a few */
    uint32_t subscription_count;
    uint32_t leaving_count;    /* of them, those that the client does not want any more */
    struct ody_signin *signin; /* NULL unless it has signed in, or is about to */
    uint64_t authorize_by;     /* it must have done so by then, or be in a guarded channel; 0: no */
    ody_timer timer;           /* activity, pong, slow consumer, authorize_by */
    uint64_t last_activity;    /* while a probe is out: when it went */
    uint64_t rate_window;      /* second of the client-event window */
    uint32_t rate_count;
    uint8_t protocol;
    bool pinged;  /* a probe is out */
    bool greeted; /* connection_established was sent */
    bool counts_address;
    uint8_t address[16];
} ody_connection;

/** How a hub reaches the world. All run in the hub's thread. */
typedef struct ody_transport {
    /** connection has bytes to send or is to be closed: flush before the loop sleeps. Called often;
     *  must only link `awake`. It must not call back into the hub. */
    void (*wake)(void *context, ody_connection *connection);
    /**
     * Posts mail to another thread: shards are 0 … n-1, the API thread is n. Never the hub itself.
     * Ownership moves only on success.
     * @return 0, or ODY_EOVERLOADED when that mailbox is full and `must` is false.
     */
    int (*post)(void *context, unsigned target, ody_mail *take_mail, bool must);
    /** Stops reading from the connection, or goes on: the application has to catch up. What was
     *  read already may still come. */
    void (*pause)(void *context, ody_connection *connection, bool paused);
    /** Whether the mailbox of that thread is over its limit. */
    bool (*full)(void *context, unsigned target);
    /** Monotonic µs, the same clock in all threads: how long publishing takes is measured with it.
     *  NULL: that is not measured. */
    uint64_t (*clock)(void *context);
} ody_transport;

/** The clock of a transport; 0 without one. */
static inline uint64_t ody_transport_clock(const ody_transport *transport, void *context)
{
    return transport->clock ? transport->clock(context) : 0;
}

/**
 * @param shared borrowed. @param index of this shard. @param count of shards. @param now ms.
 * @return NULL without memory.
 */
ody_hub *ody_hub_new(ody_shared *shared, unsigned index, unsigned count,
                     const ody_transport *transport, void *context, uint64_t now);
/** All connections must have been closed. Frees channels, returned frames, mail to itself. */
void ody_hub_free(ody_hub *hub);

/**
 * A client has finished its handshake. Checks path, key, protocol and limits in the protocol's
 * order and queues connection_established, or the error and the close code. `connection` is zeroed
 * memory. Afterwards ody_hub_closed must be called once for it, in either case.
 */
void ody_hub_open(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                  uint64_t now);
/** Whether ody_hub_open needs the head of the request. */
bool ody_hub_wants_head(const ody_hub *hub);
/** One whole text message has come (its length is already within limits.message_size). */
void ody_hub_receive(ody_hub *hub, ody_connection *connection, ody_view text, uint64_t now);
/** A binary message has come: the client is told that it is not supported. */
void ody_hub_receive_binary(ody_hub *hub, ody_connection *connection, uint64_t now);
/** A ping has come: it gets its pong, in the order of everything else that is sent to it.
 *  @param payload at most 125 bytes. */
void ody_hub_ping(ody_hub *hub, ody_connection *connection, ody_view payload, uint64_t now);
/** Some sign of life has come that is not a message (a control frame). */
void ody_hub_activity(ody_hub *hub, ody_connection *connection, uint64_t now);
/**
 * The socket is gone: leaves all channels (one batched mail per home), forgets the connection. When
 * it returns, nothing in the hub refers to the connection and its memory may go.
 */
void ody_hub_closed(ody_hub *hub, ody_connection *connection, uint64_t now);
/** Marks for closing; the transport closes. The first mark wins. @param reason static text. */
void ody_hub_close(ody_hub *hub, ody_connection *connection, uint16_t code, const char *reason);
/** To be called after a flush that left bytes behind: applies the soft, hard and shard limits. */
void ody_hub_blocked(ody_hub *hub, ody_connection *connection, uint64_t now);

/** Mail from another thread. Takes it. */
void ody_hub_mail(ody_hub *hub, ody_mail *take_mail, uint64_t now);
/** Before the transport flushes: seals this turn's batches, so that the next turn begins new ones.
 */
void ody_hub_turn_end(ody_hub *hub);
/** This turn's frames have been handed to their sockets: counts how long that took. @param now µs
 * of the transport's clock. */
void ody_hub_flushed(ody_hub *hub, uint64_t now);
/** Whether this turn has queued so much that the loop should flush before it takes more mail. */
bool ody_hub_turn_full(const ody_hub *hub);
/** Runs timers. */
void ody_hub_advance(ody_hub *hub, uint64_t now);
/** The wheel, for the transport's own timers of this shard. */
ody_wheel *ody_hub_wheel(ody_hub *hub);
/** The counters of this shard. */
ody_counters *ody_hub_counters(ody_hub *hub);
/**
 * Other options take the place of those that the hub has. Connections stay; timers that run keep
 * their time. @param options borrowed, until others take their place in turn.
 */
void ody_hub_reload(ody_hub *hub, const ody_options *options, uint64_t now);
/** Marks every connection for closing with 4200, and refuses new ones. */
void ody_hub_drain(ody_hub *hub);
/** How many connections are registered. */
size_t ody_hub_connection_count(const ody_hub *hub);

/** Frees mail that could not be delivered. Any thread. */
void ody_mail_free(ody_mail *mail);

#endif
