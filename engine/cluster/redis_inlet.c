/* SPDX-License-Identifier: MIT */
/* Keeps one link alive, and holds the one message for which there is no room. */
#include "cluster/redis_inlet.h"

#include <stdio.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "cluster/backoff.h"

#define ROOM_SECONDS 0.01 /* until a shard's full mailbox is tried again */
#define REASON_SIZE 160

struct ody_redis_inlet {
    ody_redis_inlet_setup setup;
    ody_redis_feed feed;
    ody_redis_address *address; /* NULL: not read yet */
    char *channel;
    ody_redis_link *link; /* NULL: it waits for another attempt */
    unsigned attempt;
    ody_backoff backoff;
    ev_timer retry;
    ev_timer room;
    ody_bytes held; /* the message that waits for room */
    bool holding;
    bool up;
    uint64_t up_since; /* ms */
    uint64_t connected_at;
    uint64_t connects;
    uint64_t failures;
    char reason[REASON_SIZE]; /* of the last failure that was logged */
};

static void log_link(ody_log_level level, const char *message, const ody_redis_inlet *inlet,
                     const char *reason)
{
    char address[ODY_REDIS_ADDRESS_TEXT];

    ody_redis_address_show(inlet->address, address);
    if (reason) {
        ody_log(level, message, ODY_STRING("redis", address), ODY_STRING("reason", reason));
    } else {
        ody_log(level, message, ODY_STRING("redis", address),
                ODY_STRING("channel", inlet->channel));
    }
}

/* The same failure again and again is one line. */
static void log_failure(ody_redis_inlet *inlet, const char *reason)
{
    bool again = strncmp(inlet->reason, reason, REASON_SIZE - 1) == 0;

    log_link(again ? ODY_LOG_DEBUG : ODY_LOG_WARNING,
             inlet->up ? "the connection to Redis is lost; trying again"
                       : "there is no connection to Redis; trying again",
             inlet, reason);
    snprintf(inlet->reason, sizeof(inlet->reason), "%s", reason);
}

static void retry_later(ody_redis_inlet *inlet)
{
    uint32_t wait = ody_backoff_next(&inlet->backoff, (uint32_t)ody_random_bits(32));

    ev_timer_stop(inlet->setup.loop, &inlet->retry);
    ev_timer_set(&inlet->retry, wait / 1000. * inlet->setup.times.retry, 0.);
    ev_timer_start(inlet->setup.loop, &inlet->retry);
}

static void on_up(void *context)
{
    ody_redis_inlet *inlet = context;

    inlet->up = true;
    inlet->up_since = ody_clock_ms();
    inlet->connected_at = ody_clock_unix_ms() / 1000;
    inlet->connects++;
    inlet->reason[0] = '\0';
    log_link(ODY_LOG_INFO, "listening to Redis", inlet, NULL);
}

static void on_down(void *context, const char *reason)
{
    ody_redis_inlet *inlet = context;

    inlet->failures++;
    if (inlet->up &&
        (double)(ody_clock_ms() - inlet->up_since) / 1000. >= inlet->setup.times.steady) {
        ody_backoff_reset(&inlet->backoff);
    }
    log_failure(inlet, reason);
    inlet->up = false;
    inlet->connected_at = 0;
    ody_redis_link_close(inlet->link);
    inlet->link = NULL;
    retry_later(inlet);
}

/* @return whether it is done with. */
static bool take(ody_redis_inlet *inlet, ody_view text)
{
    return ody_redis_feed_take(&inlet->feed, text, ody_clock_ms()) == 0;
}

static bool on_message(void *context, ody_view payload)
{
    ody_redis_inlet *inlet = context;

    if (take(inlet, payload)) {
        return true;
    }
    ody_bytes_append_view(&inlet->held, payload);
    if (inlet->held.failed) {
        ody_bytes_fini(&inlet->held);
        ody_redis_feed_lose(&inlet->feed, ODY_EMEMORY);
        return true;
    }
    inlet->holding = true;
    ev_timer_again(inlet->setup.loop, &inlet->room);
    return false;
}

static void try_held(ody_redis_inlet *inlet)
{
    if (!inlet->holding || !take(inlet, ody_bytes_view(&inlet->held))) {
        return;
    }
    inlet->holding = false;
    ody_bytes_fini(&inlet->held);
    ev_timer_stop(inlet->setup.loop, &inlet->room);
    if (inlet->link) {
        ody_redis_link_resume(inlet->link);
    }
}

static void on_room(void *context)
{
    try_held(context);
}

static void on_room_timer(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    try_held(watcher->data);
}

