/* SPDX-License-Identifier: MIT */
/* The events that wait for one webhook, its batches and its pauses. */
#include "webhook/hook.h"

#include "base/memory.h"
#include "base/random.h"
#include "webhook/body.h"
#include "webhook/origin.h"

typedef struct waiting_event {
    ody_list_node node;
    uint64_t since;
    size_t length;
    char text[];
} waiting_event;

/* Adds to the webhook's number and to that of all. */
#define count(hook, name, amount)                                                                  \
    do {                                                                                           \
        uint64_t count_amount = (uint64_t)(amount);                                                \
        (hook)->numbers.name += count_amount;                                                      \
        (hook)->total->name += count_amount;                                                       \
    } while (0)

ody_webhook_hook *ody__hook_new(const ody_webhook_limits *limits, ody_webhook_numbers *total,
                                const char *app_id, const char *url)
{
    ody_webhook_hook *hook = ody_calloc(1, sizeof(*hook));
    ody_view id = ody_view_of(app_id);

    if (!hook) {
        return NULL;
    }
    hook->limits = limits;
    hook->total = total;
    ody_list_init(&hook->events);
    ody_bytes_init(&hook->body);
    if (id.length >= sizeof(hook->app_id)) {
        id.length = sizeof(hook->app_id) - 1;
    }
    memcpy(hook->app_id, id.data, id.length);
    ody_webhook_origin(url, hook->origin);
    return hook;
}

static size_t event_size(const waiting_event *event)
{
    return sizeof(*event) + event->length;
}

static waiting_event *first(const ody_webhook_hook *hook)
{
    return ody_container_of(hook->events.next, waiting_event, node);
}

static void event_free(ody_webhook_hook *hook, waiting_event *event)
{
    ody_list_remove(&event->node);
    count(hook, queued, -1);
    count(hook, bytes, -event_size(event));
    ody_free(event);
}

/* Takes out the first events. Returns how many there were. */
static uint64_t take_first(ody_webhook_hook *hook, uint64_t most)
{
    uint64_t taken = 0;

    while (taken < most && !ody_list_empty(&hook->events)) {
        event_free(hook, first(hook));
        taken++;
    }
    return taken;
}

static void set_failing(ody_webhook_hook *hook, unsigned failures)
{
    count(hook, failing, (failures > 0) - (hook->failures > 0));
    hook->failures = failures;
}

void ody__hook_free(ody_webhook_hook *hook)
{
    if (!hook) {
        return;
    }
    ody_list_remove(&hook->leaving);
    take_first(hook, UINT64_MAX);
    set_failing(hook, 0);
    if (hook->in_flight) {
        count(hook, in_flight, -1);
    }
    ody_bytes_fini(&hook->body);
    ody_free(hook);
}

static bool in_prefixes(const char *prefixes, ody_view channel)
{
    while (*prefixes) {
        size_t length = strcspn(prefixes, " ");

        if (length > 0 && ody_view_starts(channel, (ody_view){prefixes, length})) {
            return true;
        }
        prefixes += length + strspn(prefixes + length, " ");
    }
    return false;
}

bool ody__hook_wants(const ody_webhook_hook *hook, uint32_t kinds, ody_view channel)
{
    return (hook->config->events & kinds) != 0 &&
           (hook->config->prefixes[0] == '\0' || in_prefixes(hook->config->prefixes, channel));
}

void ody__hook_add(ody_webhook_hook *hook, ody_view event, uint64_t room, uint64_t now)
{
    const ody_webhook_limits *limits = hook->limits;
    size_t size = sizeof(waiting_event) + event.length;
    waiting_event *waiting;

    if (hook->numbers.queued >= limits->hook_events || size > room ||
        hook->numbers.bytes + size > limits->hook_size) {
        count(hook, dropped_full, 1);
        return;
    }
    waiting = ody_malloc(size);
    if (!waiting) {
        count(hook, dropped_memory, 1);
        return;
    }
    waiting->node = (ody_list_node){0};
    waiting->since = now;
    waiting->length = event.length;
    memcpy(waiting->text, event.data, event.length);
    ody_list_append(&hook->events, &waiting->node);
    count(hook, queued, 1);
    count(hook, bytes, size);
}

void ody__hook_lose(ody_webhook_hook *hook)
{
    count(hook, dropped_memory, 1);
}

uint64_t ody__hook_due(const ody_webhook_hook *hook)
{
    const ody_webhook_limits *limits = hook->limits;
    uint64_t due = 0;

    if (hook->in_flight || ody_list_empty(&hook->events)) {
        return ODY_WEBHOOK_NEVER;
    }
    if (hook->hurried) {
        return 0;
    }
    if (hook->batch == 0 && hook->numbers.queued < limits->batch_events &&
        hook->numbers.bytes < limits->batch_size) {
        due = first(hook)->since + limits->window;
    }
    return due > hook->not_before ? due : hook->not_before;
}

