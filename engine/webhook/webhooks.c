/* SPDX-License-Identifier: MIT */
/* The thread of the webhooks: mail in, requests out, numbers for others to read. */
#include "webhook/webhooks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mailbox.h"
#include "base/memory.h"
#include "base/options.h"
#include "ody/log.h"
#include "webhook/queue.h"
#include "webhook/report.h"
#include "webhook/sender.h"
#include "webhook/smoothing.h"

#define RELOAD_AGAIN 1000 /* ms until what found no memory is tried again */

/* A notice on its way to the thread; its texts are behind it. */
typedef struct letter {
    ody_mailbox_node node;
    ody_webhook_notice notice;
    char text[];
} letter;

/* Written by the thread only, read by others. */
typedef struct shown_numbers {
#define SHOWN_FIELD(name) _Atomic uint64_t name;
#define SHOWN_DROP(name, text) _Atomic uint64_t dropped_##name;
    ODY_WEBHOOK_NUMBERS(SHOWN_FIELD)
    ODY_WEBHOOK_DROPS(SHOWN_DROP)
#undef SHOWN_FIELD
#undef SHOWN_DROP
} shown_numbers;

struct ody_webhooks {
    ody_webhook_limits limits;
    ody_mailbox mailbox;
    ody_webhook_queue *queue;
    ody_webhook_sender *sender;
    ody_webhook_report report;
    const ody_options *held; /* our reference to the options in use; NULL: those of the beginning */

    pthread_t thread;
    bool running;            /* of whoever tells, like the next one */
    bool wanted;             /* there is a webhook in the options given last */
    pthread_mutex_t lock;    /* of next */
    const ody_options *next; /* with one reference, or NULL: nothing waits */
    _Atomic bool draining;
    _Atomic uint64_t stop_at; /* ms; 0: it goes on */

    shown_numbers all;
    _Atomic uint64_t hooks;
    _Atomic uint64_t held_notices;
    _Atomic uint64_t smoothed;
    _Atomic uint64_t dropped_mailbox; /* written by whoever tells, like the next one */
    _Atomic uint64_t dropped_drain;
    shown_numbers each[ODY_WEBHOOKS_SHOWN];
};

static uint64_t get(const _Atomic uint64_t *number)
{
    return atomic_load_explicit(number, memory_order_relaxed);
}

static void set(_Atomic uint64_t *number, uint64_t value)
{
    atomic_store_explicit(number, value, memory_order_relaxed);
}

static void wake(void *context)
{
    const ody_webhooks *webhooks = context;

    ody__sender_wake(webhooks->sender);
}

int ody_webhooks_new(const ody_webhooks_setup *setup, ody_webhooks **webhooks, ody_error *error)
{
    ody_webhooks *self = ody_calloc(1, sizeof(*self));
    const char *ca_file = setup->ca_file ? setup->ca_file : getenv("SSL_CERT_FILE");

    if (!self) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    self->limits = setup->limits ? *setup->limits : ODY_WEBHOOK_LIMITS;
    self->wanted = setup->options->webhook_count > 0;
    pthread_mutex_init(&self->lock, NULL);
    ody_mailbox_init(&self->mailbox, self->limits.mailbox_size, wake, self);
    self->sender = ody__sender_new(&self->limits, ca_file && ca_file[0] ? ca_file : NULL);
    self->queue = ody_webhook_queue_new(setup->options, &self->limits);
    if (!self->sender || !self->queue) {
        ody_webhooks_free(self);
        return ody_error_set(error, ODY_EMEMORY, "webhooks could not be made: %s",
                             ody_error_text(ODY_EMEMORY));
    }
    *webhooks = self;
    return 0;
}

static void show_numbers(shown_numbers *shown, const ody_webhook_numbers *numbers)
{
#define SHOW(name) set(&shown->name, numbers->name);
#define SHOW_DROP(name, text) set(&shown->dropped_##name, numbers->dropped_##name);
    ODY_WEBHOOK_NUMBERS(SHOW)
    ODY_WEBHOOK_DROPS(SHOW_DROP)
#undef SHOW
#undef SHOW_DROP
}

