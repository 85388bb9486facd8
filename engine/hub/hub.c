/* SPDX-License-Identifier: MIT */
/* A hub's life, its mail and its turns. */
#include "hub/hub.h"

#include "channel/channel.h"
#include "hub/deliver.h"
#include "hub/gate.h"
#include "hub/observers.h"
#include "hub/signin.h"
#include "hub/subscription.h"
#include "wire/encode.h"

/* A turn ends when this much was queued: memory that all its batches take together, or frames on
 * connections. The second lets sixteen messages for 30,000 subscribers share their sends. */
#define TURN_BYTES (256 * 1024)
#define TURN_DELIVERIES 500000

#define SCRATCH_KEPT (64 * 1024)
#define RETRY_MS ODY_WHEEL_TICK_MS

static void retry(ody_timer *timer, uint64_t now)
{
    ody_hub *hub = ody_container_of(timer, ody_hub, retry);
    bool done = ody__home_retry(hub);

    (void)now;
    done = ody__users_retry(hub) && done;
    done = ody__subscription_retry(hub) && done;
    if (!ody__signin_retry(hub) || !done) {
        ody__hub_retry_later(hub);
    }
}

static void expire(ody_timer *timer, uint64_t now)
{
    (void)now;
    ody__home_expire(ody_container_of(timer, ody_hub, expiry));
}

/* The answer to pusher:ping is always the same: one batch for all. It does not wait for clients, so
 * it counts apart. */
static int pong_make(ody_hub *hub)
{
    ody_bytes *text = ody__hub_scratch(hub);
    uint8_t header[ODY_FRAME_HEADER_MAX];
    size_t length;

    ody_encode_pong(text);
    if (text->failed) {
        return ODY_EMEMORY;
    }
    length = ody_encode_frame_header(header, ODY_OPCODE_TEXT, text->length);
    hub->pong = ody_batch_new(&hub->kept_bytes, (uint32_t)(length + text->length));
    if (!hub->pong) {
        return ODY_EMEMORY;
    }
    (void)ody_batch_append(hub->pong, header, (uint32_t)length);
    (void)ody_batch_append(hub->pong, (const uint8_t *)text->data, (uint32_t)text->length);
    return 0;
}

ody_hub *ody_hub_new(ody_shared *shared, unsigned index, unsigned count,
                     const ody_transport *transport, void *context, uint64_t now)
{
    ody_hub *hub = ody_calloc(1, sizeof(*hub));

    if (!hub) {
        return NULL;
    }
    hub->shared = shared;
    hub->options = shared->options;
    hub->counters = &shared->counters[index];
    hub->transport = transport;
    hub->context = context;
    hub->index = index;
    hub->count = count;
    hub->now = now;
    hub->inner_last = &hub->inner_first;
    hub->first_free = UINT32_MAX;
    ody_list_init(&hub->connections);
    ody_list_init(&hub->unannounced);
    ody_list_init(&hub->unannounced_users);
    ody_list_init(&hub->orphans);
    ody_list_init(&hub->partings);
    ody_list_init(&hub->open_batches);
    ody_wheel_init(&hub->wheel, now);
    hub->retry.fire = retry;
    hub->expiry.fire = expire;
    if (pong_make(hub) < 0) {
        ody_hub_free(hub);
        return NULL;
    }
    return hub;
}

static ody_mail *inner_take(ody_hub *hub)
{
    ody_mailbox_node *node = hub->inner_first;

    if (!node) {
        return NULL;
    }
    hub->inner_first = node->next;
    if (!node->next) {
        hub->inner_last = &hub->inner_first;
    }
    return ody_container_of(node, ody_mail, node);
}

void ody_hub_free(ody_hub *hub)
{
    ody_mail *mail;

    if (!hub) {
        return;
    }
    while ((mail = inner_take(hub))) {
        ody_mail_free(mail);
    }
    ody_hub_turn_end(hub);
    ody__subscription_free_orphans(hub);
    ody__signin_free_orphans(hub);
    ody__apps_free(hub);
    ody_free(hub->interest);
    ody__observers_free(hub);
    ody_batch_unref(hub->pong);
    ody_bytes_fini(&hub->scratch);
    ody_free(hub->slots);
    ody_frame_home_collect(&hub->frames);
    ody_free(hub);
}

/* Who takes which mail. What is none of a hub's, such as mail to the API thread, nobody takes. */
static void (*const takers[])(ody_hub *hub, ody_mail *take_mail) = {
    [ODY_MAIL_JOINED] = ody__subscription_mail,
    [ODY_MAIL_REFUSED] = ody__subscription_mail,
    [ODY_MAIL_LEFT] = ody__subscription_mail,
    [ODY_MAIL_REJECTED] = ody__subscription_mail,
    [ODY_MAIL_SIGNED_IN] = ody__signin_mail,
    [ODY_MAIL_WATCHING] = ody__watchlist_mail,
    [ODY_MAIL_WATCHED] = ody__watchlist_mail,
    [ODY_MAIL_DISCONNECT] = ody__signin_disconnect_mail,
    [ODY_MAIL_SIGN_IN] = ody__user_mail,
    [ODY_MAIL_WATCH] = ody__user_mail,
    [ODY_MAIL_TERMINATE] = ody__user_mail,
    [ODY_MAIL_DELIVER] = ody__deliver_mail,
    [ODY_MAIL_WHISPER] = ody__whisper_mail,
    [ODY_MAIL_SUBSCRIBERS] = ody__home_answer,
    [ODY_MAIL_USERS] = ody__home_answer,
    [ODY_MAIL_IS_SUBSCRIBED] = ody__home_answer,
    [ODY_MAIL_CHANNEL_EXISTS] = ody__home_answer,
    [ODY_MAIL_CHANNELS] = ody__home_answer,
    [ODY_MAIL_CHANNEL] = ody__home_answer,
    [ODY_MAIL_BROWSE] = ody__browse_mail,
    [ODY_MAIL_DISMISS] = ody__connection_dismiss_mail,
    [ODY_MAIL_OBSERVE] = ody__observers_mail,
    [ODY_MAIL_UNOBSERVE] = ody__observers_mail,
    [ODY_MAIL_VERDICT] = ody__gate_mail,
    [ODY_MAIL_INTEREST] = ody__gate_mail,
    [ODY_MAIL_SUBSCRIBE] = ody__server_subscribe_mail,
    [ODY_MAIL_UNSUBSCRIBE] = ody__server_subscribe_mail,
    [ODY_MAIL_JOIN] = ody__home_mail,
    [ODY_MAIL_LEAVE] = ody__home_mail,
    [ODY_MAIL_LEAVE_ALL] = ody__home_mail,
    [ODY_MAIL_CLIENT_EVENT] = ody__home_mail,
    [ODY_MAIL_PUBLISH] = ody__home_mail,
    [ODY_MAIL_ANSWER] = NULL,
};