/* How many of the first events go together. */
static uint64_t choose_batch(const ody_webhook_hook *hook)
{
    uint64_t chosen = 0;
    size_t size = 0;

    for (ody_list_node *node = hook->events.next; node != &hook->events; node = node->next) {
        size += ody_container_of(node, waiting_event, node)->length;
        if (chosen > 0 &&
            (chosen >= hook->limits->batch_events || size > hook->limits->batch_size)) {
            break;
        }
        chosen++;
    }
    return chosen;
}

static void write_body(ody_webhook_hook *hook)
{
    ody_list_node *node = &hook->events;

    ody_bytes_clear(&hook->body);
    ody__webhook_body_begin(&hook->body, hook->batch_time);
    for (uint64_t index = 0; index < hook->batch; index++) {
        const waiting_event *event;

        node = node->next;
        event = ody_container_of(node, waiting_event, node);
        ody__webhook_body_add(&hook->body, (ody_view){event->text, event->length});
    }
    ody__webhook_body_end(&hook->body);
}

int ody__hook_begin(ody_webhook_hook *hook, ody_view secret, uint64_t now, uint64_t unix_ms)
{
    bool fresh = hook->batch == 0;
    ody_view body;

    if (fresh) {
        hook->batch = choose_batch(hook);
        hook->batch_time = unix_ms;
        hook->first_attempt = now;
    }
    write_body(hook);
    body = ody_bytes_view(&hook->body);
    if (hook->body.failed || ody_hmac_sha256_hex(secret, &body, 1, hook->signature) < 0) {
        ody_bytes_fini(&hook->body);
        hook->batch = fresh ? 0 : hook->batch;
        hook->not_before = now + hook->limits->retry_first;
        if (hook->hurried) {
            ody__hook_give_up(hook);
        }
        return ODY_EMEMORY;
    }
    hook->in_flight = true;
    count(hook, in_flight, 1);
    return 0;
}

/* Half of the pause is left to chance, so that receivers are not all asked at the same moment. */
static uint64_t pause_after(const ody_webhook_hook *hook)
{
    unsigned doublings = hook->failures < 20 ? hook->failures - 1 : 19;
    uint64_t most = hook->limits->retry_most;
    uint64_t pause = (uint64_t)hook->limits->retry_first << doublings;

    pause = pause < most ? pause : most;
    return pause - ody_random_bits(32) % (pause / 2 + 1);
}

static void end_failed(ody_webhook_hook *hook, uint64_t now)
{
    uint64_t end = hook->first_attempt + hook->limits->retry_time;

    count(hook, failed, 1);
    set_failing(hook, hook->failures + 1);
    hook->not_before = now + pause_after(hook);
    if (hook->hurried) {
        ody__hook_give_up(hook);
    } else if (!hook->config) {
        count(hook, dropped_removed, take_first(hook, hook->batch));
    } else if (now >= end) {
        count(hook, dropped_expired, take_first(hook, hook->batch));
        hook->batch = 0;
    } else if (hook->not_before > end) {
        hook->not_before = end;
    }
}

ody_webhook_outcome ody__hook_end(ody_webhook_hook *hook, bool delivered, uint64_t now)
{
    bool failing = hook->failures > 0;

    hook->in_flight = false;
    count(hook, in_flight, -1);
    ody_bytes_fini(&hook->body);
    if (!delivered) {
        end_failed(hook, now);
        return failing ? ODY_WEBHOOK_FAILED_AGAIN : ODY_WEBHOOK_FAILED;
    }
    count(hook, requests, 1);
    count(hook, sent, take_first(hook, hook->batch));
    hook->batch = 0;
    hook->not_before = 0;
    set_failing(hook, 0);
    return failing ? ODY_WEBHOOK_RECOVERED : ODY_WEBHOOK_DELIVERED;
}

void ody__hook_hurry(ody_webhook_hook *hook)
{
    hook->hurried = true;
}

void ody__hook_retire(ody_webhook_hook *hook)
{
    uint64_t kept = hook->in_flight ? hook->batch : 0;

    hook->config = NULL;
    while (hook->numbers.queued > kept) {
        event_free(hook, ody_container_of(hook->events.previous, waiting_event, node));
        count(hook, dropped_removed, 1);
    }
}

void ody__hook_give_up(ody_webhook_hook *hook)
{
    count(hook, dropped_stopped, take_first(hook, UINT64_MAX));
    hook->batch = 0;
}