static void show(ody_webhooks *webhooks, bool last, uint64_t now)
{
    static const ody_webhook_numbers none;
    const ody_webhook_queue_state state = ody_webhook_queue_look(webhooks->queue);

    show_numbers(&webhooks->all, &state.all);
    set(&webhooks->hooks, state.hooks);
    set(&webhooks->held_notices, state.held);
    set(&webhooks->smoothed, state.smoothed);
    for (size_t index = 0; index < ODY_WEBHOOKS_SHOWN; index++) {
        const ody_webhook_numbers *numbers = ody_webhook_queue_hook(webhooks->queue, index);

        show_numbers(&webhooks->each[index], numbers ? numbers : &none);
    }
    ody__webhook_report(&webhooks->report, &state.all, get(&webhooks->dropped_mailbox), last, now);
}

static void take_mail(ody_webhooks *webhooks, uint64_t now)
{
    ody_mailbox_node *node = ody_mailbox_take(&webhooks->mailbox);

    while (node) {
        letter *taken = (letter *)node;

        node = node->next;
        ody_webhook_queue_take(webhooks->queue, &taken->notice, now);
        ody_free(taken);
    }
}

/* What finds no memory stays for the next turn. Returns whether nothing waits any more. */
static bool take_options(ody_webhooks *webhooks)
{
    const ody_options *next;

    pthread_mutex_lock(&webhooks->lock);
    next = webhooks->next;
    webhooks->next = NULL;
    pthread_mutex_unlock(&webhooks->lock);
    if (!next) {
        return true;
    }
    if (ody_webhook_queue_reload(webhooks->queue, next) == 0) {
        ody_options_unref(webhooks->held);
        webhooks->held = next;
        return true;
    }
    pthread_mutex_lock(&webhooks->lock);
    if (webhooks->next) {
        ody_options_unref(next);
    } else {
        webhooks->next = next;
    }
    pthread_mutex_unlock(&webhooks->lock);
    return false;
}

static void on_end(void *context, ody_webhook_hook *hook, const char *reason)
{
    ody_webhooks *webhooks = context;

    ody_webhook_queue_end(webhooks->queue, hook, reason, ody_clock_ms());
}

static void send_due(ody_webhooks *webhooks, uint64_t now)
{
    ody_webhook_request request;

    while (ody_webhook_queue_next(webhooks->queue, now, ody_clock_unix_ms(), &request)) {
        if (ody__sender_start(webhooks->sender, &request) < 0) {
            ody_webhook_queue_end(webhooks->queue, request.hook, "out of memory", now);
        }
    }
}

/* @return whether it is to end now, when it is told to end at stop_at. */
static bool stops(ody_webhooks *webhooks, uint64_t stop_at, uint64_t now)
{
    if (atomic_load(&webhooks->draining)) {
        ody_webhook_queue_drain(webhooks->queue);
    }
    if (stop_at == 0) {
        return false;
    }
    ody_webhook_queue_hurry(webhooks->queue);
    return now >= stop_at || ody_webhook_queue_idle(webhooks->queue);
}

static uint64_t time_to_sleep(const ody_webhooks *webhooks, bool reloaded, uint64_t now)
{
    uint64_t due = ody_webhook_queue_due(webhooks->queue);
    uint64_t stop_at = atomic_load(&webhooks->stop_at);

    if (stop_at > 0 && stop_at < due) {
        due = stop_at;
    }
    if (!reloaded && now + RELOAD_AGAIN < due) {
        due = now + RELOAD_AGAIN;
    }
    return due > now ? due - now : 0;
}

static void *run(void *context)
{
    ody_webhooks *webhooks = context;
    uint64_t now = ody_clock_ms();

    for (;;) {
        bool reloaded = take_options(webhooks);
        /* Read before the mail is taken: what was told before the stop is never left behind. */
        uint64_t stop_at = atomic_load(&webhooks->stop_at);

        take_mail(webhooks, now);
        if (stops(webhooks, stop_at, now)) {
            return NULL;
        }
        send_due(webhooks, now);
        ody__sender_work(webhooks->sender, on_end, webhooks);
        now = ody_clock_ms();
        show(webhooks, false, now);
        ody__sender_wait(webhooks->sender, time_to_sleep(webhooks, reloaded, now));
        now = ody_clock_ms();
    }
}

int ody_webhooks_start(ody_webhooks *webhooks, ody_error *error)
{
    if (webhooks->running || !webhooks->wanted) {
        return 0;
    }
    if (pthread_create(&webhooks->thread, NULL, run, webhooks) != 0) {
        return ody_error_set(error, ODY_ESYSTEM, "the thread of the webhooks could not be started");
    }
    webhooks->running = true;
    return 0;
}

static char *put(char *at, ody_view *text)
{
    if (text->length > 0) {
        memcpy(at, text->data, text->length);
    }
    text->data = text->data ? at : NULL;
    return at + text->length;
}

