/* SPDX-License-Identifier: MIT */
/* The server's thread, the played shard, and ways to look inside. */
#include "live_server.h"

#include <stdlib.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "apps.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/memory.h"
#include "fake_server.h"
#include "ipc/hello.h"
#include "ipc/server_times.h"
#include "ody/log.h"
#include "ody/server.h"
#include "test.h"

#define LONG_MS 50000

static const ody_channel_entry listing[2] = {
    {.name = {"orders", 6}, .type = "public", .subscribers = 3},
    {.name = {"presence-room", 13}, .type = "presence", .subscribers = 5, .users = 4},
};

static void answer_subscribers(ody_mail *mail)
{
    uint64_t count = 3;
    ody_socket_id *ids;

    if (ody_view_starts(mail->channel, ODY_VIEW("many-"))) {
        char text[16] = {0};

        memcpy(text, mail->channel.data + 5, mail->channel.length - 5);
        count = strtoul(text, NULL, 10);
    }
    ids = ody_malloc(count * sizeof(*ids) + 1);
    if (!ids) {
        mail->code = ODY_EMEMORY;
        return;
    }
    for (uint64_t index = 0; index < count; index++) {
        ids[index] =
            (ody_socket_id){1 + ODY_SHARDS_MAX * index, UINT64_C(4503599627370495) - index};
    }
    mail->result = ids;
    mail->result_length = count * sizeof(*ids);
    mail->number = count;
}

static void answer_question(live_server *live, ody_mail *mail)
{
    switch (mail->kind) {
    case ODY_MAIL_PUBLISH:
        atomic_fetch_add(&live->published, 1);
        mail->number = 3;
        if (ody_view_starts(mail->channel, ODY_VIEW("missing"))) {
            mail->number = 0;
            mail->code = ODY_ECHANNEL_NOT_FOUND;
        }
        break;
    case ODY_MAIL_SUBSCRIBERS:
        answer_subscribers(mail);
        break;
    case ODY_MAIL_CHANNELS:
        mail->number = 2;
        mail->result_length = sizeof(listing);
        mail->result = ody_memdup((const char *)listing, sizeof(listing));
        if (!mail->result) {
            mail->number = mail->result_length = 0;
            mail->code = ODY_EMEMORY;
        }
        break;
    case ODY_MAIL_VERDICT:
        snprintf(live->verdict, sizeof(live->verdict), "%d %d %.*s %.*s", mail->code,
                 (int)mail->number, (int)mail->data.length, mail->data.data,
                 (int)mail->event.length, mail->event.data);
        ody_mail_free(mail);
        atomic_fetch_add(&live->verdicts, 1);
        return;
    case ODY_MAIL_INTEREST:
        ody_mail_free(mail);
        return;
    default:
        mail->number = ody_view_starts(mail->channel, ODY_VIEW("yes"));
    }
    mail->kind = ODY_MAIL_ANSWER;
    ody_requests_mail(live->requests, mail);
}

static void answer_all(live_server *live)
{
    ody_mailbox_node *node = live->first;

    live->first = NULL;
    live->last = &live->first;
    while (node) {
        ody_mailbox_node *next = node->next;

        answer_question(live, (ody_mail *)node);
        node = next;
    }
}

static int post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    live_server *live = context;

    (void)must;
    CHECK_EQUAL(target, 0);
    take_mail->node.next = NULL;
    *live->last = &take_mail->node;
    live->last = &take_mail->node.next;
    ev_async_send(live->loop, &live->wake);
    return 0;
}

static bool full(void *context, unsigned target)
{
    (void)context;
    (void)target;
    return false;
}

static const ody_transport transport = {.post = post, .full = full};

static void on_wake(struct ev_loop *loop, ev_async *watcher, int events)
{
    live_server *live = watcher->data;

    (void)loop;
    (void)events;
    if (!live->hold) {
        answer_all(live);
    }
}

static void on_call(struct ev_loop *loop, ev_async *watcher, int events)
{
    live_server *live = watcher->data;

    (void)loop;
    (void)events;
    pthread_mutex_lock(&live->lock);
    live->function(live, live->context);
    pthread_mutex_unlock(&live->lock);
    sem_post(&live->done);
}

static void write_status(void *context, ody_bytes *out)
{
    const live_server *live = context;

    ody_bytes_append_literal(out, "{\"pid\":1,\"channels\":2}");
    for (size_t index = 0; index < live->status_padding; index++) {
        ody_bytes_append_byte(out, ' ');
    }
}

void live_init(live_server *live)
{
    memset(live, 0, sizeof(*live));
    fake_place(live->directory, sizeof(live->directory), live->path, sizeof(live->path));
    live->options = (ody_options){
        .socket_path = live->path,
        .worker_num = 1,
        .php_worker_num = 1,
        .php_worker_queue = 10,
        .php_worker_timeout = LONG_MS,
        .limits = {.message_size = 65536, .mailbox_size = 64u << 20},
    };
    test_apps(&live->options, 1, "key", "secret")->limits.event_data_size = 100000;
    live->hello_seconds = 5;
    live->stall_seconds = 30;
    sem_init(&live->done, 0, 0);
    pthread_mutex_init(&live->lock, NULL);
    ody_log_setup(STDERR_FILENO, ODY_LOG_ERROR, ODY_LOG_READABLE);
    ody_hash_seed();
}

