/* SPDX-License-Identifier: MIT */
/* Shards against clients that behave, dawdle, flood, vanish and break the rules. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "await.h"
#include "house.h"
#include "test.h"

static void expect_close(int descriptor, int code)
{
    size_t length;
    char *data = raw_read_all(descriptor, &length);
    const char bytes[] = {(char)(code >> 8), (char)code};
    const char *found = NULL;

    for (size_t index = 0; index + 4 <= length && !found; index++) {
        if (data[index] == (char)0x88 && memcmp(data + index + 2, bytes, 2) == 0) {
            found = data + index;
        }
    }
    if (!found) {
        FAIL("no close frame with code %d: %s", code, data);
    }
    free(data);
    close(descriptor);
}

static void expect_answer(const net_house *self, const char *request, const char *status)
{
    int descriptor = raw_connect(self, 0);
    char *answer;

    raw_send_text(descriptor, request);
    answer = raw_read_all(descriptor, NULL);
    if (strncmp(answer, status, strlen(status)) != 0) {
        FAIL("the answer to %.40s is %s", request, answer);
    }
    CHECK(strstr(answer, "Content-Length: ") != NULL);
    CHECK(strstr(answer, "Connection: close") != NULL);
    free(answer);
    close(descriptor);
}

TEST(shard_refuses_by_code)
{
    net_house house;

    house_init(&house);
    house_open(&house);
    expect_close(raw_open(&house, "/app/other?protocol=7", NULL, 0), 4001);
    expect_close(raw_open(&house, "/elsewhere", NULL, 0), 4005);
    expect_close(raw_open(&house, "/app/", NULL, 0), 4005);
    expect_close(raw_open(&house, "/app/key/more", NULL, 0), 4005);
    expect_close(raw_open(&house, "/app/key?protocol=3", NULL, 0), 4007);
    expect_close(raw_open(&house, "/app/key?protocol=seven", NULL, 0), 4006);
    expect_close(raw_open(&house, "/app/key?protocol=&client=x", NULL, 0), 4008);
    close(raw_open(&house, "/app/key", "activity_timeout", 0));
    close(raw_open(&house, "/app/%6bey?client=x&protocol=7", "activity_timeout", 0));
    house_close(&house);
}

TEST(shard_serves_below_a_prefix)
{
    net_house house;

    house_init(&house);
    house.options.path = "/realtime";
    house_open(&house);
    close(raw_open(&house, "/realtime/app/key?protocol=7", "activity_timeout", 0));
    expect_close(raw_open(&house, "/app/key?protocol=7", NULL, 0), 4005);
    house_close(&house);
}

TEST(shard_answers_what_is_no_upgrade)
{
    static const char upgrade[] = "GET /app/key HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    char request[10000];
    net_house house;

    house_init(&house);
    house_open(&house);
    expect_answer(&house, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 ");
    expect_answer(&house, "GET / HTTP/1.1\nHost: a\r\n\r\n", "HTTP/1.1 400 ");
    expect_answer(&house, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 ");
    expect_answer(&house, "\x16\x03\x01 not today", "HTTP/1.1 400 ");
    snprintf(request, sizeof(request), "%s\r\n%s\r\n", upgrade, upgrade);
    expect_answer(&house, request, "HTTP/1.1 400 ");
    snprintf(request, sizeof(request), "%sContent-Length: 3\r\n\r\nabc", upgrade);
    expect_answer(&house, request, "HTTP/1.1 400 ");
    snprintf(request, sizeof(request), "%sContent-Length: 0\r\n\r\n", upgrade);
    expect_answer(&house, request, "HTTP/1.1 426 ");
    snprintf(request, sizeof(request), "%sTransfer-Encoding: chunked\r\n\r\n", upgrade);
    expect_answer(&house, request, "HTTP/1.1 426 ");
    memset(request, 'a', sizeof(request));
    memcpy(request, "GET /", 5);
    request[sizeof(request) - 1] = '\0';
    expect_answer(&house, request, "HTTP/1.1 431 ");
    CHECK_EQUAL(house_count(&house, refused_http), 9);
    house_close(&house);
}

/* The attack that makes libwebsockets' own HTTP loop spin: two requests, one with a body. */
TEST(shard_does_not_spin_on_pipelined_requests)
{
    net_house house;
    struct timespec cpu;
    clock_t before;

    house_init(&house);
    house_open(&house);
    before = clock();
    for (int round = 0; round < 20; round++) {
        expect_answer(&house,
                      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                      "HTTP/1.1 404 ");
    }
    AWAIT(house_count(&house, handshakes) == 0);
    cpu = (struct timespec){0, 300000000};
    nanosleep(&cpu, NULL);
    CHECK(clock() - before < CLOCKS_PER_SEC / 4);
    house_close(&house);
}

