/* SPDX-License-Identifier: MIT */
/* The server against clients that come in numbers, go away or never greet. */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/memory.h"
#include "apps.h"
#include "fake_server.h"
#include "ipc/connection.h"
#include "ipc/hello.h"
#include "live_server.h"
#include "raw_client.h"
#include "test.h"

TEST(server_answers_what_came_with_the_hello)
{
    ody_bytes bytes = {0};
    ody_ipc_header header;
    live_server live;
    uint32_t number;
    int fd;

    live_init(&live);
    live_start(&live);
    fd = live_raw(&live);
    CHECK_EQUAL(ody__ipc_hello_write(&bytes, 1), 0);
    raw_write_publish(&bytes, 41, "orders");
    raw_write_publish(&bytes, 42, "orders");
    fake_send(fd, ody_bytes_view(&bytes));
    CHECK(fake_read(fd, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_WELCOME);
    CHECK_EQUAL(raw_read_answer(fd, &number), 0);
    CHECK_EQUAL(number, 41);
    CHECK_EQUAL(raw_read_answer(fd, &number), 0);
    CHECK_EQUAL(number, 42);
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}

TEST(server_answers_a_request_of_a_later_version)
{
    ody_bytes bytes = {0};
    live_server live;
    uint32_t number;
    int fd;

    live_init(&live);
    live_start(&live);
    fd = live_raw_greeted(&live);
    raw_write_question(&bytes, 5, 4711, NULL);
    raw_write_publish(&bytes, 6, "orders");
    fake_send(fd, ody_bytes_view(&bytes));
    CHECK_EQUAL(raw_read_answer(fd, &number), ODY_EVERSION);
    CHECK_EQUAL(number, 5);
    CHECK_EQUAL(raw_read_answer(fd, &number), 0);
    CHECK_EQUAL(number, 6);
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}

TEST(server_gives_up_on_those_who_do_not_say_hello)
{
    live_server live;
    int silent, dripping, greeted;
    uint32_t number;

    live_init(&live);
    live.hello_seconds = 1;
    live_start(&live);
    silent = live_raw(&live);
    dripping = live_raw(&live);
    fake_send(dripping, ODY_VIEW("\x30\0\0\0\x01"));
    greeted = live_raw_greeted(&live);
    CHECK(raw_ended(silent));
    CHECK(raw_ended(dripping));
    raw_send_publish(greeted, 1, "orders");
    CHECK_EQUAL(raw_read_answer(greeted, &number), 0);
    CHECK_EQUAL(live_connections(&live), 1);
    close(silent);
    close(dripping);
    close(greeted);
    live_stop(&live);
    live_remove(&live);
}

TEST(server_cancels_the_requests_of_a_client_that_is_gone)
{
    live_server live;
    uint32_t number;
    int gone, here;

    live_init(&live);
    live_start(&live);
    gone = live_raw_greeted(&live);
    here = live_raw_greeted(&live);
    live_hold(&live);
    for (uint32_t nth = 0; nth < 10; nth++) {
        raw_send_publish(gone, nth, "orders");
    }
    raw_send_publish(here, 77, "orders");
    live_await(&live, live_pending, 11);
    close(gone);
    live_await(&live, live_pending, 1);
    live_release(&live);
    CHECK_EQUAL(raw_read_answer(here, &number), 0);
    CHECK_EQUAL(number, 77);
    CHECK_EQUAL(live_connections(&live), 1);
    close(here);
    live_stop(&live);
    live_remove(&live);
}

TEST(server_bounds_its_connections)
{
    static int descriptors[ODY_IPC_CONNECTIONS_MAX];
    struct rlimit limit;
    live_server live;
    uint32_t number;
    int fd;

    CHECK_EQUAL(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 2 * ODY_IPC_CONNECTIONS_MAX + 100;
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    live_init(&live);
    live.hello_seconds = 60;
    live_start(&live);
    for (size_t index = 0; index < ODY_IPC_CONNECTIONS_MAX; index++) {
        descriptors[index] = index == 0 ? live_raw_greeted(&live) : live_raw(&live);
    }
    live_await(&live, live_connections, ODY_IPC_CONNECTIONS_MAX);
    fd = live_raw(&live);
    CHECK_EQUAL(raw_read_refusal(fd), ODY_EOVERLOADED);
    CHECK(raw_ended(fd));
    close(fd);
    raw_send_publish(descriptors[0], 1, "orders");
    CHECK_EQUAL(raw_read_answer(descriptors[0], &number), 0);
    close(descriptors[1]);
    live_await(&live, live_connections, ODY_IPC_CONNECTIONS_MAX - 1);
    descriptors[1] = live_raw_greeted(&live);
    for (size_t index = 0; index < ODY_IPC_CONNECTIONS_MAX; index++) {
        close(descriptors[index]);
    }
    live_await(&live, live_connections, 0);
    live_stop(&live);
    live_remove(&live);
}

static void call_iteration(live_server *live, void *context)
{
    *(unsigned *)context = ev_iteration(live->loop);
}

/* Leaves no descriptor free. Returns how many were taken. */
static int take_descriptors(int *taken, int most)
{
    int count = 0;

    while (count < most && (taken[count] = dup(0)) >= 0) {
        count++;
    }
    CHECK(count < most);
    CHECK_EQUAL(errno, EMFILE);
    return count;
}

TEST(server_does_not_spin_without_descriptors)
{
    const struct rlimit low = {100, 100};
    unsigned before, after;
    int taken[128], count;
    ody_bytes bytes = {0};
    ody_ipc_header header;
    live_server live;
    int fd;

    live_init(&live);
    live_start(&live);
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &low), 0);
    count = take_descriptors(taken, 128);
    close(taken[--count]);
    fd = live_raw(&live); /* takes the last one, so that accepting fails */
    live_call(&live, call_iteration, &before);
    CHECK_EQUAL(usleep(500000), 0); /* the thing measured is how often the loop turns meanwhile */
    live_call(&live, call_iteration, &after);
    CHECK(after - before < 20);
    CHECK_EQUAL(live_connections(&live), 0);
    close(taken[--count]);
    CHECK_EQUAL(ody__ipc_hello_write(&bytes, 1), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    CHECK(fake_read(fd, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_WELCOME);
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}

static void call_drain(live_server *live, void *context)
{
    (void)context;
    ody_ipc_server_drain(live->ipc);
}

TEST(server_drains)
{
    ody_bytes bytes = {0};
    ody_bytes message = {0};
    ody_ipc_header header;
    live_server live;
    uint32_t number;
    int fd, late;

    live_init(&live);
    live_start(&live);
    fd = live_raw_greeted(&live);
    live_hold(&live);
    raw_send_publish(fd, 1, "orders");
    live_await(&live, live_pending, 1);
    live_call(&live, call_drain, NULL);
    raw_write_publish(&bytes, 2, "orders");
    raw_write_question(&bytes, 3, ODY_IPC_STATUS, NULL);
    fake_send(fd, ody_bytes_view(&bytes));
    CHECK_EQUAL(raw_read_answer(fd, &number), ODY_EDRAINING);
    CHECK_EQUAL(number, 2);
    CHECK_EQUAL(raw_read_answer(fd, &number), 0);
    CHECK_EQUAL(number, 3);
    late = live_raw(&live);
    CHECK_EQUAL(live_connections(&live), 1);
    live_release(&live);
    CHECK_EQUAL(raw_read_answer(fd, &number), 0);
    CHECK_EQUAL(number, 1);
    CHECK(fake_read(fd, &header, &message));
    CHECK_EQUAL(header.type, ODY_IPC_FAREWELL);
    CHECK(!fake_read(fd, &header, &message));
    live_await(&live, live_connections, 0);
    ody_bytes_fini(&message);
    close(late);
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}

/* Who is idle, who has not said hello yet, and who is in the middle of a request. */
TEST(server_that_drains_leaves_nobody_waiting)
{
    ody_bytes bytes = {0};
    ody_ipc_header header;
    live_server live;
    int idle, silent, halfway;

    live_init(&live);
    live_start(&live);
    idle = live_raw_greeted(&live);
    silent = live_raw(&live);
    halfway = live_raw_greeted(&live);
    raw_write_publish(&bytes, 1, "orders");
    fake_send(halfway, (ody_view){bytes.data, bytes.length - 1});
    live_await(&live, live_connections, 3);
    live_call(&live, call_drain, NULL);
    CHECK(fake_read(idle, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_FAREWELL);
    CHECK(!fake_read(idle, &header, &bytes));
    CHECK(fake_read(silent, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_REFUSED);
    CHECK(!fake_read(silent, &header, &bytes));
    CHECK(fake_read(halfway, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_FAREWELL);
    live_await(&live, live_connections, 0);
    CHECK_EQUAL(live.published, 0);
    close(idle);
    close(silent);
    close(halfway);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}

static void call_reload(live_server *live, void *context)
{
    ody_ipc_server_reload(live->ipc, context);
    ody_requests_reload(live->requests, context);
}

TEST(server_takes_other_limits_while_it_runs)
{
    live_server live;
    ody_options options;
    ody_client *client;
    ody_error error;
    uint64_t reached;
    static char text[300000];
    const ody_view channel = ODY_VIEW("orders");
    const ody_client_publish publish = {.channels = &channel,
                                        .channel_count = 1,
                                        .event = ODY_VIEW("e"),
                                        .data = {text, sizeof(text)}};

    memset(text, 'x', sizeof(text));
    live_init(&live);
    live_start(&live);
    client = live_client(&live);
    CHECK_EQUAL(ody_client_publish_message(client, &publish, &reached, &error), ODY_EPAYLOAD_SIZE);
    options = live.options;
    test_apps_copy(&options)->limits.event_data_size = sizeof(text);
    live_call(&live, call_reload, &options);
    CHECK_EQUAL(ody_client_publish_message(client, &publish, &reached, &error), 0);
    ody_client_free(client);
    live_stop(&live);
    live_remove(&live);
}

static void call_fail_at(live_server *live, void *context)
{
    (void)live;
    ody_memory_fail_at(*(long *)context);
}

static void ignore_id(void *context, ody_view socket_id)
{
    (void)context;
    (void)socket_id;
}

/* Whichever allocation of the server fails, the client gets an answer or a clear loss, and the next
 * request works. */
static void fail_allocations(live_server *live, int (*ask)(ody_client *client, ody_error *error))
{
    unsigned failures = 0;
    long none = 0;

    for (long nth = 1; nth <= 12; nth++) {
        ody_client *client = live_client(live);
        uint64_t reached;
        ody_error error;
        int code;

        live_call(live, call_fail_at, &nth);
        code = ask(client, &error);
        live_call(live, call_fail_at, &none);
        CHECK(code == 0 || code == ODY_EMEMORY || code == ODY_EOUTCOME_UNKNOWN ||
              code == ODY_ENO_SERVER);
        failures += code < 0;
        CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
        ody_client_free(client);
    }
    CHECK(failures >= 2);
    live_await(live, live_connections, 0);
    CHECK_EQUAL(raw_unsent(live), 0);
}

static int ask_publish(ody_client *client, ody_error *error)
{
    uint64_t reached;

    return live_publish(client, "orders", &reached, error);
}

static int ask_subscribers(ody_client *client, ody_error *error)
{
    return ody_client_subscribers(client, ODY_VIEW("many-1000"), ignore_id, NULL, error);
}

static int ask_status(ody_client *client, ody_error *error)
{
    ody_view json;

    return ody_client_status(client, &json, error);
}

TEST(server_survives_failed_allocations)
{
    live_server live;

    live_init(&live);
    live_start(&live);
    fail_allocations(&live, ask_publish);
    fail_allocations(&live, ask_subscribers);
    fail_allocations(&live, ask_status);
    live_stop(&live);
    live_remove(&live);
}

TEST(server_is_not_made_without_memory)
{
    ody_options options = {0};
    const ody_ipc_setup setup = {.options = &options};

    ody_memory_fail_at(1);
    CHECK(ody_ipc_server_new(&setup) == NULL);
    ody_memory_fail_at(0);
    ody_ipc_server_free(NULL);
}
