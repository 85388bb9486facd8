/* SPDX-License-Identifier: MIT */
/* The API thread's loop, mailbox and clock; what it does for others is in ipc/ and hub/requests. */
#include "api_thread.h"

#include <ev.h>
#include <pthread.h>
#include "base/clock.h"
#include "base/mailbox.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/wakes.h"
#include "cluster/redis_inlet.h"
#include "hub/mail.h"
#include "http/server.h"
#include "ipc/server.h"
#include "metrics.h"
#include "overview.h"
#include "status.h"
#include "webhook/webhooks.h"

#define CALL_CHECK_SECONDS 0.05
#define DRAIN_CHECK_SECONDS 0.01
/* How long a stop waits for who has come, but has not said what he wants (ms). */
#define ARRIVALS_MS 300
/* The most that a stop waits for the receivers of webhooks (ms). */
#define WEBHOOKS_MS 2000

struct ody_api_thread {
    ody_api_setup setup;
    struct ev_loop *loop;
    ev_async wake;
    ev_async stop;
    ev_timer second;
    ev_timer call_check; /* runs while PHP workers have something to do */
    ody_mailbox mailbox;
    ody_wakes wakes; /* of other threads, until the turn ends */
    ev_prepare turn_end;
    ody_requests *requests;
    ody_calls *calls;
    ody_tails *tails;
    ody_ipc_server *ipc;
    ody_http_server *http; /* NULL: there is no HTTP API */
    bool had_workers;      /* PHP workers have been there */
    ody_webhooks *webhooks;
    ody_redis_inlet *redis;
    uint64_t started_at;
    uint64_t started_unix; /* seconds */
    const ody_options *options;
    const ody_options *held; /* our reference to them; NULL: those that it began with */
    _Atomic(const ody_options *) in_force; /* the same, for other threads */
    ev_async reload;
    ev_async drain;
    ev_timer drain_check; /* runs while it drains, until all is answered */
    uint64_t drain_began;
    _Atomic bool drained;
    pthread_mutex_t lock;    /* of the rest: what the main thread tells it */
    const ody_options *next; /* with one reference, or NULL: nothing waits */
    uint64_t loaded_unix;    /* seconds */
    ody_server_change change;
    bool changed;
    pthread_t thread;
    bool running;
};

static void call_mail(ody_api_thread *thread, ody_mail *take_mail)
{
    ody_calls_mail(thread->calls, take_mail, ody_clock_ms());
    if (!ev_is_active(&thread->call_check)) {
        ev_timer_again(thread->loop, &thread->call_check);
    }
}

static void on_call_check(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_api_thread *thread = watcher->data;
    ody_calls_state state;

    (void)events;
    ody_calls_advance(thread->calls, ody_clock_ms());
    state = ody_calls_look(thread->calls);
    if (state.queued == 0 && state.busy == 0) {
        ev_timer_stop(loop, watcher);
    }
}

static void socket_mail(ody_api_thread *thread, ody_mail *take_mail)
{
    if (thread->http) {
        ody_http_server_socket(thread->http, ody_mail_take_socket(take_mail));
    } else {
        ody_mail_free(take_mail);
    }
}

static void webhook_mail(ody_api_thread *thread, ody_mail *take_mail)
{
    char socket_id[ODY_SOCKET_ID_TEXT];
    const ody_webhook_notice notice = {
        .app = take_mail->app,
        .kind = (ody_webhook_event)take_mail->number,
        .channel = take_mail->channel,
        .user_id = take_mail->user_id,
        .event = take_mail->event,
        .data = take_mail->data,
        .socket_id = ody_socket_id_format(take_mail->client, socket_id),
    };

    ody_webhooks_tell(thread->webhooks, &notice);
    ody_mail_free(take_mail);
}