TEST(shard_cuts_off_who_dawdles)
{
    static const char head[] = "GET /app/key HTTP/1.1\r\nHost: a\r\n";
    net_house house;
    int silent;
    int dripping;
    clock_t before;
    char byte;

    house_init(&house);
    house.options.limits.handshake_time = 500;
    house_open(&house);
    before = clock();
    silent = raw_connect(&house, 0);
    dripping = raw_connect(&house, 0);
    for (size_t index = 0; index < sizeof(head) - 1; index++) {
        if (send(dripping, head + index, 1, MSG_NOSIGNAL) < 0) {
            break;
        }
        nanosleep(&(struct timespec){0, 30000000}, NULL);
    }
    CHECK(recv(silent, &byte, 1, 0) <= 0);
    CHECK(recv(dripping, &byte, 1, 0) <= 0);
    CHECK_EQUAL(house_count(&house, handshake_timeouts), 2);
    CHECK(clock() - before < CLOCKS_PER_SEC / 2);
    close(silent);
    close(dripping);
    house_close(&house);
}

TEST(shard_notices_who_leaves_in_mid_head)
{
    net_house house;
    int descriptor;

    house_init(&house);
    house_open(&house);
    descriptor = raw_connect(&house, 0);
    raw_send_text(descriptor, "GET /app/key HTTP/1.1\r\nHo");
    AWAIT(house_count(&house, handshakes) == 1);
    shutdown(descriptor, SHUT_WR);
    AWAIT(house_count(&house, handshakes) == 0);
    close(descriptor);
    house_close(&house);
}

TEST(shard_takes_fragments_and_refuses_too_much)
{
    static char large[70000];
    net_house house;
    int descriptor;

    house_init(&house);
    house_open(&house);
    descriptor = raw_open(&house, "/app/key?protocol=7", "activity_timeout", 0);
    raw_frame(descriptor, 0x01, "{\"event\":", 9);
    raw_frame(descriptor, 0x89, "between", 7);
    raw_frame(descriptor, 0x00, "\"pusher:p", 9);
    raw_frame(descriptor, 0x80, "ing\"}", 5);
    free(raw_read_until(descriptor, "pusher:pong"));
    raw_frame(descriptor, 0x82, "abc", 3);
    free(raw_read_until(descriptor, "Binary"));
    memset(large, ' ', sizeof(large));
    memcpy(large, "{\"event\":\"pusher:ping\"}", 23);
    raw_frame(descriptor, 0x81, large, 65536);
    free(raw_read_until(descriptor, "pusher:pong"));
    raw_frame(descriptor, 0x81, large, 65537);
    expect_close(descriptor, 1009);
    descriptor = raw_open(&house, "/app/key?protocol=7", "activity_timeout", 0);
    raw_frame(descriptor, 0x01, large, 40000);
    raw_frame(descriptor, 0x80, large, 40000);
    expect_close(descriptor, 1009);
    CHECK_EQUAL(house_count(&house, evicted_size), 2);
    house_close(&house);
}

TEST(shard_answers_a_ping_and_a_close)
{
    net_house house;
    int descriptor;
    char *data;
    size_t length;

    house_init(&house);
    house_open(&house);
    descriptor = raw_open(&house, "/app/key?protocol=7", "activity_timeout", 0);
    raw_frame(descriptor, 0x89, "payload", 7);
    free(raw_read_until(descriptor, "\x8a\x07payload"));
    raw_frame(descriptor, 0x88, "\x03\xe8", 2);
    data = raw_read_all(descriptor, &length);
    CHECK(length >= 4 && memcmp(data, "\x88\x02\x03\xe8", 4) == 0);
    free(data);
    close(descriptor);
    AWAIT(atomic_load(&house.shared->connections) == 0);
    house_close(&house);
}

/* A client with a small window that reads late gets everything, whole and in order, with the pongs
 * of libwebsockets between whole frames. */
TEST(shard_keeps_frames_whole_under_backpressure)
{
    enum { MESSAGES = 2000 };
    static char data[3000];
    net_house house;
    int descriptor;
    char *all;
    const char *at;
    size_t length;
    size_t pongs = 0;

    house_init(&house);
    house_open(&house);
    /* A window of a few KiB may cost TCP a retransmission time each, which is minutes. */
    descriptor = raw_subscribed(&house, "slow", 32768);
    for (int number = 0; number < MESSAGES; number++) {
        int size = snprintf(data, sizeof(data), "<%06d>", number);

        memset(data + size, 'x', (size_t)(number % 2900));
        house_publish(&house, "slow", (ody_view){data, (size_t)size + (size_t)(number % 2900)});
        if (number % 100 == 0) {
            raw_frame(descriptor, 0x89, "pp", 2);
        }
    }
    house_publish(&house, "slow", ODY_VIEW("the end"));
    AWAIT(house_count(&house, deliveries) > MESSAGES);
    all = raw_read_until(descriptor, "the end");
    at = all;
    for (int number = 0; number < MESSAGES;) {
        unsigned char first = (unsigned char)at[0];
        size_t header = ((unsigned char)at[1] & 0x7f) == 126 ? 4 : 2;
        char wanted[32];

        length = header == 4 ? (size_t)(unsigned char)at[2] << 8 | (unsigned char)at[3]
                             : (unsigned char)at[1] & 0x7f;
        CHECK(first == 0x81 || first == 0x8a);
        if (first == 0x8a) {
            CHECK_EQUAL(length, 2);
            CHECK(memcmp(at + header, "pp", 2) == 0);
            pongs++;
        } else {
            snprintf(wanted, sizeof(wanted), "<%06d>", number++);
            if (!memmem(at + header, length, wanted, 8)) {
                FAIL("instead of %s came %.80s", wanted, at + header);
            }
        }
        at += header + length;
    }
    CHECK(pongs > 0);
    free(all);
    close(descriptor);
    house_close(&house);
}

