/* SPDX-License-Identifier: MIT */
/* Real shards in this process, and a raw WebSocket client that can misbehave. */
#ifndef ODY_TEST_NET_HOUSE_H
#define ODY_TEST_NET_HOUSE_H

#include "hub/mail.h"
#include "net/shard.h"
#include "ody/options.h"

#define HOUSE_SHARDS_MAX 4

typedef struct net_house {
    ody_options options;
    ody_shared *shared;
    ody_shard *shards[HOUSE_SHARDS_MAX];
    int listening[HOUSE_SHARDS_MAX];
    /** Takes what shards ask the API thread, on their threads; NULL: it is dropped. */
    void (*asked)(void *context, ody_mail *take_mail);
    void *context;
    _Atomic bool api_full; /* the API thread takes nothing */
    unsigned library_time; /* s, of libwebsockets; 0: the usual */
} net_house;

/** Fills options that a test may change before it opens the house. */
void house_init(net_house *self);
/** Listens on a free port and starts the shards. */
void house_open(net_house *self);
/** Drains, joins and frees; fails the test when that takes more than two seconds. */
void house_close(net_house *self);
/** The sum of one counter over all shards. */
#define house_count(self, name)                                                                    \
    (atomic_load(&(self)->shared->counters[0].name) +                                              \
     atomic_load(&(self)->shared->counters[1].name))
/** Publishes as another process would; its answer is dropped. */
void house_publish(net_house *self, const char *channel, ody_view data);

/** Connects; receive_buffer 0 leaves the default. */
int raw_connect(const net_house *self, int receive_buffer);
void raw_send(int descriptor, const char *data, size_t length);
#define raw_send_text(descriptor, text) raw_send((descriptor), (text), strlen(text))
/** Writes the header of a masked frame whose mask is 0. @return its length. */
size_t raw_frame_header(char out[14], int first_byte, size_t length);
/** Sends a masked frame. */
void raw_frame(int descriptor, int first_byte, const char *payload, size_t length);
/** Reads until text has come or the peer is gone. @return what has come, NUL-terminated, to free.
 */
char *raw_read_until(int descriptor, const char *text);
/** Reads to the end. @return what has come, NUL-terminated, to free. */
char *raw_read_all(int descriptor, size_t *length);
/** Asks for a WebSocket at target and reads until `until` has come; NULL: reads nothing. */
int raw_open(const net_house *self, const char *target, const char *until, int receive_buffer);
/** A connected client that is subscribed to channel. */
int raw_subscribed(const net_house *self, const char *channel, int receive_buffer);

#endif