static void take_mail(ody_api_thread *thread)
{
    ody_mailbox_node *node = ody_mailbox_take(&thread->mailbox);

    while (node) {
        ody_mail *mail = (ody_mail *)node;

        node = node->next;
        if (mail->kind == ODY_MAIL_CALL || mail->kind == ODY_MAIL_NOTICE) {
            call_mail(thread, mail);
        } else if (mail->kind == ODY_MAIL_SOCKET) {
            socket_mail(thread, mail);
        } else if (mail->kind == ODY_MAIL_WEBHOOK) {
            webhook_mail(thread, mail);
        } else if (mail->kind == ODY_MAIL_OBSERVED) {
            ody_tails_mail(thread->tails, mail, ody_clock_unix_ms());
        } else {
            ody_requests_mail(thread->requests, mail);
        }
    }
}

static void on_wake(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop;
    (void)events;
    take_mail(watcher->data);
}

static void on_stop(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)events;
    /* What the shards have said before they ended may not have been looked at. */
    take_mail(watcher->data);
    ev_break(loop, EVBREAK_ALL);
}

static void on_second(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_api_thread *thread = watcher->data;

    (void)loop;
    (void)events;
    ody_requests_advance(thread->requests, ody_clock_ms());
    ody_tails_advance(thread->tails, ody_clock_ms());
    thread->had_workers = thread->had_workers || ody_calls_look(thread->calls).workers > 0;
}

static void on_reload(struct ev_loop *loop, ev_async *watcher, int events)
{
    ody_api_thread *thread = watcher->data;
    const ody_options *next;

    (void)loop;
    (void)events;
    pthread_mutex_lock(&thread->lock);
    next = thread->next;
    thread->next = NULL;
    pthread_mutex_unlock(&thread->lock);
    if (!next) {
        return;
    }
    ody_requests_reload(thread->requests, next);
    ody_calls_reload(thread->calls, next);
    ody_ipc_server_reload(thread->ipc, next);
    if (thread->http) {
        ody_http_server_reload(thread->http, next);
    }
    ody_webhooks_reload(thread->webhooks, next);
    ody_redis_inlet_reload(thread->redis, next);
    ody_options_unref(thread->held);
    thread->options = thread->held = next;
    atomic_store(&thread->in_force, next);
    thread->setup.progress(thread->setup.context);
}

static void on_drain(struct ev_loop *loop, ev_async *watcher, int events)
{
    ody_api_thread *thread = watcher->data;

    (void)events;
    ody_ipc_server_drain(thread->ipc);
    if (thread->http) {
        ody_http_server_drain(thread->http);
    }
    ody_webhooks_drain(thread->webhooks);
    ody_redis_inlet_drain(thread->redis);
    thread->drain_began = ody_clock_ms();
    ev_timer_again(loop, &thread->drain_check);
}

/* Whether somebody has come to the HTTP API whose request may just be on its way. */
static bool awaits_requests(const ody_api_thread *thread, const ody_http_state *http)
{
    const ody_shared *shared = thread->setup.shared;
    uint64_t arriving = http->fresh;

    for (unsigned shard = 0; shard < thread->setup.shard_count; shard++) {
        arriving += ody_http_shares_port(thread->options)
                        ? atomic_load(&shared->counters[shard].handshakes)
                        : 0;
    }
    return arriving > 0 && ody_clock_ms() < thread->drain_began + ARRIVALS_MS;
}

static bool all_answered(const ody_api_thread *thread)
{
    ody_http_state http;

    if (ody_requests_pending(thread->requests) > 0) {
        return false;
    }
    if (!thread->http) {
        return true;
    }
    http = ody_http_server_look(thread->http);
    return http.requests == 0 && !awaits_requests(thread, &http);
}

static void on_drain_check(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_api_thread *thread = watcher->data;

    (void)events;
    if (all_answered(thread)) {
        ev_timer_stop(loop, watcher);
        if (thread->http) {
            ody_http_server_close(thread->http);
        }
        atomic_store(&thread->drained, true);
        thread->setup.progress(thread->setup.context);
    }
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *watcher, int events)
{
    ody_api_thread *thread = watcher->data;

    (void)loop;
    (void)events;
    ody_wakes_send(&thread->wakes);
}

