/* SPDX-License-Identifier: MIT */
/* Notices come in, requests go out: who is told what, and whose turn it is. */
#include "webhook/queue.h"

#include "base/memory.h"
#include "base/options.h"
#include "ody/error.h"
#include "ody/log.h"
#include "webhook/body.h"
#include "webhook/hook.h"
#include "webhook/smoothing.h"

struct ody_webhook_queue {
    const ody_options *options;
    const ody_webhook_limits *limits;
    ody_webhook_hook **hooks; /* as in the options; NULL where one belongs to no app */
    size_t count;
    ody_webhook_hook **by_app; /* first of each app, by its number */
    size_t apps;
    size_t turn;      /* whose turn it is to send first */
    ody_list leaving; /* ody_webhook_hook that are out of the options, with a request on the way */
    ody_webhook_smoothing smoothing;
    ody_webhook_numbers total;
    ody_bytes text;    /* of the event that is spread */
    uint64_t doubtful; /* requests on the way of webhooks that failed before */
    bool draining;
    bool hurried;
};

static const ody_app *app_of_number(const ody_options *options, uint32_t number)
{
    for (size_t index = 0; index < options->app_count; index++) {
        if (options->apps[index].number == number) {
            return &options->apps[index];
        }
    }
    return NULL;
}

ody_webhook_queue *ody_webhook_queue_new(const ody_options *options,
                                         const ody_webhook_limits *limits)
{
    static const ody_options none;
    ody_webhook_queue *queue = ody_calloc(1, sizeof(*queue));

    if (!queue) {
        return NULL;
    }
    queue->options = &none;
    queue->limits = limits;
    ody_list_init(&queue->leaving);
    ody__smoothing_init(&queue->smoothing, limits);
    ody_bytes_init(&queue->text);
    if (ody_webhook_queue_reload(queue, options) < 0) {
        ody_webhook_queue_free(queue);
        return NULL;
    }
    return queue;
}

void ody_webhook_queue_free(ody_webhook_queue *queue)
{
    if (!queue) {
        return;
    }
    for (size_t index = 0; index < queue->count; index++) {
        ody__hook_free(queue->hooks[index]);
    }
    while (!ody_list_empty(&queue->leaving)) {
        ody__hook_free(ody_container_of(queue->leaving.next, ody_webhook_hook, leaving));
    }
    ody_free(queue->hooks);
    ody_free(queue->by_app);
    ody__smoothing_fini(&queue->smoothing);
    ody_bytes_fini(&queue->text);
    ody_free(queue);
}

/* The hooks of other options while they are put together. */
typedef struct plan {
    ody_webhook_hook **hooks;
    ody_webhook_hook **by_app;
    bool *stays; /* of the hooks that there are */
    size_t count;
    size_t apps;
} plan;

static size_t apps_of(const ody_options *options)
{
    size_t apps = 0;

    for (size_t index = 0; index < options->app_count; index++) {
        apps = options->apps[index].number >= apps ? options->apps[index].number + 1 : apps;
    }
    return apps;
}

/* The hook that has the same app and URL and is not spoken for yet. */
static ody_webhook_hook *find_same(const ody_webhook_queue *queue, const ody_webhook *config,
                                   plan *next)
{
    for (size_t index = 0; index < queue->count; index++) {
        ody_webhook_hook *hook = queue->hooks[index];

        if (hook && !next->stays[index] && strcmp(hook->config->app_id, config->app_id) == 0 &&
            strcmp(hook->config->url, config->url) == 0) {
            next->stays[index] = true;
            return hook;
        }
    }
    return NULL;
}

static void plan_drop(plan *next)
{
    for (size_t index = 0; next->hooks && index < next->count; index++) {
        /* Only what is new has no place in the options yet. */
        if (next->hooks[index] && !next->hooks[index]->config) {
            ody__hook_free(next->hooks[index]);
        }
    }
    ody_free(next->hooks);
    ody_free(next->by_app);
    ody_free(next->stays);
}

static int plan_make(ody_webhook_queue *queue, const ody_options *options, plan *next)
{
    next->count = options->webhook_count;
    next->apps = apps_of(options);
    next->hooks = ody_calloc(next->count + 1, sizeof(ody_webhook_hook *));
    next->by_app = ody_calloc(next->apps + 1, sizeof(ody_webhook_hook *));
    next->stays = ody_calloc(queue->count + 1, sizeof(bool));
    if (!next->hooks || !next->by_app || !next->stays) {
        return ODY_EMEMORY;
    }
    for (size_t index = 0; index < next->count; index++) {
        const ody_webhook *config = &options->webhooks[index];

        if (!ody_options_app_of_id(options, ody_view_of(config->app_id))) {
            continue;
        }
        next->hooks[index] = find_same(queue, config, next);
        if (!next->hooks[index]) {
            next->hooks[index] =
                ody__hook_new(queue->limits, &queue->total, config->app_id, config->url);
        }
        if (!next->hooks[index]) {
            return ODY_EMEMORY;
        }
    }
    return 0;
}

