/* SPDX-License-Identifier: MIT */
/* The notices that are held, in a list by time and a map by what they are about. */
#include "webhook/smoothing.h"

#include "base/memory.h"
#include "ody/error.h"

/* `text` is the key: the app's number, the kind, and the two texts with a byte between that is in
 * no channel's name. */
typedef struct held_notice {
    ody_list_node node;
    uint64_t due;
    ody_webhook_notice notice;
    ody_view key;
    size_t size;
    char text[];
} held_notice;

/* The kinds that undo each other are neighbours, who leaves behind who comes. */
bool ody__smoothing_is_departure(ody_webhook_event kind)
{
    return kind == ODY_WEBHOOK_CHANNEL_VACATED || kind == ODY_WEBHOOK_MEMBER_REMOVED;
}

static bool is_arrival(ody_webhook_event kind)
{
    return kind == ODY_WEBHOOK_CHANNEL_OCCUPIED || kind == ODY_WEBHOOK_MEMBER_ADDED;
}

static ody_webhook_event departure_of(ody_webhook_event kind)
{
    return kind == ODY_WEBHOOK_CHANNEL_OCCUPIED ? ODY_WEBHOOK_CHANNEL_VACATED
                                                : ODY_WEBHOOK_MEMBER_REMOVED;
}

void ody__smoothing_init(ody_webhook_smoothing *smoothing, const ody_webhook_limits *limits)
{
    *smoothing = (ody_webhook_smoothing){.limits = limits};
    ody_list_init(&smoothing->held);
    ody_list_init(&smoothing->misses);
}

/* The key of what is held about that, in memory that is used again and again. */
static ody_view key_of(ody_webhook_smoothing *smoothing, const ody_webhook_notice *notice)
{
    ody_bytes *key = &smoothing->key;
    ody_webhook_event kind = is_arrival(notice->kind) ? departure_of(notice->kind) : notice->kind;

    ody_bytes_clear(key);
    ody_bytes_append(key, (const char *)&notice->app, sizeof(notice->app));
    ody_bytes_append_byte(key, (char)kind);
    ody_bytes_append_view(key, notice->channel);
    ody_bytes_append_byte(key, '\0');
    ody_bytes_append_view(key, notice->user_id);
    return key->failed ? ODY_VIEW_NONE : ody_bytes_view(key);
}

static held_notice *held_new(const ody_webhook_notice *notice, ody_view key, uint64_t due)
{
    held_notice *held = ody_malloc(sizeof(*held) + key.length);
    const char *channel;

    if (!held) {
        return NULL;
    }
    *held = (held_notice){.due = due, .size = sizeof(*held) + key.length};
    memcpy(held->text, key.data, key.length);
    held->key = (ody_view){held->text, key.length};
    channel = held->text + sizeof(notice->app) + 1;
    held->notice = (ody_webhook_notice){
        .app = notice->app,
        .kind = notice->kind,
        .channel = {channel, notice->channel.length},
        .user_id = {notice->user_id.data ? channel + notice->channel.length + 1 : NULL,
                    notice->user_id.length},
    };
    return held;
}

static held_notice *first(const ody_list *list)
{
    return ody_list_empty(list) ? NULL : ody_container_of(list->next, held_notice, node);
}

static void forget(ody_webhook_smoothing *smoothing, held_notice *held)
{
    smoothing->count -= held->notice.kind != ODY_WEBHOOK_CACHE_MISS;
    smoothing->size -= held->size;
    ody_map_remove(&smoothing->by_key, held->key);
    ody_list_remove(&held->node);
    ody_free(held);
}

static void forget_misses(ody_webhook_smoothing *smoothing, uint64_t until)
{
    held_notice *miss;

    while ((miss = first(&smoothing->misses)) && miss->due <= until) {
        forget(smoothing, miss);
    }
}

void ody__smoothing_fini(ody_webhook_smoothing *smoothing)
{
    while (smoothing->count > 0) {
        ody__smoothing_drop_first(smoothing);
    }
    forget_misses(smoothing, UINT64_MAX);
    ody_map_fini(&smoothing->by_key);
    ody_bytes_fini(&smoothing->key);
}