static void wake_thread(void *context)
{
    ody_api_thread *thread = context;

    ev_async_send(thread->loop, &thread->wake);
}

static uint64_t queued(void *context, unsigned target)
{
    const ody_api_thread *thread = context;

    return target < thread->setup.shard_count ? thread->setup.queued(thread->setup.context, target)
                                              : ody_mailbox_bytes(&thread->mailbox);
}

/* What is said about the server, gathered at one moment. */
typedef struct facts {
    ody_calls_state calls;
    ody_redis_state redis;
    ody_http_state http;
    ody_webhooks_state webhooks;
    ody_server_change change;
    ody_status_facts status;
    ody_metrics_facts metrics;
} facts;

static void gather_status(ody_api_thread *thread, facts *out)
{
    out->calls = ody_calls_look(thread->calls);
    out->redis = ody_redis_inlet_look(thread->redis);
    out->status = (ody_status_facts){
        .options = thread->options,
        .calls = &out->calls,
        .webhooks = thread->webhooks,
        .redis = &out->redis,
        .started_at = thread->started_unix,
        .supervisor_pid = thread->setup.sockets->supervisor_pid,
        .shard_count = thread->setup.shard_count,
        .processes = ody_ipc_server_connections(thread->ipc),
        .requests = ody_requests_pending(thread->requests),
        .uptime_ms = ody_clock_ms() - thread->started_at,
    };
    pthread_mutex_lock(&thread->lock);
    out->change = thread->change;
    out->status.change = thread->changed ? &out->change : NULL;
    out->status.loaded_at = thread->loaded_unix;
    pthread_mutex_unlock(&thread->lock);
}

static void gather(ody_api_thread *thread, facts *out)
{
    gather_status(thread, out);
    out->http = ody_http_server_look(thread->http);
    out->webhooks = ody_webhooks_look(thread->webhooks);
    out->metrics = (ody_metrics_facts){
        .shared = thread->setup.shared,
        .options = thread->options,
        .shard_count = thread->setup.shard_count,
        .started_at = thread->started_unix,
        .loaded_at = out->status.loaded_at,
        .uptime_ms = out->status.uptime_ms,
        .queued = queued,
        .context = thread,
        .processes = out->status.processes,
        .requests = out->status.requests,
        .http = &out->http,
        .calls = &out->calls,
        .redis = &out->redis,
        .webhooks = &out->webhooks,
    };
}

static void write_status(void *context, ody_bytes *out)
{
    ody_api_thread *thread = context;
    facts now;

    gather_status(thread, &now);
    ody_status_write(out, thread->setup.shared, &now.status);
}

static void write_metrics(void *context, ody_bytes *out)
{
    facts now;

    gather(context, &now);
    ody_metrics_write(out, &now.metrics);
}

static void write_overview(void *context, ody_bytes *out)
{
    ody_api_thread *thread = context;
    facts now;

    gather(thread, &now);
    ody_overview_write(out, &(ody_overview_facts){.metrics = &now.metrics,
                                                  .status = &now.status,
                                                  .clock_us = ody_clock_us(),
                                                  .tails = ody_tails_count(thread->tails)});
}

/* Connections wait until PHP workers have said what they want to decide. */
static bool is_ready(void *context)
{
    ody_api_thread *thread = context;

    thread->had_workers = thread->had_workers || ody_calls_look(thread->calls).workers > 0;
    return thread->options->php_worker_num == 0 || thread->had_workers;
}