/* Its webhook is gone: it goes too, at once or when its request has ended. */
static void retire(ody_webhook_queue *queue, ody_webhook_hook *hook)
{
    ody__hook_retire(hook);
    if (hook->in_flight) {
        ody_list_append(&queue->leaving, &hook->leaving);
    } else {
        ody__hook_free(hook);
    }
}

static void plan_carry_out(ody_webhook_queue *queue, const ody_options *options, plan *next)
{
    for (size_t index = 0; index < queue->count; index++) {
        if (queue->hooks[index] && !next->stays[index]) {
            retire(queue, queue->hooks[index]);
        }
    }
    for (size_t index = next->count; index-- > 0;) {
        ody_webhook_hook *hook = next->hooks[index];

        if (!hook) {
            continue;
        }
        hook->config = &options->webhooks[index];
        hook->index = (unsigned)index;
        hook->app = ody_options_app_of_id(options, ody_view_of(hook->config->app_id))->number;
        hook->hurried = queue->hurried;
        hook->next_of_app = next->by_app[hook->app];
        next->by_app[hook->app] = hook;
    }
    ody_free(queue->hooks);
    ody_free(queue->by_app);
    queue->hooks = next->hooks;
    queue->by_app = next->by_app;
    queue->count = next->count;
    queue->apps = next->apps;
    queue->turn = 0;
    queue->options = options;
    ody_free(next->stays);
}

int ody_webhook_queue_reload(ody_webhook_queue *queue, const ody_options *options)
{
    plan next = {0};
    int code = plan_make(queue, options, &next);

    if (code < 0) {
        plan_drop(&next);
        return code;
    }
    plan_carry_out(queue, options, &next);
    return 0;
}

/* Bytes that all together may take more. */
static uint64_t room(const ody_webhook_queue *queue)
{
    uint64_t taken = queue->total.bytes + queue->smoothing.size;

    return taken < queue->limits->size ? queue->limits->size - taken : 0;
}

static ody_webhook_hook *hooks_of(const ody_webhook_queue *queue, uint32_t app)
{
    return app < queue->apps ? queue->by_app[app] : NULL;
}

/* Gives the event to all webhooks that want it. */
static void spread(ody_webhook_queue *queue, const ody_webhook_notice *notice, uint64_t now)
{
    const uint32_t kinds = 1u << notice->kind;
    ody_webhook_hook *hook = hooks_of(queue, notice->app);

    ody_bytes_clear(&queue->text);
    for (; hook; hook = hook->next_of_app) {
        if (!ody__hook_wants(hook, kinds, notice->channel)) {
            continue;
        }
        if (queue->text.length == 0) {
            ody__webhook_event(&queue->text, notice);
        }
        if (queue->text.failed) {
            ody__hook_lose(hook);
        } else {
            ody__hook_add(hook, ody_bytes_view(&queue->text), room(queue), now);
        }
    }
}

/* What nobody has undone in time goes out. */
static void release_held(ody_webhook_queue *queue, uint64_t now)
{
    ody_webhook_notice notice;

    while (ody__smoothing_release(&queue->smoothing, now, &notice)) {
        spread(queue, &notice, now);
        ody__smoothing_drop_first(&queue->smoothing);
    }
}

/* What undoes a notice matters as much as itself: who is told of a channel only when it becomes
 * occupied must not hear of one that was vacated for a moment. */
static uint32_t kinds_of(ody_webhook_event kind)
{
    return kind <= ODY_WEBHOOK_MEMBER_REMOVED ? 1u << kind | 1u << (kind ^ 1u) : 1u << kind;
}

static bool anybody_wants(const ody_webhook_queue *queue, const ody_webhook_notice *notice)
{
    const ody_webhook_hook *hook = hooks_of(queue, notice->app);

    while (hook && !ody__hook_wants(hook, kinds_of(notice->kind), notice->channel)) {
        hook = hook->next_of_app;
    }
    return hook != NULL;
}

void ody_webhook_queue_take(ody_webhook_queue *queue, const ody_webhook_notice *notice,
                            uint64_t now)
{
    int code;

    release_held(queue, now);
    if (!anybody_wants(queue, notice)) {
        return;
    }
    if (queue->draining && ody__smoothing_is_departure(notice->kind)) {
        queue->total.dropped_stopped++;
        return;
    }
    code = ody__smoothing_take(&queue->smoothing, notice, now, room(queue));
    if (code == ODY_SMOOTH_PASS) {
        spread(queue, notice, now);
    } else if (code == ODY_ELIMIT) {
        queue->total.dropped_full++;
    } else if (code < 0) {
        queue->total.dropped_memory++;
    }
}

/* A webhook that fails holds its place for as long as its receiver is silent, so that there must be
 * places that only the others get. */
static bool has_place(const ody_webhook_queue *queue, const ody_webhook_hook *hook)
{
    return queue->total.in_flight < queue->limits->requests &&
           (hook->failures == 0 || queue->doubtful < (queue->limits->requests + 1) / 2);
}

