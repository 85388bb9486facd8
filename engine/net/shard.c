/* SPDX-License-Identifier: MIT */
/* A shard's thread: loop, context, mailbox, clock, drain and end. */
#include "net/client.h"

#include <signal.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#define TICK_SECONDS 0.064
#define MAIL_PER_TURN 8192 /* sockets must be read, too, while mail pours in */
#define TRIM_AFTER_MS 5000
#define TRIM_DROP 1000
/* Longer than any handshake may take: ours is the time limit, not that of libwebsockets (s). */
#define LIBRARY_TIME 3600

/* Once a shard is made, libwebsockets would only repeat in other words what we log with peer and
 * phase: that is for debugging. */
static _Atomic bool library_repeats;

/* libwebsockets speaks of its own inner life; it is worth reading only when something is wrong. */
static void on_library_log(int level, const char *line)
{
    static ody_log_gate gate;
    uint64_t suppressed;
    size_t length = strcspn(line, "\n");

    if (atomic_load_explicit(&library_repeats, memory_order_relaxed) &&
        !ody_log_enabled(ODY_LOG_DEBUG)) {
        return;
    }
    if (ody_log_gate_pass(&gate, ody_clock_ms(), &suppressed)) {
        ody_log(level == LLL_ERR ? ODY_LOG_WARNING : ODY_LOG_DEBUG, "libwebsockets",
                ODY_TEXT("line", ((ody_view){line, length})), ODY_NUMBER("suppressed", suppressed));
    }
}

static void transport_wake(void *context, ody_connection *connection)
{
    ody_shard *shard = context;

    if (!ody_list_linked(&connection->awake)) {
        ody_list_append(&shard->awake, &connection->awake);
    }
}

static int transport_post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    ody_shard *shard = context;

    return shard->setup.post(shard->setup.context, target, take_mail, must);
}

static bool transport_full(void *context, unsigned target)
{
    ody_shard *shard = context;

    return shard->setup.full(shard->setup.context, target);
}

static void transport_pause(void *context, ody_connection *connection, bool paused)
{
    ody_client_socket *client = ody_container_of(connection, ody_client_socket, connection);

    (void)context;
    client->paused = paused;
    ody__client_read(client);
}

static uint64_t transport_clock(void *context)
{
    (void)context;
    return ody_clock_us();
}

static const ody_transport transport = {
    .wake = transport_wake,
    .post = transport_post,
    .pause = transport_pause,
    .full = transport_full,
    .clock = transport_clock,
};

static void wake_shard(void *context)
{
    ody_shard *shard = context;

    ev_async_send(shard->loop, &shard->wake);
}

/* Handles mail until this turn has enough to send; the rest waits for the next turn, in order. A
 * wake is only sent to an empty mailbox, so the mailbox must be seen empty before the loop may
 * sleep. */
static void handle_mail(ody_shard *shard)
{
    uint64_t now = ody_clock_ms();

    for (int count = 0; count < MAIL_PER_TURN && !ody_hub_turn_full(shard->hub); count++) {
        ody_mail *mail;

        if (!shard->mail) {
            shard->mail = ody_mailbox_take(&shard->mailbox);
        }
        if (!shard->mail) {
            ev_idle_stop(shard->loop, &shard->more);
            return;
        }
        mail = (ody_mail *)shard->mail;
        shard->mail = shard->mail->next;
        if (mail->kind == ODY_MAIL_UPGRADE) {
            ody__acceptor_upgrade(shard, mail);
        } else {
            ody_hub_mail(shard->hub, mail, now);
        }
    }
    ev_idle_start(shard->loop, &shard->more);
}

static void on_wake(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop;
    (void)events;
    handle_mail(watcher->data);
}

static void on_more(struct ev_loop *loop, ev_idle *watcher, int events)
{
    (void)loop;
    (void)events;
    handle_mail(watcher->data);
}

/* The end of a turn: two looks at the clock say how busy the shard is, and how long messages take.
 */
static void on_flush(struct ev_loop *loop, ev_prepare *watcher, int events)
{
    ody_shard *shard = watcher->data;
    uint64_t now;

    (void)loop;
    (void)events;
    /* Answers go before frames: a large fan-out takes its time. */
    ody_wakes_send(&shard->wakes);
    ody__flush_all(shard);
    ody_wakes_send(&shard->wakes);
    now = ody_clock_us();
    ody_hub_flushed(shard->hub, now);
    ody_count(shard->counters, turns, 1);
    ody_count(shard->counters, busy_time, now - shard->turn_began);
}