static letter *letter_new(const ody_webhook_notice *notice)
{
    size_t length = notice->channel.length + notice->user_id.length + notice->event.length +
                    notice->data.length + notice->socket_id.length;
    letter *made = length < UINT32_MAX / 2 ? ody_malloc(sizeof(*made) + length) : NULL;
    char *at;

    if (!made) {
        return NULL;
    }
    made->node = (ody_mailbox_node){.cost = (uint32_t)(sizeof(*made) + length)};
    made->notice = *notice;
    at = put(made->text, &made->notice.channel);
    at = put(at, &made->notice.user_id);
    at = put(at, &made->notice.event);
    at = put(at, &made->notice.data);
    put(at, &made->notice.socket_id);
    return made;
}

void ody_webhooks_tell(ody_webhooks *webhooks, const ody_webhook_notice *notice)
{
    letter *made;

    if (!webhooks->running) {
        return;
    }
    if (atomic_load(&webhooks->draining) && ody__smoothing_is_departure(notice->kind)) {
        set(&webhooks->dropped_drain, get(&webhooks->dropped_drain) + 1);
        return;
    }
    made = letter_new(notice);
    if (!made || ody_mailbox_post(&webhooks->mailbox, &made->node, false) < 0) {
        ody_free(made);
        set(&webhooks->dropped_mailbox, get(&webhooks->dropped_mailbox) + 1);
    }
}

void ody_webhooks_reload(ody_webhooks *webhooks, const ody_options *options)
{
    ody_error error;

    pthread_mutex_lock(&webhooks->lock);
    ody_options_unref(webhooks->next);
    webhooks->next = ody_options_ref(options);
    pthread_mutex_unlock(&webhooks->lock);
    webhooks->wanted = options->webhook_count > 0;
    if (webhooks->running) {
        ody__sender_wake(webhooks->sender);
    } else if (ody_webhooks_start(webhooks, &error) < 0) {
        ody_log(ODY_LOG_ERROR, "webhooks do not work", ODY_STRING("reason", error.message));
    }
}

void ody_webhooks_drain(ody_webhooks *webhooks)
{
    atomic_store(&webhooks->draining, true);
    if (webhooks->running) {
        ody__sender_wake(webhooks->sender);
    }
}

void ody_webhooks_stop(ody_webhooks *webhooks, uint32_t ms)
{
    uint64_t now = ody_clock_ms();

    if (!webhooks->running) {
        return;
    }
    atomic_store(&webhooks->stop_at, now + ms > 0 ? now + ms : 1);
    ody__sender_wake(webhooks->sender);
    pthread_join(webhooks->thread, NULL);
    webhooks->running = false;
    ody_webhook_queue_give_up(webhooks->queue);
    show(webhooks, true, ody_clock_ms());
}

void ody_webhooks_free(ody_webhooks *webhooks)
{
    if (!webhooks) {
        return;
    }
    ody__sender_free(webhooks->sender);
    ody_webhook_queue_free(webhooks->queue);
    for (ody_mailbox_node *node = ody_mailbox_take(&webhooks->mailbox), *next; node; node = next) {
        next = node->next;
        ody_free(node);
    }
    ody_mailbox_fini(&webhooks->mailbox);
    ody_options_unref(webhooks->held);
    ody_options_unref(webhooks->next);
    pthread_mutex_destroy(&webhooks->lock);
    ody_free(webhooks);
}

static ody_webhook_numbers read_numbers(const shown_numbers *shown)
{
    ody_webhook_numbers numbers;

#define READ(name) numbers.name = get(&shown->name);
#define READ_DROP(name, text) numbers.dropped_##name = get(&shown->dropped_##name);
    ODY_WEBHOOK_NUMBERS(READ)
    ODY_WEBHOOK_DROPS(READ_DROP)
#undef READ
#undef READ_DROP
    return numbers;
}

ody_webhooks_state ody_webhooks_look(const ody_webhooks *webhooks)
{
    ody_webhooks_state state = {
        .all = read_numbers(&webhooks->all),
        .hooks = get(&webhooks->hooks),
        .held = get(&webhooks->held_notices),
        .smoothed = get(&webhooks->smoothed),
        .dropped_mailbox = get(&webhooks->dropped_mailbox),
    };

    state.all.dropped_stopped += get(&webhooks->dropped_drain);
    return state;
}

ody_webhook_numbers ody_webhooks_look_at(const ody_webhooks *webhooks, size_t index)
{
    return read_numbers(&webhooks->each[index]);
}