static int http_start(ody_api_thread *thread, ody_error *error)
{
    const ody_options *options = thread->options;
    bool own = ody_http_has_listener(options);

    if (!own && !ody_http_shares_port(options)) {
        return 0;
    }
    return ody_http_server_new(
        &(ody_http_setup){
            .loop = thread->loop,
            .listen_fd = own ? thread->setup.sockets->http_listen : -1,
            .requests = thread->requests,
            .tails = thread->tails,
            .shared = thread->setup.shared,
            .transport = thread->setup.transport,
            .transport_context = thread->setup.context,
            .shard_count = thread->setup.shard_count,
            .options = options,
            .metrics = write_metrics,
            .overview = write_overview,
            .ready = is_ready,
            .context = thread,
        },
        &thread->http, error);
}

static void watchers_start(ody_api_thread *thread)
{
    ev_async_init(&thread->wake, on_wake);
    ev_async_init(&thread->stop, on_stop);
    ev_timer_init(&thread->second, on_second, 1., 1.);
    ev_timer_init(&thread->call_check, on_call_check, 0., CALL_CHECK_SECONDS);
    thread->wake.data = thread->stop.data = thread->second.data = thread;
    thread->call_check.data = thread;
    ev_async_start(thread->loop, &thread->wake);
    ev_async_start(thread->loop, &thread->stop);
    ev_timer_start(thread->loop, &thread->second);
    ev_async_init(&thread->reload, on_reload);
    ev_async_init(&thread->drain, on_drain);
    ev_prepare_init(&thread->turn_end, on_turn_end);
    /* Behind all others, which may still post. */
    ev_set_priority(&thread->turn_end, EV_MINPRI);
    thread->turn_end.data = thread;
    ev_prepare_start(thread->loop, &thread->turn_end);
    ev_timer_init(&thread->drain_check, on_drain_check, 0., DRAIN_CHECK_SECONDS);
    thread->reload.data = thread->drain.data = thread->drain_check.data = thread;
    ev_async_start(thread->loop, &thread->reload);
    ev_async_start(thread->loop, &thread->drain);
}

/* With what needs only memory, of which all may be missing but the thread. @return NULL: even that.
 */
static ody_api_thread *thread_new(const ody_api_setup *setup)
{
    const ody_options *options = setup->shared->options;
    ody_api_thread *thread = ody_calloc(1, sizeof(*thread));

    if (!thread) {
        return NULL;
    }
    thread->setup = *setup;
    thread->started_at = ody_clock_ms();
    thread->started_unix = thread->loaded_unix = ody_clock_unix_ms() / 1000;
    thread->options = options;
    atomic_init(&thread->in_force, options);
    pthread_mutex_init(&thread->lock, NULL);
    thread->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOSIGMASK);
    ody_mailbox_init(&thread->mailbox, options->limits.mailbox_size, wake_thread, thread);
    thread->requests =
        ody_requests_new(options, setup->shard_count, setup->transport, setup->context);
    thread->calls = ody_calls_new(options, setup->shard_count, setup->transport, setup->context);
    thread->tails = ody_tails_new(setup->shard_count, setup->transport, setup->context);
    return thread;
}

static void inlets_start(ody_api_thread *thread)
{
    thread->ipc = ody_ipc_server_new(&(ody_ipc_setup){
        .loop = thread->loop,
        .listen_fd = thread->setup.sockets->unix_listen,
        .requests = thread->requests,
        .calls = thread->calls,
        .options = thread->options,
        .status = write_status,
        .context = thread,
    });
    thread->redis = ody_redis_inlet_new(&(ody_redis_inlet_setup){
        .loop = thread->loop,
        .requests = thread->requests,
        .options = thread->options,
        .times = ODY_REDIS_TIMES,
    });
}

/* @return 0 or ODY_E…, with error filled. */
static int all_start(ody_api_thread *thread, ody_error *error)
{
    const ody_webhooks_setup webhooks = {.options = thread->options};
    int code = ODY_EMEMORY;

    if (thread->loop && thread->requests && thread->calls && thread->tails) {
        watchers_start(thread);
        inlets_start(thread);
        code = ody_webhooks_new(&webhooks, &thread->webhooks, error);
    }
    if (code < 0 || !thread->ipc || !thread->redis) {
        return ody_error_set(error, ODY_EMEMORY, "the API thread could not be made: %s",
                             ody_error_text(ODY_EMEMORY));
    }
    return http_start(thread, error);
}

