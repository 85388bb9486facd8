/* SPDX-License-Identifier: MIT */
/* The ends of connections: whoever will not end, half ends or ends badly costs no time and no room.
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "await.h"
#include "house.h"
#include "processor.h"
#include "test.h"

/* A subscriber that does not read, in the middle of a frame that no kernel buffer holds. */
static int stuck_in_a_frame(net_house *house)
{
    const size_t size = 16 << 20;
    char *data = malloc(size);
    int client = raw_subscribed(house, "stuck", 4096);

    memset(data, 'x', size);
    house_publish(house, "stuck", (ody_view){data, size});
    AWAIT(house_count(house, bytes_sent) > size);
    free(data);
    return client;
}

TEST(closing_half_closed_in_mid_frame_does_not_spin)
{
    net_house house;
    int client;

    house_init(&house);
    house.options.activity_timeout = 3000;
    house.options.pong_timeout = 500;
    house_open(&house);
    client = stuck_in_a_frame(&house);
    shutdown(client, SHUT_WR);
    CHECK(processor_ms(500) < 200);
    AWAIT(atomic_load(&house.shared->connections) == 0);
    close(client);
    house_close(&house);
}

TEST(closing_a_close_frame_in_mid_frame_does_not_spin)
{
    net_house house;
    int client;

    house_init(&house);
    house.options.activity_timeout = 3000;
    house.options.pong_timeout = 500;
    house_open(&house);
    client = stuck_in_a_frame(&house);
    raw_frame(client, 0x88, "\x03\xe8", 2);
    CHECK(processor_ms(500) < 200);
    AWAIT(atomic_load(&house.shared->connections) == 0);
    close(client);
    house_close(&house);
}

/* The server sends a close frame and gets no answer to it. */
TEST(closing_is_not_waited_for_forever)
{
    static const struct {
        int first_byte;
        const char *payload;
        size_t length;
    } offences[] = {
        {0x83, "reserved opcode", 15},
        {0xc1, "reserved bit", 12},
        {0x09, "fragmented ping", 15},
        {0x80, "continuation of nothing", 23},
    };
    net_house house;

    house_init(&house);
    house_open(&house);
    for (size_t index = 0; index < sizeof(offences) / sizeof(*offences); index++) {
        int client = raw_open(&house, "/app/key?protocol=7", "activity_timeout", 0);

        raw_frame(client, offences[index].first_byte, offences[index].payload,
                  offences[index].length);
        AWAIT(atomic_load(&house.shared->connections) == 0);
        close(client);
    }
    house_close(&house);
}

/* A client that has half a frame is told 4200 once it reads on. */
TEST(closing_in_mid_frame_finishes_the_frame_first)
{
    net_house house;
    int client;
    char *data;
    size_t length;

    house_init(&house);
    house_open(&house);
    client = stuck_in_a_frame(&house);
    ody_shard_drain(house.shards[0]);
    ody_shard_drain(house.shards[1]);
    data = raw_read_all(client, &length);
    CHECK(length > 16 << 20);
    CHECK(memmem(data + length - 64, 64, "\x10\x68", 2) != NULL);
    free(data);
    close(client);
    house_close(&house);
}

/* The shard has no room for all that waits, although no client is over its own limit. */
TEST(closing_for_want_of_room_in_the_shard)
{
    static char data[60000];
    net_house house;
    int clients[4];

    house_init(&house);
    house.options.worker_num = 1;
    house.options.limits.outbound_shard = 1 << 20;
    house_open(&house);
    for (int index = 0; index < 4; index++) {
        clients[index] = raw_subscribed(&house, "crowd", 4096);
    }
    memset(data, 'x', sizeof(data));
    for (int number = 0; number < 400 && house_count(&house, evicted_outbound) == 0; number++) {
        house_publish(&house, "crowd", (ody_view){data, sizeof(data)});
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    AWAIT(house_count(&house, evicted_outbound) > 0);
    AWAIT(house_count(&house, outbound_bytes) <= 1 << 20);
    for (int index = 0; index < 4; index++) {
        close(clients[index]);
    }
    AWAIT(atomic_load(&house.shared->connections) == 0);
    house_close(&house);
}

/* Over its soft limit for too long, and never writable again. */
TEST(closing_of_who_stays_over_the_soft_limit)
{
    static char data[60000];
    net_house house;
    int client;

    house_init(&house);
    house.options.limits.outbound_soft = 1 << 20;
    house.options.limits.outbound_soft_time = 500;
    house_open(&house);
    client = raw_subscribed(&house, "slow", 4096);
    memset(data, 'x', sizeof(data));
    while (house_count(&house, outbound_bytes) < 4 << 20) {
        house_publish(&house, "slow", (ody_view){data, sizeof(data)});
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    AWAIT(house_count(&house, evicted_outbound) == 1);
    AWAIT(atomic_load(&house.shared->connections) == 0);
    close(client);
    house_close(&house);
}

TEST(closing_of_thousands_at_once_is_quick)
{
    enum { CLIENTS = 4000 };
    static int clients[CLIENTS];
    net_house house;
    uint64_t begin;

    house_init(&house);
    house.options.drain_time = 10000;
    house_open(&house);
    for (int index = 0; index < CLIENTS; index++) {
        clients[index] = raw_open(&house, "/app/key?protocol=7", "activity_timeout", 0);
    }
    begin = ody_clock_ms();
    ody_shard_drain(house.shards[0]);
    ody_shard_drain(house.shards[1]);
    for (int index = 0; index < CLIENTS; index++) {
        char frame[4] = {0};

        while (recv(clients[index], frame, 4, MSG_WAITALL) != 4) {
            FAIL("client %d got no close frame", index);
        }
        CHECK((unsigned char)frame[0] == 0x88 && memcmp(frame + 2, "\x10\x68", 2) == 0);
        raw_frame(clients[index], 0x88, "\x10\x68", 2);
    }
    house_close(&house);
    CHECK(ody_clock_ms() - begin < 5000);
    for (int index = 0; index < CLIENTS; index++) {
        close(clients[index]);
    }
}
