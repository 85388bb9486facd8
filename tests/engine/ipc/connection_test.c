/* SPDX-License-Identifier: MIT */
/* One connection of the server: streams cut anywhere or spoilt, floods, and readers that do not
 * read. */
#include "ipc/connection.h"

#include <unistd.h>
#include "fake_server.h"
#include "ipc/hello.h"
#include "live_server.h"
#include "raw_client.h"
#include "test.h"

TEST(connection_takes_requests_cut_anywhere)
{
    ody_bytes bytes = {0};
    live_server live;
    uint32_t number;
    size_t at = 0;
    int fd;

    live_init(&live);
    live_start(&live);
    fd = live_raw(&live);
    CHECK_EQUAL(ody__ipc_hello_write(&bytes, 1), 0);
    for (uint32_t nth = 1; nth <= 300; nth++) {
        raw_write_publish(&bytes, nth, nth % 2 ? "orders" : "a-channel-with-a-longer-name");
    }
    for (unsigned seed = 7; at < bytes.length; seed = seed * 1103515245u + 12345u) {
        size_t length = bytes.length < 2000 || at < 2000 ? 1 : 1 + (seed >> 16) % 97;

        length = length < bytes.length - at ? length : bytes.length - at;
        fake_send(fd, (ody_view){bytes.data + at, length});
        at += length;
    }
    CHECK(fake_read(fd, &(ody_ipc_header){0}, &bytes));
    for (uint32_t nth = 1; nth <= 300; nth++) {
        CHECK_EQUAL(raw_read_answer(fd, &number), 0);
        CHECK_EQUAL(number, nth);
    }
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}

TEST(connection_refuses_what_is_no_hello)
{
    static const struct {
        ody_view bytes;
    } cases[] = {
        {{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35}},
        {{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12}},
        {{"\x08\0\0\0\x10\0\0\0\0\0\0\0", 12}},           /* a request before the hello */
        {{"\x08\0\0\0\x01\0\0\0\0\0\0\0", 12}},           /* a hello without versions */
        {{"\x0b\0\0\0\x01\0\0\0\0\0\0\0\x01\0\xff", 15}}, /* a field that is cut off */
        {{"\0\0\x01\0\x01\0\0\0\0\0\0\0", 12}},           /* a hello of 64 KiB */
        {{"\0\0\0\0\x01\0\0\0\0\0\0\0", 12}},             /* shorter than its header */
    };
    live_server live;

    live_init(&live);
    live_start(&live);
    for (size_t index = 0; index < sizeof(cases) / sizeof(cases[0]); index++) {
        int fd = live_raw(&live);

        fake_send(fd, cases[index].bytes);
        CHECK_EQUAL(raw_read_refusal(fd), ODY_EPROTOCOL);
        CHECK(raw_ended(fd));
        close(fd);
    }
    live_await(&live, live_connections, 0);
    live_stop(&live);
    live_remove(&live);
}

TEST(connection_ends_a_connection_that_breaks_the_protocol)
{
    static const struct {
        ody_view bytes;
        uint32_t number;
    } cases[] = {
        {{"\xff\xff\xff\xff\x10\0\0\0\x09\0\0\0", 12}, 0},
        {{"\x01\0\0\0\x10\0\0\0\x09\0\0\0", 12}, 0},
        {{"\x0a\0\0\0\x10\0\0\0\x09\0\0\0\x10\0", 14}, 9},                 /* half a field */
        {{"\x0e\0\0\0\x10\0\0\0\x09\0\0\0\x10\0\xff\xff\xff\xff", 18}, 9}, /* a giant field */
        {{"\x0e\0\0\0\x10\0\0\0\x09\0\0\0\x14\0\0\0\0\0", 18}, 9}, /* a number without bytes */
    };
    live_server live;
    uint32_t number;

    live_init(&live);
    live_start(&live);
    for (size_t index = 0; index < sizeof(cases) / sizeof(cases[0]); index++) {
        int fd = live_raw_greeted(&live);

        fake_send(fd, cases[index].bytes);
        CHECK_EQUAL(raw_read_answer(fd, &number), ODY_EPROTOCOL);
        CHECK_EQUAL(number, cases[index].number);
        CHECK(raw_ended(fd));
        close(fd);
    }
    live_await(&live, live_connections, 0);
    live_stop(&live);
    live_remove(&live);
}

typedef struct flood {
    int fd;
    uint32_t count;
    uint16_t type;
} flood;