int ody_api_thread_new(const ody_api_setup *setup, ody_api_thread **out, ody_error *error)
{
    ody_api_thread *thread = thread_new(setup);
    int code;

    if (!thread) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    code = all_start(thread, error);
    if (code < 0) {
        ody_api_thread_free(thread);
        return code;
    }
    *out = thread;
    return 0;
}

static void *run(void *context)
{
    ody_api_thread *thread = context;

    ody_wakes_hold(&thread->wakes);
    ev_run(thread->loop, 0);
    ody_wakes_send(&thread->wakes);
    return NULL;
}

int ody_api_thread_start(ody_api_thread *thread, ody_error *error)
{
    int code = ody_webhooks_start(thread->webhooks, error);

    if (code < 0) {
        return code;
    }
    if (pthread_create(&thread->thread, NULL, run, thread) != 0) {
        return ody_error_set(error, ODY_ESYSTEM, "the API thread could not be started");
    }
    thread->running = true;
    return 0;
}

int ody_api_thread_post(ody_api_thread *thread, ody_mail *take_mail, bool must)
{
    return ody_mailbox_post(&thread->mailbox, &take_mail->node, must);
}

bool ody_api_thread_full(const ody_api_thread *thread)
{
    return ody_mailbox_full(&thread->mailbox);
}

void ody_api_thread_reload(ody_api_thread *thread, const ody_options *options)
{
    pthread_mutex_lock(&thread->lock);
    ody_options_unref(thread->next);
    thread->next = ody_options_ref(options);
    thread->loaded_unix = ody_clock_unix_ms() / 1000;
    pthread_mutex_unlock(&thread->lock);
    ev_async_send(thread->loop, &thread->reload);
}

const ody_options *ody_api_thread_options(const ody_api_thread *thread)
{
    return atomic_load(&thread->in_force);
}

void ody_api_thread_change(ody_api_thread *thread, const ody_server_change *change)
{
    pthread_mutex_lock(&thread->lock);
    thread->change = *change;
    thread->changed = true;
    pthread_mutex_unlock(&thread->lock);
}

void ody_api_thread_drain(ody_api_thread *thread)
{
    ev_async_send(thread->loop, &thread->drain);
}

bool ody_api_thread_drained(const ody_api_thread *thread)
{
    return atomic_load(&thread->drained);
}

void ody_api_thread_stop(ody_api_thread *thread)
{
    uint32_t grant = thread->options->drain_time;

    if (thread->running) {
        ev_async_send(thread->loop, &thread->stop);
        pthread_join(thread->thread, NULL);
        thread->running = false;
    }
    ody_webhooks_stop(thread->webhooks, grant < WEBHOOKS_MS ? grant : WEBHOOKS_MS);
}

void ody_api_thread_free(ody_api_thread *thread)
{
    if (!thread) {
        return;
    }
    ody_http_server_free(thread->http);
    ody_ipc_server_free(thread->ipc);
    ody_webhooks_free(thread->webhooks);
    ody_redis_inlet_free(thread->redis);
    ody_requests_free(thread->requests);
    ody_calls_free(thread->calls);
    ody_tails_free(thread->tails);
    for (ody_mailbox_node *node = ody_mailbox_take(&thread->mailbox), *next; node; node = next) {
        next = node->next;
        ody_mail_free((ody_mail *)node);
    }
    ody_mailbox_fini(&thread->mailbox);
    ody_options_unref(thread->held);
    ody_options_unref(thread->next);
    pthread_mutex_destroy(&thread->lock);
    if (thread->loop) {
        ev_loop_destroy(thread->loop);
    }
    ody_free(thread);
}
