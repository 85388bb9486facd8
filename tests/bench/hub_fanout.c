/* SPDX-License-Identifier: MIT */
/*
 * What a delivery costs inside of the hub, without sockets: one hub, 10,000 subscribers of one
 * channel, and turns of 1 and of 16 messages of 100 bytes. "queue" is the publish and the fan-out;
 * "read" stands for the flush, and only empties the queues again. "measured" is with the clocks
 * that tell how long messages take, one look a message and one a turn.
 *
 *   hub_fanout [subscribers]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "hub/mail.h"
#include "hub/hub.h"
#include "base/clock.h"
#include "base/map.h"

#define DELIVERIES 20000000L

/* As large as a connection of the real transport may be, so that caches see the same. */
typedef struct bench_client {
    ody_connection connection;
    char transport[256];
} bench_client;

static int post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    (void)context;
    (void)target;
    (void)must;
    ody_mail_free(take_mail);
    return 0;
}

static bool full(void *context, unsigned target)
{
    (void)context;
    (void)target;
    return false;
}

static void wake(void *context, ody_connection *connection)
{
    ody_list *awake = context;

    if (!ody_list_linked(&connection->awake)) {
        ody_list_append(awake, &connection->awake);
    }
}

static uint64_t read_clock(void *context)
{
    (void)context;
    return ody_clock_us();
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void read_all(ody_list *awake)
{
    ody_list_node *node;

    while ((node = ody_list_take_first(awake))) {
        ody_connection *connection = ody_container_of(node, ody_connection, awake);

        ody_outbound_consume(&connection->outbound, connection->outbound.bytes);
    }
}

static void run(ody_hub *hub, ody_list *awake, long subscribers, int in_turn, bool measured)
{
    static const char data[101] = "0123456789012345678901234567890123456789012345678901234567890123"
                                  "456789012345678901234567890123456789";
    const ody_mail_texts texts = {
        .channel = ODY_VIEW("news"), .event = ODY_VIEW("event"), .data = {data, 100}};
    long turns = DELIVERIES / subscribers / in_turn;
    double queueing = 0, reading = 0;

    for (long turn = 0; turn < turns; turn++) {
        double start = seconds(), middle;

        for (int i = 0; i < in_turn; i++) {
            ody_mail *mail = ody_mail_new(ODY_MAIL_PUBLISH, 1, &texts);

            if (!mail) {
                abort();
            }
            mail->stamp = measured ? ody_clock_us() : 0;
            ody_hub_mail(hub, mail, 1);
        }
        ody_hub_turn_end(hub);
        middle = seconds();
        read_all(awake);
        if (measured) {
            ody_hub_flushed(hub, ody_clock_us());
        }
        queueing += middle - start;
        reading += seconds() - middle;
    }
    printf("%ld subscribers, %2d messages a turn%s: queue %5.1f ns, read %5.1f ns a delivery\n",
           subscribers, in_turn, measured ? ", measured" : "",
           queueing * 1e9 / (double)(turns * in_turn * subscribers),
           reading * 1e9 / (double)(turns * in_turn * subscribers));
}

int main(int argc, char **argv)
{
    static const ody_transport transport = {
        .wake = wake, .post = post, .full = full, .clock = read_clock};
    const ody_app app = {
        .id = "1",
        .keys = {{"key", "secret"}},
        .enabled = true,
        .origins = "",
        .limits = {.channels_per_connection = 10,
                   .channel_name_length = 164,
                   .event_name_length = 200,
                   .json_depth = 16},
    };
    const ody_options options = {
        .apps = &app,
        .app_count = 1,
        .activity_timeout = 120000,
        .pong_timeout = 30000,
        .limits = {.message_size = 65536, .outbound_soft = 1 << 20, .outbound_hard = 8 << 20},
    };
    const ody_handshake handshake = {
        .path_known = true, .app_key = ODY_VIEW("key"), .protocol = ODY_VIEW("7")};
    const ody_view subscribe =
        ODY_VIEW("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}");
    long subscribers = argc > 1 ? atol(argv[1]) : 10000;
    ody_shared *shared;
    ody_hub *hub;
    ody_list awake;

    ody_hash_seed();
    ody_list_init(&awake);
    shared = ody_shared_new(&options);
    if (subscribers < 1 || !shared || !(hub = ody_hub_new(shared, 0, 1, &transport, &awake, 1))) {
        return 1;
    }
    shared->connection_limit = UINT32_MAX;
    for (long i = 0; i < subscribers; i++) {
        bench_client *client = calloc(1, sizeof(*client));

        if (!client) {
            return 1;
        }
        ody_hub_open(hub, &client->connection, &handshake, 1);
        ody_hub_receive(hub, &client->connection, subscribe, 1);
    }
    ody_hub_turn_end(hub);
    read_all(&awake);
    printf("a connection in the hub: %zu bytes\n", sizeof(ody_connection));
    for (int measured = 0; measured < 2; measured++) {
        run(hub, &awake, subscribers, 1, measured);
        run(hub, &awake, subscribers, 16, measured);
    }
    return 0;
}
