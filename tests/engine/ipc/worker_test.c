/* SPDX-License-Identifier: MIT */
/* A PHP worker's end against the real server. */
#include "ody/worker.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fake_server.h"
#include "ipc/worker_message.h"
#include "live_server.h"
#include "test.h"

#define WAIT_MS 20000

static const ody_worker_interest messages = {.messages = true};

static ody_worker *ready(live_server *live)
{
    ody_worker *worker = ody_worker_new(live->path, WAIT_MS);
    ody_error error;

    CHECK(worker != NULL);
    if (ody_worker_register(worker, &messages, &error) < 0) {
        FAIL("%s", error.message);
    }
    return worker;
}

static void await_verdicts(live_server *live, int count)
{
    while (atomic_load(&live->verdicts) < count) {
        usleep(1000);
    }
}

static void call_drain(live_server *live, void *context)
{
    (void)context;
    ody_ipc_server_drain(live->ipc);
}

/* Clients still leave, and what they do on their way concerns the application. */
TEST(worker_is_asked_while_the_server_drains)
{
    live_server live;
    ody_worker *worker;
    ody_worker_call call;
    ody_error error;

    live_init(&live);
    live_start(&live);
    worker = ready(&live);
    live_call(&live, call_drain, NULL);
    live_ask(&live, "one");
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), 1);
    CHECK_TEXT(call.data, "one");
    CHECK_EQUAL(ody_worker_reply(worker, &(ody_worker_answer){.verdict = ODY_VERDICT_PASS}, &error),
                0);
    await_verdicts(&live, 1);
    CHECK_EQUAL(live_workers(&live), 1);
    ody_worker_free(worker);
    live_await(&live, live_workers, 0);
    live_stop(&live);
    live_remove(&live);
}

TEST(worker_takes_calls_and_answers_them)
{
    live_server live;
    ody_worker *worker;
    ody_worker_call call;
    ody_error error;

    live_init(&live);
    live_start(&live);
    worker = ready(&live);
    CHECK_EQUAL(live_workers(&live), 1);
    CHECK(ody_worker_descriptor(worker) >= 0);
    CHECK_EQUAL(ody_worker_next(worker, 0, &call, &error), 0);
    live_ask(&live, "one");
    live_ask(&live, "two");
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), 1);
    CHECK_EQUAL(call.kind, ODY_CALL_MESSAGE);
    CHECK_TEXT(call.data, "one");
    CHECK_TEXT(call.socket_id, "1.7");
    CHECK(!call.channel.data && !call.head.data);
    CHECK_EQUAL(ody_worker_reply(worker,
                                 &(ody_worker_answer){.verdict = ODY_VERDICT_REFUSED,
                                                      .code = 429,
                                                      .message = ODY_VIEW("slow down")},
                                 &error),
                0);
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), 1);
    CHECK_TEXT(call.data, "two");
    await_verdicts(&live, 1);
    CHECK(strcmp(live.verdict, "2 429  slow down") == 0);
    CHECK_EQUAL(ody_worker_reply(
                    worker,
                    &(ody_worker_answer){.verdict = ODY_VERDICT_PASS, .data = ODY_VIEW("changed")},
                    &error),
                0);
    await_verdicts(&live, 2);
    CHECK(strcmp(live.verdict, "0 0 changed ") == 0);
    ody_worker_free(worker);
    live_await(&live, live_workers, 0);
    live_stop(&live);
    live_remove(&live);
}

/* Middleware may pass what limits.message_size allows, however small other limits are. */
TEST(worker_may_answer_with_a_whole_message)
{
    const size_t size = 2u << 20;
    char *text = malloc(size);
    live_server live;
    ody_worker *worker;
    ody_worker_call call;
    ody_error error;

    memset(text, 'x', size);
    live_init(&live);
    live.options.limits.message_size = (uint32_t)size;
    live_start(&live);
    worker = ready(&live);
    live_ask(&live, "one");
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), 1);
    CHECK_EQUAL(ody_worker_reply(worker,
                                 &(ody_worker_answer){.verdict = ODY_VERDICT_PASS,
                                                      .data = (ody_view){text, size}},
                                 &error),
                0);
    await_verdicts(&live, 1);
    CHECK(strncmp(live.verdict, "0 0 xxx", 7) == 0);
    ody_worker_free(worker);
    live_await(&live, live_workers, 0);
    live_stop(&live);
    live_remove(&live);
    free(text);
}

/* The answer to the registration and the first call come in one piece. */
TEST(worker_finds_calls_that_waited_for_it)
{
    live_server live;
    ody_worker *worker;
    ody_worker_call call;
    ody_error error;

    live_init(&live);
    live_start(&live);
    live_ask(&live, "one");
    worker = ready(&live);
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), 1);
    CHECK_TEXT(call.data, "one");
    CHECK_EQUAL(ody_worker_reply(worker, &(ody_worker_answer){0}, &error), 0);
    await_verdicts(&live, 1);
    ody_worker_free(worker);
    live_stop(&live);
    live_remove(&live);
}

