/* SPDX-License-Identifier: MIT */
/*
 * A server without sockets, threads or a clock: hubs, the requests of the API thread, and clients
 * that are structs. Mail waits in a queue for each pair of threads until the test lets it through,
 * in the order of the pair and in any order between pairs.
 */
#ifndef ODY_TESTS_HUB_WORLD_H
#define ODY_TESTS_HUB_WORLD_H

#include "hub/calls.h"
#include "hub/requests.h"
#include "hub/state.h"
#include "hub/tails.h"
#include "test.h"

#define WORLD_SHARDS 4
#define WORLD_START 1000000 /* ms */
#define WORLD_KEY "278d425bdf160c739803"
#define WORLD_SECRET "7ad3773142a6692b25b8"

typedef struct world world;

/** One message that a client has got. */
typedef struct world_message {
    struct world_message *next;
    int opcode;
    size_t length;
    char text[]; /* NUL-terminated */
} world_message;

typedef struct world_client {
    ody_connection connection;
    world *world;
    unsigned shard;
    bool open;     /* not told closed yet */
    bool reads;    /* false: its socket takes nothing */
    uint16_t code; /* it was closed with */
    const char *reason;
    char id[ODY_SOCKET_ID_TEXT];
    world_message *first;
    world_message **last;
    ody_list_node node;
} world_client;

struct world {
    ody_options options;
    ody_shared *shared;
    unsigned shards;
    ody_hub *hubs[WORLD_SHARDS];
    ody_requests *requests;
    ody_calls *calls; /* to PHP workers */
    ody_tails *tails;
    int paused; /* connections that are not read from */
    ody_mailbox_node *queue_first[WORLD_SHARDS + 1][WORLD_SHARDS + 1]; /* [from][to] */
    ody_mailbox_node **queue_last[WORLD_SHARDS + 1][WORLD_SHARDS + 1];
    struct world_port {
        world *world;
        unsigned from;
    } ports[WORLD_SHARDS + 1];
    bool full[WORLD_SHARDS + 1]; /* that mailbox takes only what must be taken */
    ody_list clients;
    uint64_t now;
    uint64_t clock; /* µs, of the transport; 0: nothing is measured */
    uint64_t random;
    /** Sees each mail just before its receiver does; or NULL. */
    void (*watch)(void *context, unsigned to, const ody_mail *mail);
    void *watch_context;
};

/** The first app of options that world_defaults has made, to be changed before they are used. */
static inline ody_app *world_app(ody_options *options)
{
    return (ody_app *)options->apps;
}

/** Generous options that tests change before they start. */
void world_defaults(ody_options *options);
/** Starts with those options. */
world *world_start(const ody_options *options, unsigned shards, uint64_t seed);
/** The defaults. */
world *world_simple(unsigned shards);
/** Closes everybody, lets all mail through, checks that nothing is left, and frees. */
void world_end(world *self);
/** 0 to below - 1, from the seed. */
uint64_t world_random(world *self, uint64_t below);

/** A client with the right key, on that shard; its greeting is read away. */
world_client *world_connect(world *self, unsigned shard);
/** A client with any handshake; nothing is read. */
world_client *world_open(world *self, unsigned shard, const ody_handshake *handshake);
/** The right handshake. */
ody_handshake world_handshake(void);
/** The socket is gone. The struct stays until world_end. */
void world_close(world_client *client);
/** Sends a text message. */
void world_send(world_client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** Subscribes; signs what needs it. @param channel_data NULL for none. */
void world_subscribe(world_client *client, const char *channel, const char *channel_data);
/** Subscribes a user to a presence channel. */
void world_subscribe_user(world_client *client, const char *channel, const char *user);
/** Signs in, with a right signature. */
void world_sign_in(world_client *client, const char *user_data);
void world_unsubscribe(world_client *client, const char *channel);

/** Lets one mail through, of a pair chosen at random. @return false when there is none. */
bool world_deliver_one(world *self);
/** Lets the oldest mail of one pair through. @return false when there is none. */
bool world_deliver_pair(world *self, unsigned from, unsigned to);
/** Ends the turn of a shard and lets its clients read. */
void world_flush(world *self, unsigned shard);
/** All mail, then all flushes, until nothing moves any more. */
void world_settle(world *self);
/** What a hub holds of the first app: as if it had never met it, when that is so. */
const ody_hub_app *world_hub_app(const world *self, unsigned shard);
/** Moves the clock and runs the timers. */
void world_advance(world *self, uint64_t ms);

/** The oldest message not taken yet, or NULL; the caller frees it. */
world_message *world_take(world_client *client);
/** Forgets all messages. */
void world_forget(world_client *client);
/** Checks that the next message has exactly this text. */
#define EXPECT(client, wanted) world_expect(__FILE__, __LINE__, (client), (wanted))
void world_expect(const char *file, int line, world_client *client, const char *wanted);
/** Checks that there is no more message. */
#define EXPECT_NOTHING(client) world_expect(__FILE__, __LINE__, (client), NULL)
/** Checks that the next message is a pusher:error with that text. */
#define EXPECT_ERROR(client, code, text)                                                           \
    world_expect_error(__FILE__, __LINE__, (client), (code), (text))
void world_expect_error(const char *file, int line, world_client *client, int code,
                        const char *text);

/** The sum of a counter over all shards. */
#define WORLD_COUNT(self, name) world_sum((self), offsetof(ody_counters, name))
uint64_t world_sum(const world *self, size_t offset);

/** What a request answered; copied. */
typedef struct world_reply {
    bool done;
    int code;
    char message[256];
    uint64_t reached;
    bool answer;
    size_t socket_ids;
    ody_socket_id socket_id[16];
    size_t channels;
    char listing[1024]; /* "name type subscribers users\n" … in no order */
} world_reply;

/** A reply callback for a world_reply. */
void world_on_reply(void *context, const ody_reply *reply);
/** Publishes, without waiting. */
int world_publish_begin(world *self, const char *channel, const char *event, const char *data,
                        const char *except, world_reply *reply);
/** Publishes and settles. @return the reached, or the error. */
int world_publish(world *self, const char *channel, const char *event, const char *data,
                  const char *except);

/** Ends all connections of a user and settles. @return how many, or the error. */
int world_terminate(world *self, const char *user);

#endif