static void *run(void *context)
{
    live_server *live = context;

    ev_run(live->loop, 0);
    return NULL;
}

void live_start(live_server *live)
{
    ody_error error;

    live->listen_fd = ody_listen_unix(&live->options, &error);
    if (live->listen_fd < 0) {
        FAIL("%s", error.message);
    }
    live->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOSIGMASK);
    live->first = NULL;
    live->last = &live->first;
    live->requests = ody_requests_new(&live->options, 1, &transport, live);
    live->calls = ody_calls_new(&live->options, 1, &transport, live);
    live->ipc = ody_ipc_server_new(&(ody_ipc_setup){
        .calls = live->calls,
        .loop = live->loop,
        .listen_fd = live->listen_fd,
        .requests = live->requests,
        .options = &live->options,
        .status = write_status,
        .context = live,
    });
    CHECK(live->loop && live->requests && live->ipc);
    if (live->version > 0) {
        ody__ipc_server_set_version(live->ipc, live->version);
    }
    ody__ipc_server_set_times(live->ipc, live->hello_seconds, live->stall_seconds);
    ev_async_init(&live->wake, on_wake);
    ev_async_init(&live->call, on_call);
    live->wake.data = live->call.data = live;
    ev_async_start(live->loop, &live->wake);
    ev_async_start(live->loop, &live->call);
    CHECK_EQUAL(pthread_create(&live->thread, NULL, run, live), 0);
}

static void call_stop(live_server *live, void *context)
{
    (void)context;
    ev_break(live->loop, EVBREAK_ALL);
}

void live_stop(live_server *live)
{
    live_call(live, call_stop, NULL);
    pthread_join(live->thread, NULL);
    ody_ipc_server_free(live->ipc);
    CHECK_EQUAL(ody_requests_pending(live->requests), 0);
    answer_all(live);
    ody_calls_free(live->calls);
    ody_requests_free(live->requests);
    ev_loop_destroy(live->loop);
    close(live->listen_fd);
}

void live_remove(live_server *live)
{
    unlink(live->path);
    CHECK_EQUAL(rmdir(live->directory), 0);
}

void live_call(live_server *live, void (*function)(live_server *live, void *context), void *context)
{
    pthread_mutex_lock(&live->lock);
    live->function = function;
    live->context = context;
    pthread_mutex_unlock(&live->lock);
    ev_async_send(live->loop, &live->call);
    fake_await(&live->done);
}

static void call_hold(live_server *live, void *context)
{
    live->hold = *(bool *)context;
    if (!live->hold) {
        answer_all(live);
    }
}

void live_hold(live_server *live)
{
    bool hold = true;

    live_call(live, call_hold, &hold);
}

void live_release(live_server *live)
{
    bool hold = false;

    live_call(live, call_hold, &hold);
}

static void call_pending(live_server *live, void *context)
{
    *(size_t *)context = ody_requests_pending(live->requests);
}

size_t live_pending(live_server *live)
{
    size_t count;

    live_call(live, call_pending, &count);
    return count;
}

static void call_connections(live_server *live, void *context)
{
    *(size_t *)context = ody_ipc_server_connections(live->ipc);
}

size_t live_connections(live_server *live)
{
    size_t count;

    live_call(live, call_connections, &count);
    return count;
}

void live_await(live_server *live, size_t (*count)(live_server *live), size_t wanted)
{
    while (count(live) != wanted) {
        sched_yield();
    }
}

static void call_ask(live_server *live, void *context)
{
    const char *text = context;
    ody_mail *mail = ody_mail_new(ODY_MAIL_CALL, 0, &(ody_mail_texts){.data = ody_view_of(text)});

    mail->client = (ody_socket_id){1, 7};
    mail->number = ODY_CALL_MESSAGE;
    ody_calls_mail(live->calls, mail, ody_clock_ms());
}

void live_ask(live_server *live, const char *text)
{
    live_call(live, call_ask, (void *)(uintptr_t)text);
}

static void call_workers(live_server *live, void *context)
{
    *(size_t *)context = ody_calls_look(live->calls).workers;
}

size_t live_workers(live_server *live)
{
    size_t count;

    live_call(live, call_workers, &count);
    return count;
}

ody_client *live_client(const live_server *live)
{
    ody_client *client = ody_client_new(live->path, LONG_MS, LONG_MS);

    CHECK(client != NULL);
    return client;
}

int live_publish(ody_client *client, const char *channel, uint64_t *reached, ody_error *error)
{
    const ody_view name = ody_view_of(channel);
    const ody_client_publish publish = {
        .channels = &name,
        .channel_count = 1,
        .event = ODY_VIEW("new"),
        .data = ODY_VIEW("{}"),
    };

    return ody_client_publish_message(client, &publish, reached, error);
}

int live_raw(const live_server *live)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, live->path, strlen(live->path));
    CHECK_EQUAL(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

int live_raw_greeted(const live_server *live)
{
    ody_bytes bytes = {0};
    ody_ipc_header header;
    int fd = live_raw(live);

    CHECK_EQUAL(ody__ipc_hello_write(&bytes, ODY_IPC_VERSION), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    CHECK(fake_read(fd, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_WELCOME);
    ody_bytes_fini(&bytes);
    return fd;
}