static void on_woke(struct ev_loop *loop, ev_check *watcher, int events)
{
    ody_shard *shard = watcher->data;

    (void)loop;
    (void)events;
    shard->turn_began = ody_clock_us();
}

/* After many clients have left and it is quiet, their memory goes back to the system. */
static void trim_when_quiet(ody_shard *shard, uint64_t now)
{
    size_t count = ody_hub_connection_count(shard->hub);

    if (count > shard->peak) {
        shard->peak = count;
    }
    if (shard->peak - count < TRIM_DROP && count * 4 > shard->peak) {
        shard->trim_at = 0;
    } else if (shard->trim_at == 0 && shard->peak > count) {
        shard->trim_at = now + TRIM_AFTER_MS;
    } else if (shard->trim_at != 0 && now >= shard->trim_at) {
        ody_memory_trim();
        shard->trim_at = 0;
        shard->peak = count;
    }
}

static void end_when_drained(ody_shard *shard, uint64_t now)
{
    if (shard->stopping ||
        (shard->drain_deadline != 0 &&
         (now >= shard->drain_deadline || ody_hub_connection_count(shard->hub) == 0))) {
        ev_break(shard->loop, EVBREAK_ALL);
    }
}

static void on_tick(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_shard *shard = watcher->data;
    uint64_t now = ody_clock_ms();

    (void)loop;
    (void)events;
    ody_hub_advance(shard->hub, now);
    ody__flush_review(shard);
    trim_when_quiet(shard, now);
    end_when_drained(shard, now);
}

static void kill_handshakes(ody_shard *shard)
{
    while (!ody_list_empty(&shard->handshakes)) {
        ody__client_kill(ody_container_of(shard->handshakes.next, ody_client_socket, member));
    }
}

static void on_close(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop;
    (void)events;
    ody__acceptor_stop(watcher->data);
}

static void on_drain(struct ev_loop *loop, ev_async *watcher, int events)
{
    ody_shard *shard = watcher->data;

    (void)loop;
    (void)events;
    if (shard->drain_deadline == 0) {
        shard->drain_deadline = ody_clock_ms() + shard->options->drain_time;
        ody__acceptor_stop(shard);
        kill_handshakes(shard);
        /* Messages that were accepted before go out before the close frames. */
        handle_mail(shard);
        ody_hub_drain(shard->hub);
    }
}

static void on_stop(struct ev_loop *loop, ev_async *watcher, int events)
{
    ody_shard *shard = watcher->data;

    (void)events;
    shard->stopping = true;
    ev_break(loop, EVBREAK_ALL);
}

static void watchers_start(ody_shard *shard)
{
    ev_async_init(&shard->wake, on_wake);
    ev_async_init(&shard->close, on_close);
    ev_async_init(&shard->drain, on_drain);
    ev_async_init(&shard->stop, on_stop);
    ev_prepare_init(&shard->flush, on_flush);
    ev_check_init(&shard->woke, on_woke);
    ev_set_priority(&shard->woke, EV_MAXPRI);
    ev_idle_init(&shard->more, on_more);
    /* At the usual priority it would have to wait until no socket has anything to say. */
    ev_set_priority(&shard->more, EV_MAXPRI);
    ev_timer_init(&shard->tick, on_tick, TICK_SECONDS, TICK_SECONDS);
    shard->wake.data = shard->close.data = shard->drain.data = shard->stop.data = shard;
    shard->flush.data = shard->woke.data = shard->more.data = shard->tick.data = shard;
    ev_async_start(shard->loop, &shard->wake);
    ev_async_start(shard->loop, &shard->close);
    ev_async_start(shard->loop, &shard->drain);
    ev_async_start(shard->loop, &shard->stop);
    ev_prepare_start(shard->loop, &shard->flush);
    ev_check_start(shard->loop, &shard->woke);
    ev_timer_start(shard->loop, &shard->tick);
    ody__reload_start(shard);
}

/* libwebsockets changes what SIGPIPE does for the whole process. We need no change: a shard's
 * thread blocks all signals, and every send of ours asks for none. */
static struct lws_context *context_new(ody_shard *shard)
{
    static const lws_retry_bo_t no_timers;
    void *loops[] = {shard->loop};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = loops,
        .retry_and_idle_policy = &no_timers,
        .timeout_secs = shard->setup.library_time ? shard->setup.library_time : LIBRARY_TIME,
        .user = shard,
    };
    struct sigaction before;
    struct lws_context *context;

    if (shard->options->tls_certificate) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    }
    atomic_store(&library_repeats, false);
    lws_set_log_level(LLL_ERR | LLL_WARN, on_library_log);
    sigaction(SIGPIPE, NULL, &before);
    context = lws_create_context(&info);
    sigaction(SIGPIPE, &before, NULL);
    return context;
}

