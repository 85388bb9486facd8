/* SPDX-License-Identifier: MIT */
/* Puts the rooms together: shards and API thread are made, started, drained and freed here. */
#include "ody/server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "api_thread.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/options.h"
#include "control.h"
#include "net/shard.h"
#include "reload.h"

/* How long the threads may take to take over other options, and requests on the way to be answered
 * when the server stops. */
#define RELOAD_MS 10000
#define REQUESTS_MS 2000
/* Open files when limits.connections does not say how many connections there may be. */
#define FILES_BY_DEFAULT 100000
/* Open files that are no clients: PHP processes, requests over HTTP, webhooks, loops, listeners. */
#define FILES_BESIDE 8192

typedef struct server {
    const ody_options *options;
    const ody_options *held; /* our reference to them; NULL: those that it began with */
    unsigned count;          /* shards */
    const ody_server_sockets *sockets;
    ody_shared *shared;
    ody_api_thread *api;
    ody_shard *shards[ODY_SHARDS_MAX];
    unsigned made;    /* shards that exist */
    unsigned started; /* shards whose thread runs */
    int signals;
    int progress; /* an eventfd: a thread has done what it was told */
} server;

static int post_mail(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    server *self = context;

    if (target < self->count) {
        return ody_shard_post(self->shards[target], take_mail, must);
    }
    return ody_api_thread_post(self->api, take_mail, must);
}

static bool mailbox_full(void *context, unsigned target)
{
    const server *self = context;

    return target < self->count ? ody_shard_full(self->shards[target])
                                : ody_api_thread_full(self->api);
}

static uint64_t shard_queued(void *context, unsigned shard)
{
    const server *self = context;

    return ody_shard_queued(self->shards[shard]);
}

static void note_progress(void *context)
{
    const server *self = context;

    eventfd_write(self->progress, 1);
}

static uint64_t read_clock(void *context)
{
    (void)context;
    return ody_clock_us();
}

/* The API thread has no connections to flush: only the mail half of a transport is its. */
static const ody_transport api_transport = {
    .post = post_mail, .full = mailbox_full, .clock = read_clock};

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

/* Every client is an open file, and the usual soft limit is far below what the system allows. But
 * libwebsockets 4.1 keeps a table of all files that are allowed and walks through it at each close,
 * so no more are allowed than may be needed. */