/* @return whether the hook's request is on the way now. */
static bool begin(ody_webhook_queue *queue, ody_webhook_hook *hook, uint64_t now, uint64_t unix_ms,
                  ody_webhook_request *request)
{
    const ody_app *app = app_of_number(queue->options, hook->app);
    /* The oldest that is valid: who checks has it for certain. */
    const ody_app_key *key = &app->keys[ODY_APP_KEYS - 1];

    while (!key->key) {
        key--;
    }
    if (ody__hook_begin(hook, ody_view_of(key->secret), now, unix_ms) < 0) {
        return false;
    }
    queue->doubtful += hook->failures > 0;
    *request = (ody_webhook_request){
        .hook = hook,
        .url = hook->config->url,
        .key = key->key,
        .signature = hook->signature,
        .body = ody_bytes_view(&hook->body),
    };
    return true;
}

bool ody_webhook_queue_next(ody_webhook_queue *queue, uint64_t now, uint64_t unix_ms,
                            ody_webhook_request *request)
{
    release_held(queue, now);
    for (size_t step = 0; step < queue->count; step++) {
        size_t index = (queue->turn + step) % queue->count;
        ody_webhook_hook *hook = queue->hooks[index];

        if (hook && ody__hook_due(hook) <= now && has_place(queue, hook) &&
            begin(queue, hook, now, unix_ms, request)) {
            queue->turn = index + 1;
            return true;
        }
    }
    return false;
}

static void log_outcome(const ody_webhook_hook *hook, ody_webhook_outcome outcome,
                        const char *reason, unsigned failures, uint64_t now)
{
    static ody_log_gate gate;
    uint64_t suppressed;
    bool failed = outcome == ODY_WEBHOOK_FAILED;

    if ((!failed && outcome != ODY_WEBHOOK_RECOVERED) ||
        !ody_log_gate_pass(&gate, now, &suppressed)) {
        return;
    }
    if (failed) {
        ody_log(ODY_LOG_WARNING, "a webhook fails, it will be tried again",
                ODY_STRING("app", hook->app_id), ODY_NUMBER("webhook", hook->index),
                ODY_STRING("receiver", hook->origin), ODY_STRING("reason", reason),
                ODY_NUMBER("suppressed", suppressed));
    } else {
        ody_log(ODY_LOG_INFO, "a webhook works again", ODY_STRING("app", hook->app_id),
                ODY_NUMBER("webhook", hook->index), ODY_STRING("receiver", hook->origin),
                ODY_NUMBER("failures", failures), ODY_NUMBER("suppressed", suppressed));
    }
}

void ody_webhook_queue_end(ody_webhook_queue *queue, ody_webhook_hook *hook, const char *reason,
                           uint64_t now)
{
    unsigned failures = hook->failures;
    ody_webhook_outcome outcome = ody__hook_end(hook, !reason, now);

    queue->doubtful -= failures > 0;
    log_outcome(hook, outcome, reason, failures, now);
    if (ody_list_linked(&hook->leaving)) {
        ody__hook_free(hook);
    }
}

uint64_t ody_webhook_queue_due(const ody_webhook_queue *queue)
{
    uint64_t due = ody__smoothing_due(&queue->smoothing);

    for (size_t index = 0; index < queue->count; index++) {
        const ody_webhook_hook *hook = queue->hooks[index];

        /* Without a place it waits for another's end, not for time to pass. */
        if (hook && ody__hook_due(hook) < due && has_place(queue, hook)) {
            due = ody__hook_due(hook);
        }
    }
    return due;
}

void ody_webhook_queue_drain(ody_webhook_queue *queue)
{
    queue->draining = true;
    queue->total.dropped_stopped += queue->smoothing.count;
    while (queue->smoothing.count > 0) {
        ody__smoothing_drop_first(&queue->smoothing);
    }
}

void ody_webhook_queue_hurry(ody_webhook_queue *queue)
{
    ody_webhook_queue_drain(queue);
    queue->hurried = true;
    for (size_t index = 0; index < queue->count; index++) {
        if (queue->hooks[index]) {
            ody__hook_hurry(queue->hooks[index]);
        }
    }
}

void ody_webhook_queue_give_up(ody_webhook_queue *queue)
{
    ody_webhook_queue_drain(queue);
    for (size_t index = 0; index < queue->count; index++) {
        if (queue->hooks[index]) {
            ody__hook_give_up(queue->hooks[index]);
        }
    }
}

bool ody_webhook_queue_idle(const ody_webhook_queue *queue)
{
    return queue->total.queued == 0 && queue->smoothing.count == 0 && queue->total.in_flight == 0;
}

ody_webhook_queue_state ody_webhook_queue_look(const ody_webhook_queue *queue)
{
    return (ody_webhook_queue_state){
        .all = queue->total,
        .hooks = queue->count,
        .held = queue->smoothing.count,
        .smoothed = queue->smoothing.undone,
    };
}

const ody_webhook_numbers *ody_webhook_queue_hook(const ody_webhook_queue *queue, size_t index)
{
    return index < queue->count && queue->hooks[index] ? &queue->hooks[index]->numbers : NULL;
}