static int shard_make(ody_shard *shard, ody_error *error)
{
    shard->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOSIGMASK);
    shard->hub = ody_hub_new(shard->setup.shared, shard->setup.index, shard->setup.count,
                             &transport, shard, ody_clock_ms());
    if (!shard->loop || !shard->hub) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    shard->wheel = ody_hub_wheel(shard->hub);
    shard->counters = ody_hub_counters(shard->hub);
    shard->context = context_new(shard);
    if (!shard->context) {
        return ody_error_set(error, ODY_ESYSTEM,
                             "libwebsockets made no context: is its libev plugin installed?");
    }
    watchers_start(shard);
    return ody__vhosts_new(shard, error);
}

int ody_shard_new(const ody_shard_setup *setup, ody_shard **out, ody_error *error)
{
    ody_shard *shard = ody_calloc(1, sizeof(*shard));
    int code;

    if (!shard) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    shard->setup = *setup;
    ody__reload_init(shard);
    ody_list_init(&shard->awake);
    ody_list_init(&shard->handshakes);
    ody_list_init(&shard->stalled);
    ody_list_init(&shard->gone);
    ody_mailbox_init(&shard->mailbox, shard->options->limits.mailbox_size, wake_shard, shard);
    code = shard_make(shard, error);
    if (code < 0) {
        ody_shard_free(shard);
        return code;
    }
    atomic_store(&library_repeats, true);
    *out = shard;
    return 0;
}

/* Cuts whoever is still there: libwebsockets runs the callbacks of their end. */
static void close_all(ody_shard *shard)
{
    kill_handshakes(shard);
    lws_context_destroy(shard->context);
    shard->context = NULL;
    ody__flush_all(shard);
}

static void *run(void *context)
{
    ody_shard *shard = context;
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    ody_wakes_hold(&shard->wakes);
    ody__acceptor_start(shard);
    shard->turn_began = ody_clock_us();
    ev_run(shard->loop, 0);
    ody__acceptor_stop(shard);
    close_all(shard);
    ody_wakes_send(&shard->wakes);
    return NULL;
}

int ody_shard_start(ody_shard *shard, ody_error *error)
{
    if (pthread_create(&shard->thread, NULL, run, shard) != 0) {
        return ody_error_set(error, ODY_ESYSTEM, "a shard's thread could not be started");
    }
    shard->running = true;
    return 0;
}

int ody_shard_post(ody_shard *shard, ody_mail *take_mail, bool must)
{
    return ody_mailbox_post(&shard->mailbox, &take_mail->node, must);
}

uint64_t ody_shard_queued(const ody_shard *shard)
{
    return ody_mailbox_bytes(&shard->mailbox);
}

bool ody_shard_full(const ody_shard *shard)
{
    return ody_mailbox_full(&shard->mailbox);
}

void ody_shard_close(ody_shard *shard)
{
    ev_async_send(shard->loop, &shard->close);
}

void ody_shard_drain(ody_shard *shard)
{
    ev_async_send(shard->loop, &shard->drain);
}

void ody_shard_stop(ody_shard *shard)
{
    ev_async_send(shard->loop, &shard->stop);
}

void ody_shard_join(ody_shard *shard)
{
    if (shard->running) {
        pthread_join(shard->thread, NULL);
        shard->running = false;
    }
}

static void free_chain(ody_mailbox_node *node)
{
    while (node) {
        ody_mailbox_node *next = node->next;

        ody_mail_free((ody_mail *)node);
        node = next;
    }
}

void ody_shard_drop_mail(ody_shard *shard)
{
    free_chain(shard->mail);
    shard->mail = NULL;
    free_chain(ody_mailbox_take(&shard->mailbox));
}

void ody_shard_free(ody_shard *shard)
{
    if (!shard) {
        return;
    }
    if (shard->context) {
        lws_context_destroy(shard->context);
    }
    ody__vhosts_free(shard);
    ody_shard_drop_mail(shard);
    if (shard->hub) {
        ody_hub_free(shard->hub);
    }
    ody_mailbox_fini(&shard->mailbox);
    ody__reload_fini(shard);
    if (shard->loop) {
        ev_loop_destroy(shard->loop);
    }
    ody_free(shard);
}