static void *flood_run(void *context)
{
    const flood *self = context;
    ody_bytes bytes = {0};

    for (uint32_t nth = 1; nth <= self->count; nth++) {
        if (self->type == ODY_IPC_PUBLISH) {
            raw_write_publish(&bytes, nth, "orders");
        } else {
            raw_write_question(&bytes, nth, self->type, NULL);
        }
    }
    fake_send(self->fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
    return NULL;
}

static void read_all_in_order(int fd, uint32_t count)
{
    uint32_t number;

    for (uint32_t nth = 1; nth <= count; nth++) {
        CHECK_EQUAL(raw_read_answer(fd, &number), 0);
        CHECK_EQUAL(number, nth);
    }
}

TEST(connection_bounds_the_requests_in_flight)
{
    flood self = {.count = 20000, .type = ODY_IPC_PUBLISH};
    live_server live;
    pthread_t thread;

    live_init(&live);
    live_start(&live);
    self.fd = live_raw_greeted(&live);
    live_hold(&live);
    CHECK_EQUAL(pthread_create(&thread, NULL, flood_run, &self), 0);
    live_await(&live, live_pending, ODY_IPC_PENDING_MAX);
    for (int round = 0; round < 100; round++) {
        CHECK_EQUAL(live_pending(&live), ODY_IPC_PENDING_MAX);
    }
    live_release(&live);
    read_all_in_order(self.fd, self.count);
    pthread_join(thread, NULL);
    CHECK_EQUAL(live.published, self.count);
    close(self.fd);
    live_stop(&live);
    live_remove(&live);
}

TEST(connection_stops_reading_from_those_who_do_not_read)
{
    flood self = {.count = 3000, .type = ODY_IPC_STATUS};
    live_server live;
    pthread_t thread;
    size_t bytes;

    live_init(&live);
    live.status_padding = 20000;
    live_start(&live);
    self.fd = live_raw_greeted(&live);
    CHECK_EQUAL(pthread_create(&thread, NULL, flood_run, &self), 0);
    while (raw_unsent(&live) < ODY_IPC_UNSENT_MAX) {
        sched_yield();
    }
    for (int round = 0; round < 100; round++) {
        bytes = raw_unsent(&live);
        CHECK(bytes >= ODY_IPC_UNSENT_MAX && bytes < ODY_IPC_UNSENT_MAX + 2 * 21000);
    }
    read_all_in_order(self.fd, self.count);
    pthread_join(thread, NULL);
    CHECK_EQUAL(raw_unsent(&live), 0);
    close(self.fd);
    live_stop(&live);
    live_remove(&live);
}

TEST(connection_bounds_lists_that_nobody_reads)
{
    unsigned whole = 0, refused = 0;
    ody_bytes bytes = {0};
    live_server live;
    int fd;

    live_init(&live);
    live_start(&live);
    fd = live_raw_greeted(&live);
    live_hold(&live);
    for (uint32_t nth = 1; nth <= 100; nth++) {
        raw_write_question(&bytes, nth, ODY_IPC_SUBSCRIBERS, "many-50000");
    }
    fake_send(fd, ody_bytes_view(&bytes));
    live_await(&live, live_pending, 100);
    live_release(&live);
    CHECK(raw_unsent(&live) >= ODY_IPC_UNSENT_MAX);
    CHECK(raw_unsent(&live) < ODY_IPC_UNSENT_MAX + (3u << 20));
    for (uint32_t nth = 1; nth <= 100; nth++) {
        uint32_t number;
        int code = raw_read_answer(fd, &number);

        CHECK_EQUAL(number, nth);
        CHECK(code == 0 || code == ODY_EOVERLOADED);
        whole += code == 0;
        refused += code < 0;
    }
    CHECK(whole >= 8 && refused >= 50);
    CHECK_EQUAL(raw_unsent(&live), 0);
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}

TEST(connection_gives_up_on_those_who_never_read)
{
    ody_bytes bytes = {0};
    live_server live;
    int fd;

    live_init(&live);
    live.stall_seconds = 0.2;
    live_start(&live);
    fd = live_raw_greeted(&live);
    raw_write_question(&bytes, 1, ODY_IPC_SUBSCRIBERS, "many-100000");
    fake_send(fd, ody_bytes_view(&bytes));
    live_await(&live, live_connections, 0);
    CHECK_EQUAL(raw_unsent(&live), 0);
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16 & 0x7fff;
}

/* A stream that begins well and is then spoilt in one to eight places. */
static void write_spoilt(ody_bytes *out, unsigned *seed)
{
    size_t hello;

    CHECK_EQUAL(ody__ipc_hello_write(out, 1), 0);
    hello = out->length;
    for (uint32_t nth = 1; nth <= 6; nth++) {
        raw_write_publish(out, nth, "orders");
        raw_write_question(out, nth, (uint16_t)(ODY_IPC_WHISPER + nth % 6), "yes");
    }
    for (unsigned count = 1 + next_random(seed) % 8; count > 0; count--) {
        size_t begin = next_random(seed) % 8 == 0 ? 0 : hello;
        size_t at = begin + next_random(seed) % (out->length - begin);

        out->data[at] = (char)next_random(seed);
    }
}

TEST(connection_survives_spoilt_streams)
{
    ody_bytes bytes = {0};
    unsigned seed = 20;
    live_server live;
    uint32_t number;
    int fd;

    live_init(&live);
    live_start(&live);
    for (int round = 0; round < 3000; round++) {
        size_t cut;

        ody_bytes_clear(&bytes);
        write_spoilt(&bytes, &seed);
        cut = 1 + next_random(&seed) % (bytes.length - 1);
        fd = live_raw(&live);
        fake_send(fd, (ody_view){bytes.data, cut});
        fake_send(fd, (ody_view){bytes.data + cut, bytes.length - cut});
        close(fd);
    }
    live_await(&live, live_connections, 0);
    CHECK_EQUAL(live_pending(&live), 0);
    CHECK_EQUAL(raw_unsent(&live), 0);
    fd = live_raw_greeted(&live);
    raw_send_publish(fd, 1, "orders");
    CHECK_EQUAL(raw_read_answer(fd, &number), 0);
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}