TEST(shard_evicts_who_never_reads)
{
    static char data[65536];
    net_house house;
    int slow;
    int reader;
    uint64_t end;

    house_init(&house);
    house.options.limits.outbound_soft = 65536;
    house.options.limits.outbound_hard = 262144;
    house_open(&house);
    slow = raw_subscribed(&house, "flood", 4096);
    reader = raw_subscribed(&house, "calm", 0);
    memset(data, 'x', sizeof(data));
    end = ody_clock_ms() + 20000;
    while (house_count(&house, evicted_outbound) == 0 && ody_clock_ms() < end) {
        house_publish(&house, "flood", (ody_view){data, sizeof(data)});
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    CHECK_EQUAL(house_count(&house, evicted_outbound), 1);
    AWAIT(atomic_load(&house.shared->connections) == 1);
    AWAIT(house_count(&house, outbound_bytes) < 100000);
    house_publish(&house, "calm", ODY_VIEW("still here"));
    free(raw_read_until(reader, "still here"));
    close(slow);
    close(reader);
    house_close(&house);
}

TEST(shard_survives_resets_in_every_phase)
{
    static const struct linger reset = {1, 0};
    static const char *const beginnings[] = {
        "",
        "G",
        "GET /app/key HTTP/1.1\r\n",
        "GET /app/key?protocol=7 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    };
    net_house house;

    house_init(&house);
    house_open(&house);
    for (int round = 0; round < 400; round++) {
        int descriptor = raw_connect(&house, 0);
        const char *beginning = beginnings[round % 4];

        if (*beginning) {
            raw_send_text(descriptor, beginning);
        }
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(descriptor);
    }
    AWAIT(house_count(&house, accepted) == 400 || house_count(&house, handshakes) == 0);
    AWAIT(house_count(&house, handshakes) == 0 && atomic_load(&house.shared->connections) == 0);
    close(raw_subscribed(&house, "after", 0));
    house_close(&house);
}

static size_t open_descriptors(void)
{
    size_t count = 0;

    for (int descriptor = 0; descriptor < 4096; descriptor++) {
        count += lseek(descriptor, 0, SEEK_CUR) >= 0 || errno != EBADF;
    }
    return count;
}

TEST(shard_leaves_no_descriptor_behind)
{
    net_house house;
    size_t before;

    house_init(&house);
    house_open(&house);
    close(raw_subscribed(&house, "first", 0));
    AWAIT(atomic_load(&house.shared->connections) == 0);
    before = open_descriptors();
    for (int round = 0; round < 500; round++) {
        close(raw_subscribed(&house, "churn", 0));
    }
    AWAIT(atomic_load(&house.shared->connections) == 0);
    AWAIT(open_descriptors() == before);
    AWAIT(house_count(&house, channels) == 0);
    AWAIT(house_count(&house, subscriptions) == 0);
    house_close(&house);
}

TEST(shard_carries_messages_between_shards_in_order)
{
    enum { CLIENTS = 8, MESSAGES = 300 };
    net_house house;
    int clients[CLIENTS];
    char data[32];

    house_init(&house);
    house_open(&house);
    for (int index = 0; index < CLIENTS; index++) {
        clients[index] = raw_subscribed(&house, "room", 0);
    }
    for (int number = 0; number < MESSAGES; number++) {
        int size = snprintf(data, sizeof(data), "<%06d>", number);

        house_publish(&house, "room", (ody_view){data, (size_t)size});
    }
    for (int index = 0; index < CLIENTS; index++) {
        char *all = raw_read_until(clients[index], "<000299>");
        const char *at = all;

        for (int number = 0; number < MESSAGES; number++) {
            snprintf(data, sizeof(data), "<%06d>", number);
            at = strstr(at, data);
            CHECK(at != NULL);
        }
        free(all);
        close(clients[index]);
    }
    house_close(&house);
}

TEST(shard_drains_with_4200)
{
    net_house house;
    int client;

    house_init(&house);
    house_open(&house);
    client = raw_subscribed(&house, "room", 0);
    ody_shard_drain(house.shards[0]);
    ody_shard_drain(house.shards[1]);
    expect_close(client, 4200);
    house_close(&house);
}
