/* SPDX-License-Identifier: MIT */
/* The last event of a cache channel. */
#include "base/memory.h"
#include "channel/channel.h"

ody_channel_cache *ody_channel_cache_new(ody_view text, uint64_t expires)
{
    ody_channel_cache *cache = ody_calloc(1, sizeof(*cache) + text.length);

    if (!cache) {
        return NULL;
    }
    cache->expires = expires;
    cache->length = text.length;
    memcpy(cache->text, text.data, text.length);
    return cache;
}

void ody_channel_cache_drop(ody_channel *channel)
{
    if (channel->cache) {
        ody_list_remove(&channel->cache->node);
        ody_free(channel->cache);
        channel->cache = NULL;
    }
}

void ody_channel_cache_set(ody_channel *channel, ody_channel_cache *take_cache)
{
    ody_channel_cache_drop(channel);
    take_cache->channel = channel;
    channel->cache = take_cache;
}

ody_view ody_channel_cache_get(const ody_channel *channel, uint64_t now)
{
    const ody_channel_cache *cache = channel->cache;

    return cache && now < cache->expires ? (ody_view){cache->text, cache->length} : ODY_VIEW_NONE;
}
