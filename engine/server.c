/* SPDX-License-Identifier: MIT */
/* Puts the rooms together: shards and API thread are made, started, drained and freed here. */
#include "ody/server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "api_thread.h"
#include "base/map.h"
#include "base/memory.h"
#include "net/shard.h"

typedef struct server {
    const ody_options *options;
    const ody_server_sockets *sockets;
    ody_shared *shared;
    ody_api_thread *api;
    ody_shard *shards[ODY_SHARDS_MAX];
    unsigned made;    /* shards that exist */
    unsigned started; /* shards whose thread runs */
    int signals;
} server;

static int post_mail(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    server *self = context;

    if (target < self->options->worker_num) {
        return ody_shard_post(self->shards[target], take_mail, must);
    }
    return ody_api_thread_post(self->api, take_mail, must);
}

static bool mailbox_full(void *context, unsigned target)
{
    const server *self = context;

    return target < self->options->worker_num ? ody_shard_full(self->shards[target])
                                              : ody_api_thread_full(self->api);
}

/* The API thread has no connections to flush: only the mail half of a transport is its. */
static const ody_transport api_transport = {.post = post_mail, .full = mailbox_full};

/* All signals are blocked before the first thread, which inherits that; SIGTERM is read here. */
static int signals_open(ody_error *error)
{
    sigset_t all;
    sigset_t heeded;
    int descriptor;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&heeded);
    sigaddset(&heeded, SIGTERM);
    descriptor = signalfd(-1, &heeded, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0) {
        return ody_error_set(error, ODY_ESYSTEM, "signalfd: %s", strerror(errno));
    }
    return descriptor;
}

/* Every client is a descriptor, and the usual soft limit is far below what the system allows. */
static void descriptors_raise(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int server_make(server *self, ody_error *error)
{
    unsigned count = self->options->worker_num;
    int code;

    self->shared = ody_shared_new(self->options);
    if (!self->shared) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    for (unsigned index = 0; index < count; index++) {
        const ody_shard_setup setup = {
            .shared = self->shared,
            .index = index,
            .count = count,
            .listen_fd = self->sockets->listen[index],
            .post = post_mail,
            .full = mailbox_full,
            .context = self,
        };

        code = ody_shard_new(&setup, &self->shards[index], error);
        if (code < 0) {
            return code;
        }
        self->made++;
    }
    return ody_api_thread_new(
        &(ody_api_setup){
            .shared = self->shared,
            .shard_count = count,
            .sockets = self->sockets,
            .transport = &api_transport,
            .context = self,
        },
        &self->api, error);
}

static int server_start(server *self, ody_error *error)
{
    int code;

    while (self->started < self->made) {
        code = ody_shard_start(self->shards[self->started], error);
        if (code < 0) {
            return code;
        }
        self->started++;
    }
    return ody_api_thread_start(self->api, error);
}

/* Tells the supervisor that every shard listens. */
static void server_announce(const server *self)
{
    if (self->sockets->ready < 0) {
        return;
    }
    while (write(self->sockets->ready, "!", 1) < 0 && errno == EINTR) {
    }
    close(self->sockets->ready);
}

/* Sleeps until SIGTERM comes or the supervisor is gone. */
static void server_wait(const server *self)
{
    struct pollfd watched[2] = {
        {.fd = self->signals, .events = POLLIN},
        {.fd = self->sockets->parent, .events = POLLIN},
    };
    struct signalfd_siginfo information;

    while (poll(watched, 2, -1) < 0 && errno == EINTR) {
    }
    if (read(self->signals, &information, sizeof(information)) < 0 && errno == EAGAIN) {
        ody_log(ODY_LOG_WARNING, "the supervisor is gone: stopping");
    }
}

/* A thread's end is only seen by joining it, so a second SIGTERM is watched for by a helper that
 * the main thread cancels when all shards have ended. */
static void *watch_for_impatience(void *context)
{
    server *self = context;
    struct pollfd watched = {.fd = self->signals, .events = POLLIN};

    while (poll(&watched, 1, -1) < 0 && errno == EINTR) {
    }
    for (unsigned index = 0; index < self->started; index++) {
        ody_shard_stop(self->shards[index]);
    }
    return NULL;
}

static void server_stop(server *self, bool gracefully)
{
    pthread_t impatience;
    bool watching;

    if (self->shared) {
        atomic_store(&self->shared->draining, true);
    }
    for (unsigned index = 0; index < self->started; index++) {
        if (gracefully) {
            ody_shard_drain(self->shards[index]);
        } else {
            ody_shard_stop(self->shards[index]);
        }
    }
    watching = gracefully && pthread_create(&impatience, NULL, watch_for_impatience, self) == 0;
    for (unsigned index = 0; index < self->started; index++) {
        ody_shard_join(self->shards[index]);
    }
    if (watching) {
        pthread_cancel(impatience);
        pthread_join(impatience, NULL);
    }
    if (self->api) {
        ody_api_thread_stop(self->api);
    }
}

/* No thread runs any more. Mail is dropped first: it may refer to frames of another shard. */
static void server_free(server *self)
{
    for (unsigned index = 0; index < self->made; index++) {
        ody_shard_drop_mail(self->shards[index]);
    }
    ody_api_thread_free(self->api);
    for (unsigned index = 0; index < self->made; index++) {
        ody_shard_free(self->shards[index]);
    }
    ody_shared_free(self->shared);
    if (self->signals >= 0) {
        close(self->signals);
    }
}

int ody_server_run(const ody_options *options, const ody_server_sockets *sockets, ody_error *error)
{
    server self = {.options = options, .sockets = sockets};
    int code;

    ody_memory_setup();
    ody_hash_seed();
    descriptors_raise();
    self.signals = signals_open(error);
    if (self.signals < 0) {
        return self.signals;
    }
    code = server_make(&self, error);
    if (code == 0) {
        code = server_start(&self, error);
    }
    if (code == 0) {
        server_announce(&self);
        server_wait(&self);
    }
    server_stop(&self, code == 0);
    server_free(&self);
    return code;
}