static void open_files_allow(uint32_t connections)
{
    rlim_t wanted = connections > 0 ? (rlim_t)connections + FILES_BESIDE : FILES_BY_DEFAULT;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void warn_of_few_files(const server *self)
{
    uint32_t wanted = self->options->limits.connections;
    uint32_t possible = atomic_load(&self->shared->connection_limit);

    if (wanted > possible) {
        ody_log(ODY_LOG_WARNING, "limits.connections is more than the limit of open files allows",
                ODY_NUMBER("connections", wanted), ODY_NUMBER("allowed", possible));
    }
}

static int server_make(server *self, ody_error *error)
{
    int code;

    self->shared = ody_shared_new(self->options);
    if (!self->shared) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    warn_of_few_files(self);
    for (unsigned index = 0; index < self->count; index++) {
        const ody_shard_setup setup = {
            .shared = self->shared,
            .index = index,
            .count = self->count,
            .listen_fd = self->sockets->listen[index],
            .post = post_mail,
            .full = mailbox_full,
            .reloaded = note_progress,
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
            .shard_count = self->count,
            .sockets = self->sockets,
            .transport = &api_transport,
            .queued = shard_queued,
            .progress = note_progress,
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

/* Sleeps until *reached says yes. @return false when that took too long or SIGTERM came before. */
static bool await(const server *self, bool (*reached)(const server *self), uint64_t within_ms)
{
    uint64_t deadline = ody_clock_ms() + within_ms;
    struct pollfd watched[2] = {
        {.fd = self->progress, .events = POLLIN},
        {.fd = self->signals, .events = POLLIN},
    };
    uint64_t now;
    eventfd_t count;

    while (!reached(self)) {
        now = ody_clock_ms();
        if (now >= deadline || watched[1].revents) {
            return false;
        }
        if (poll(watched, 2, (int)(deadline - now)) > 0 && watched[0].revents) {
            eventfd_read(self->progress, &count);
        }
    }
    return true;
}

static bool all_reloaded(const server *self)
{
    for (unsigned index = 0; index < self->count; index++) {
        if (ody_shard_options(self->shards[index]) != self->options) {
            return false;
        }
    }
    return ody_api_thread_options(self->api) == self->options;
}

/* One for each shard, so that no two threads share any. All, or none and an error. */
static int load_certificates(const server *self, const ody_options *options,
                             ody_certificate *certificates[ODY_SHARDS_MAX], ody_error *error)
{
    for (unsigned index = 0; index < self->count; index++) {
        int code = ody_certificate_load(options, &certificates[index], error);

        if (code < 0) {
            while (index > 0) {
                ody_certificate_free(certificates[--index]);
            }
            return code;
        }
    }
    return 0;
}

/* Tells every thread. From here on nothing fails. */
static void spread(server *self, const ody_options *take_options,
                   ody_certificate *take_certificates[ODY_SHARDS_MAX])
{
    ody_shared_limit(self->shared, take_options->limits.connections);
    ody_log_set_level((ody_log_level)take_options->log_level);
    for (unsigned index = 0; index < self->count; index++) {
        ody_shard_reload(self->shards[index], take_options, take_certificates[index]);
    }
    ody_api_thread_reload(self->api, take_options);
    ody_options_unref(self->held);
    self->options = self->held = take_options;
    warn_of_few_files(self);
}

static int reload(server *self, const ody_options *wanted, ody_error *error)
{
    ody_certificate *certificates[ODY_SHARDS_MAX];
    char kept[ODY_RELOAD_KEYS_SIZE];
    const ody_options *options;
    int code = ody_reload_merge(self->options, wanted, &options, kept, error);

    if (code < 0) {
        return code;
    }
    /* Nobody else has them yet. */
    code = ody_shared_take_apps(self->shared, (ody_app *)options->apps, options->app_count, error);
    if (code == 0) {
        code = load_certificates(self, options, certificates, error);
    }
    if (code < 0) {
        ody_options_unref(options);
        return code;
    }
    spread(self, options, certificates);
    if (!await(self, all_reloaded, RELOAD_MS)) {
        return ody_error_set(error, ODY_ETIMEOUT,
                             "not all threads have taken over the new configuration yet");
    }
    ody_log(ODY_LOG_INFO, "configuration reloaded");
    if (kept[0]) {
        ody_log(ODY_LOG_WARNING, "some keys need a restart and stay as they were",
                ODY_STRING("keys", kept));
    }
    return 0;
}

static void server_reload(server *self, ody_control_message *message)
{
    if (message->error.code == 0) {
        message->error.code = reload(self, message->options, &message->error);
        ody_options_unref(message->options);
    }
    if (message->error.code < 0) {
        ody_log(ODY_LOG_ERROR, "the configuration was not reloaded",
                ODY_STRING("reason", message->error.message));
    }
    ody_control_answer(self->sockets->control, &message->error);
}

/* @return false when the supervisor will say nothing any more. */
static bool server_listen(server *self)
{
    ody_control_message message;
    int code = ody_control_read(self->sockets->control, &message);

    if (code > 0 && message.kind == ODY_CONTROL_RELOAD) {
        server_reload(self, &message);
    } else if (code > 0) {
        ody_api_thread_change(self->api, &message.change);
    }
    return code >= 0;
}

/* Sleeps until SIGTERM comes or the supervisor is gone; does what it says meanwhile. */
static void server_wait(server *self)
{
    struct pollfd watched[3] = {
        {.fd = self->signals, .events = POLLIN},
        {.fd = self->sockets->parent, .events = POLLIN},
        {.fd = self->sockets->control, .events = POLLIN},
    };
    struct signalfd_siginfo information;

    do {
        while (poll(watched, 3, -1) < 0 && errno == EINTR) {
        }
        if (watched[2].revents && !server_listen(self)) {
            watched[2].fd = -1;
        }
    } while (!watched[0].revents && !watched[1].revents);
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

static bool requests_answered(const server *self)
{
    return ody_api_thread_drained(self->api);
}

/* Whoever comes next comes to the engine that takes our place, if there is one. Then processes come
 * first: what they asked for before is done while all clients are still there. */
static void server_stop(server *self, bool gracefully)
{
    pthread_t impatience;
    bool watching;

    if (self->shared) {
        atomic_store(&self->shared->draining, true);
    }
    for (unsigned index = 0; gracefully && index < self->started; index++) {
        ody_shard_close(self->shards[index]);
    }
    if (gracefully) {
        ody_api_thread_drain(self->api);
        if (!await(self, requests_answered, REQUESTS_MS)) {
            ody_log(ODY_LOG_INFO, "waiting no longer for requests of processes");
        }
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
    ody_options_unref(self->held);
    if (self->signals >= 0) {
        close(self->signals);
    }
    if (self->progress >= 0) {
        close(self->progress);
    }
}

int ody_server_run(const ody_options *options, const ody_server_sockets *sockets, ody_error *error)
{
    server self = {
        .options = options, .count = options->worker_num, .sockets = sockets, .progress = -1};
    int code;

    ody_memory_setup();
    ody_hash_seed();
    open_files_allow(options->limits.connections);
    self.signals = signals_open(error);
    if (self.signals < 0) {
        return self.signals;
    }
    self.progress = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    code = self.progress < 0 ? ody_error_set(error, ODY_ESYSTEM, "eventfd: %s", strerror(errno))
                             : server_make(&self, error);
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