static void connect_again(ody_redis_inlet *inlet)
{
    const ody_redis_link_setup setup = {
        .loop = inlet->setup.loop,
        .address = inlet->address,
        .channel = ody_view_of(inlet->channel),
        .attempt = inlet->attempt++,
        .times = inlet->setup.times,
        .owner = {on_up, on_message, on_down, inlet},
    };

    inlet->link = ody_redis_link_open(&setup);
    if (!inlet->link) {
        inlet->failures++;
        retry_later(inlet);
    }
}

static void stop(ody_redis_inlet *inlet)
{
    ev_timer_stop(inlet->setup.loop, &inlet->retry);
    ody_redis_link_close(inlet->link);
    inlet->link = NULL;
    ody_redis_address_free(inlet->address);
    inlet->address = NULL;
    ody_free(inlet->channel);
    inlet->channel = NULL;
    inlet->up = false;
    inlet->connected_at = 0;
    inlet->reason[0] = '\0';
    ody_backoff_reset(&inlet->backoff);
}

/* Reads what the options say. @return 0, ODY_ECONFIGURATION or ODY_EMEMORY. */
static int prepare(ody_redis_inlet *inlet, ody_error *error)
{
    const ody_redis_options *redis = &inlet->setup.options->redis;
    int code = ody_redis_url_read(redis->url, &inlet->address, error);

    if (code < 0) {
        return code;
    }
    inlet->channel = ody_memdup(redis->channel, strlen(redis->channel));
    if (!inlet->channel) {
        ody_redis_address_free(inlet->address);
        inlet->address = NULL;
        return ODY_EMEMORY;
    }
    return 0;
}

/* What came with the link before goes first. */
static void on_retry(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_redis_inlet *inlet = watcher->data;
    ody_error error;
    int code = inlet->address ? 0 : prepare(inlet, &error);

    (void)events;
    if (code == ODY_EMEMORY) {
        retry_later(inlet);
    } else if (code < 0) {
        ody_log(ODY_LOG_ERROR, "nothing is taken from Redis", ODY_STRING("reason", error.message));
    } else if (inlet->holding) {
        ev_timer_set(watcher, ROOM_SECONDS, 0.);
        ev_timer_start(loop, watcher);
    } else {
        connect_again(inlet);
    }
}

/* The first attempt is one of the loop's, as all others are. */
static void start(ody_redis_inlet *inlet)
{
    if (inlet->setup.options->redis.url) {
        ev_timer_set(&inlet->retry, 0., 0.);
        ev_timer_start(inlet->setup.loop, &inlet->retry);
    }
}

ody_redis_inlet *ody_redis_inlet_new(const ody_redis_inlet_setup *setup)
{
    ody_redis_inlet *inlet = ody_calloc(1, sizeof(*inlet));

    if (!inlet) {
        return NULL;
    }
    inlet->setup = *setup;
    ody_redis_feed_init(&inlet->feed, setup->requests, &setup->options->apps[0], on_room, inlet);
    ev_timer_init(&inlet->retry, on_retry, 0., 0.);
    ev_timer_init(&inlet->room, on_room_timer, 0., ROOM_SECONDS);
    inlet->retry.data = inlet->room.data = inlet;
    start(inlet);
    return inlet;
}

static bool same_source(const ody_redis_options *one, const ody_redis_options *other)
{
    return ody_view_equal(ody_view_of(one->url), ody_view_of(other->url)) &&
           ody_view_equal(ody_view_of(one->channel), ody_view_of(other->channel));
}

void ody_redis_inlet_reload(ody_redis_inlet *inlet, const ody_options *options)
{
    bool same = same_source(&inlet->setup.options->redis, &options->redis);

    inlet->setup.options = options;
    ody_redis_feed_reload(&inlet->feed, &options->apps[0]);
    if (!same) {
        stop(inlet);
        start(inlet);
    }
}

void ody_redis_inlet_drain(ody_redis_inlet *inlet)
{
    stop(inlet);
    if (inlet->holding) {
        inlet->holding = false;
        ody_bytes_fini(&inlet->held);
        ev_timer_stop(inlet->setup.loop, &inlet->room);
        ody_redis_feed_lose(&inlet->feed, ODY_EOVERLOADED);
    }
}

void ody_redis_inlet_free(ody_redis_inlet *inlet)
{
    if (!inlet) {
        return;
    }
    stop(inlet);
    ev_timer_stop(inlet->setup.loop, &inlet->room);
    ody_bytes_fini(&inlet->held);
    ody_free(inlet);
}

ody_redis_state ody_redis_inlet_look(const ody_redis_inlet *inlet)
{
    ody_redis_state state = {
        .configured = inlet->setup.options->redis.url != NULL,
        .connected = inlet->up,
        .connected_at = inlet->connected_at,
        .connects = inlet->connects,
        .failures = inlet->failures,
        .messages = inlet->feed.messages,
        .in_flight = inlet->feed.in_flight,
    };

    memcpy(state.rejected, inlet->feed.rejected, sizeof(state.rejected));
    return state;
}