/* @return 0, ODY_EMEMORY or ODY_ELIMIT. */
static int keep(ody_webhook_smoothing *smoothing, const ody_webhook_notice *notice, ody_view key,
                uint64_t due, uint64_t room)
{
    bool is_miss = notice->kind == ODY_WEBHOOK_CACHE_MISS;
    held_notice *held = sizeof(*held) + key.length <= room ? held_new(notice, key, due) : NULL;

    if (!held) {
        return sizeof(*held) + key.length <= room ? ODY_EMEMORY : ODY_ELIMIT;
    }
    if (ody_map_put(&smoothing->by_key, held->key, held) < 0) {
        ody_free(held);
        return ODY_EMEMORY;
    }
    ody_list_append(is_miss ? &smoothing->misses : &smoothing->held, &held->node);
    smoothing->count += !is_miss;
    smoothing->size += held->size;
    return 0;
}

static int take_departure(ody_webhook_smoothing *smoothing, const ody_webhook_notice *notice,
                          ody_view key, uint64_t now, uint64_t room)
{
    int code = 0;

    /* One that is gone already: the arrival between got lost. */
    if (!ody_map_get(&smoothing->by_key, key)) {
        code = keep(smoothing, notice, key, now + smoothing->limits->smoothing, room);
    }
    return code < 0 ? code : ODY_SMOOTH_HELD;
}

static int take_arrival(ody_webhook_smoothing *smoothing, ody_view key)
{
    held_notice *departure = ody_map_get(&smoothing->by_key, key);

    if (!departure) {
        return ODY_SMOOTH_PASS;
    }
    forget(smoothing, departure);
    smoothing->undone += 2;
    return ODY_SMOOTH_UNDONE;
}

static int take_miss(ody_webhook_smoothing *smoothing, const ody_webhook_notice *notice,
                     ody_view key, uint64_t now, uint64_t room)
{
    if (ody_map_get(&smoothing->by_key, key)) {
        smoothing->undone++;
        return ODY_SMOOTH_UNDONE;
    }
    /* Without room for it the next one is told of too. */
    (void)keep(smoothing, notice, key, now + smoothing->limits->misses, room);
    return ODY_SMOOTH_PASS;
}

int ody__smoothing_take(ody_webhook_smoothing *smoothing, const ody_webhook_notice *notice,
                        uint64_t now, uint64_t room)
{
    bool is_miss = notice->kind == ODY_WEBHOOK_CACHE_MISS;
    ody_view key;

    forget_misses(smoothing, now);
    if (!is_miss && !ody__smoothing_is_departure(notice->kind) && !is_arrival(notice->kind)) {
        return ODY_SMOOTH_PASS;
    }
    key = key_of(smoothing, notice);
    if (!key.data) {
        return ODY_EMEMORY;
    }
    if (is_miss) {
        return take_miss(smoothing, notice, key, now, room);
    }
    return ody__smoothing_is_departure(notice->kind)
               ? take_departure(smoothing, notice, key, now, room)
               : take_arrival(smoothing, key);
}

uint64_t ody__smoothing_due(const ody_webhook_smoothing *smoothing)
{
    const held_notice *held = first(&smoothing->held);
    const held_notice *miss = first(&smoothing->misses);
    uint64_t due = held ? held->due : UINT64_MAX;

    return miss && miss->due < due ? miss->due : due;
}

bool ody__smoothing_release(ody_webhook_smoothing *smoothing, uint64_t now,
                            ody_webhook_notice *notice)
{
    const held_notice *held = first(&smoothing->held);

    forget_misses(smoothing, now);
    if (!held || held->due > now) {
        return false;
    }
    *notice = held->notice;
    return true;
}

void ody__smoothing_drop_first(ody_webhook_smoothing *smoothing)
{
    held_notice *held = first(&smoothing->held);

    if (held) {
        forget(smoothing, held);
    }
}