static void dispatch(ody_hub *hub, ody_mail *take_mail)
{
    if (takers[take_mail->kind]) {
        takers[take_mail->kind](hub, take_mail);
    } else {
        ody_mail_free(take_mail);
    }
}

void ody__hub_enter(ody_hub *hub, uint64_t now)
{
    hub->depth++;
    hub->now = now;
}

void ody__hub_leave(ody_hub *hub)
{
    ody_mail *mail;

    while (hub->depth == 1 && (mail = inner_take(hub))) {
        dispatch(hub, mail);
    }
    hub->depth--;
}

int ody__hub_post(ody_hub *hub, unsigned target, ody_mail *take_mail, bool must)
{
    ody_mail_weigh(take_mail);
    if (target != hub->index) {
        return hub->transport->post(hub->context, target, take_mail, must);
    }
    take_mail->node.next = NULL;
    *hub->inner_last = &take_mail->node;
    hub->inner_last = &take_mail->node.next;
    return 0;
}

bool ody__hub_full(const ody_hub *hub, unsigned target)
{
    return target != hub->index && hub->transport->full(hub->context, target);
}

unsigned ody__hub_home(const ody_hub *hub, uint32_t app, ody_view channel)
{
    return ody_mail_home(app, channel, hub->count);
}

ody_bytes *ody__hub_scratch(ody_hub *hub)
{
    if (hub->scratch.capacity > SCRATCH_KEPT) {
        ody_bytes_fini(&hub->scratch);
    }
    ody_bytes_clear(&hub->scratch);
    return &hub->scratch;
}

void ody__hub_retry_later(ody_hub *hub)
{
    if (!ody_timer_armed(&hub->retry)) {
        ody_wheel_arm(&hub->wheel, &hub->retry, hub->now + RETRY_MS);
    }
}

void ody_hub_mail(ody_hub *hub, ody_mail *take_mail, uint64_t now)
{
    ody__hub_enter(hub, now);
    dispatch(hub, take_mail);
    ody__hub_leave(hub);
}

static void show_gauges(ody_hub *hub)
{
    atomic_store_explicit(&hub->counters->outbound_bytes, hub->unique_bytes, memory_order_relaxed);
}

void ody_hub_turn_end(ody_hub *hub)
{
    ody_list_node *node;

    while ((node = ody_list_take_first(&hub->open_batches))) {
        ody__local_seal(ody_container_of(node, ody_local_channel, open_batch));
    }
    ody_frame_home_collect(&hub->frames);
    hub->turn_bytes = 0;
    hub->turn_deliveries = 0;
    show_gauges(hub);
}

void ody_hub_flushed(ody_hub *hub, uint64_t now)
{
    ody__latency_count(&hub->stamps, &hub->shared->latencies[hub->index], now);
}

bool ody_hub_turn_full(const ody_hub *hub)
{
    return hub->turn_bytes >= TURN_BYTES || hub->turn_deliveries >= TURN_DELIVERIES;
}

void ody_hub_advance(ody_hub *hub, uint64_t now)
{
    ody__hub_enter(hub, now);
    ody_wheel_advance(&hub->wheel, now);
    ody__hub_leave(hub);
    show_gauges(hub);
}

ody_wheel *ody_hub_wheel(ody_hub *hub)
{
    return &hub->wheel;
}

ody_counters *ody_hub_counters(ody_hub *hub)
{
    return hub->counters;
}

void ody_hub_reload(ody_hub *hub, const ody_options *options, uint64_t now)
{
    bool had_workers = hub->options->php_worker_num > 0;

    ody__hub_enter(hub, now);
    hub->options = options;
    ody__apps_reload(hub);
    if (had_workers != (options->php_worker_num > 0)) {
        ody__gate_forget(hub);
    }
    ody__home_reload(hub);
    ody__hub_leave(hub);
}

void ody_hub_drain(ody_hub *hub)
{
    ody_list_node *node;

    hub->draining = true;
    for (node = hub->connections.next; node != &hub->connections; node = node->next) {
        ody_hub_close(hub, ody_container_of(node, ody_connection, all), ODY_CLOSE_DRAIN,
                      "Server is shutting down");
    }
}

bool ody_hub_wants_head(const ody_hub *hub)
{
    return ody__gate_handshakes(hub, NULL);
}

size_t ody_hub_connection_count(const ody_hub *hub)
{
    return hub->connection_count;
}