TEST(worker_that_leaves_loses_no_call)
{
    live_server live;
    ody_worker *worker;
    ody_worker_call call;
    ody_error error;

    live_init(&live);
    live_start(&live);
    worker = ready(&live);
    live_ask(&live, "one");
    live_ask(&live, "two");
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), 1);
    CHECK_EQUAL(ody_worker_leave(worker, &error), 0);
    live_await(&live, live_workers, 1);
    CHECK_EQUAL(ody_worker_reply(worker, &(ody_worker_answer){0}, &error), 0);
    await_verdicts(&live, 1);
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), ODY_EDISCONNECTED);
    CHECK_EQUAL(live_workers(&live), 0);
    ody_worker_free(worker);
    worker = ready(&live);
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), 1);
    CHECK_TEXT(call.data, "two");
    CHECK_EQUAL(ody_worker_reply(worker, &(ody_worker_answer){0}, &error), 0);
    await_verdicts(&live, 2);
    CHECK_EQUAL(ody_worker_leave(worker, &error), 0);
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), ODY_EDISCONNECTED);
    CHECK_EQUAL(ody_worker_leave(worker, &error), ODY_EDISCONNECTED);
    ody_worker_free(worker);
    live_stop(&live);
    live_remove(&live);
}

TEST(worker_that_ends_in_a_call_fails_it)
{
    live_server live;
    ody_worker *worker;
    ody_worker_call call;
    ody_error error;

    live_init(&live);
    live_start(&live);
    worker = ready(&live);
    live_ask(&live, "one");
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), 1);
    ody_worker_free(worker);
    await_verdicts(&live, 1);
    CHECK(strcmp(live.verdict, "3 0  ") == 0);
    live_stop(&live);
    live_remove(&live);
}

static void call_late(live_server *live, void *context)
{
    (void)context;
    ody_calls_advance(live->calls, UINT64_MAX / 2);
}

TEST(worker_that_takes_too_long_is_killed)
{
    live_server live;
    pid_t child;
    int status;

    live_init(&live);
    live_start(&live);
    child = fork();
    if (child == 0) {
        ody_worker_call call;
        ody_error error;
        ody_worker *worker = ody_worker_new(live.path, WAIT_MS);

        if (ody_worker_register(worker, &messages, &error) == 0 &&
            ody_worker_next(worker, WAIT_MS, &call, &error) == 1) {
            for (;;) {
                pause();
            }
        }
        _exit(1);
    }
    live_await(&live, live_workers, 1);
    live_ask(&live, "for ever");
    live_call(&live, call_late, NULL);
    CHECK_EQUAL(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    await_verdicts(&live, 1);
    CHECK(strcmp(live.verdict, "3 0  ") == 0);
    CHECK_EQUAL(live_workers(&live), 0);
    live_stop(&live);
    live_remove(&live);
}

TEST(worker_hears_that_the_server_is_gone)
{
    live_server live;
    ody_worker *worker;
    ody_worker_call call;
    ody_error error;

    live_init(&live);
    live_start(&live);
    worker = ready(&live);
    live_stop(&live);
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), ODY_EDISCONNECTED);
    CHECK_EQUAL(ody_worker_next(worker, WAIT_MS, &call, &error), ODY_EDISCONNECTED);
    CHECK_EQUAL(ody_worker_reply(worker, &(ody_worker_answer){0}, &error), ODY_EDISCONNECTED);
    CHECK_EQUAL(ody_worker_register(worker, &messages, &error), ODY_ENO_SERVER);
    live_start(&live);
    CHECK_EQUAL(ody_worker_register(worker, &messages, &error), 0);
    ody_worker_free(worker);
    live_stop(&live);
    live_remove(&live);
}

TEST(worker_registers_once_and_with_sense)
{
    const ody_view types[] = {ODY_VIEW("")};
    const ody_worker_interest empty = {.handlers = types, .handler_count = 1};
    live_server live;
    ody_worker *worker;
    ody_error error;

    live_init(&live);
    live_start(&live);
    worker = ody_worker_new(live.path, WAIT_MS);
    CHECK_EQUAL(ody_worker_register(worker, &empty, &error), ODY_EINVALID);
    CHECK(strstr(error.message, "PHP worker"));
    CHECK_EQUAL(ody_worker_register(worker, &messages, &error), 0);
    CHECK_EQUAL(ody_worker_register(worker, &messages, &error), ODY_EINVALID);
    ody_worker_free(worker);
    live_stop(&live);
    live_remove(&live);
}

TEST(an_answer_without_a_call_breaks_the_protocol)
{
    live_server live;
    ody_bytes bytes = {0};
    ody_ipc_header header;
    int fd;

    live_init(&live);
    live_start(&live);
    fd = live_raw_greeted(&live);
    CHECK_EQUAL(ody__ipc_result_write(&bytes, 0, &(ody_worker_answer){0}), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    CHECK(fake_read(fd, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_ANSWER);
    CHECK(!fake_read(fd, &header, &bytes));
    close(fd);
    ody_bytes_fini(&bytes);
    live_stop(&live);
    live_remove(&live);
}
