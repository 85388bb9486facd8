/* SPDX-License-Identifier: MIT */
/* Any bytes as a channel name, judged again by the words of the protocol's documentation. */
#include <string.h>
#include "fuzz.h"
#include "ody/error.h"
#include "wire/channel_name.h"

#define MAX_LENGTH 164

static const char allowed[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;";

static bool is_allowed(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '\0' || !strchr(allowed, name[i])) {
            return false;
        }
    }
    return length > 0;
}

static bool begins(ody_view name, const char *prefix)
{
    return name.length >= strlen(prefix) && memcmp(name.data, prefix, strlen(prefix)) == 0;
}

static bool is_user(ody_view name)
{
    return begins(name, "#server-to-user-");
}

static bool is_good(ody_view name)
{
    size_t skip = is_user(name) ? strlen("#server-to-user-") : 0;

    return name.length <= MAX_LENGTH && is_allowed(name.data + skip, name.length - skip);
}

static bool is_cache(ody_view name)
{
    return begins(name, "cache-") || begins(name, "private-cache-") ||
           begins(name, "presence-cache-") || begins(name, "private-encrypted-cache-");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view name = {(const char *)data, size};
    ody_channel_kind kind;
    int result = ody_channel_name_parse(name, MAX_LENGTH, &kind);

    MUST(result == (is_good(name) ? 0 : ODY_ECHANNEL_NAME));
    if (result == 0) {
        MUST(kind.cache == is_cache(name));
        MUST((kind.type == ODY_CHANNEL_USER) == is_user(name));
        MUST((kind.type == ODY_CHANNEL_PRESENCE) == begins(name, "presence-"));
        MUST((kind.type == ODY_CHANNEL_ENCRYPTED) == begins(name, "private-encrypted-"));
        MUST(ody_channel_needs_auth(kind) ==
             (begins(name, "private-") || begins(name, "presence-")));
        MUST(ody_channel_always_exists(kind) == (is_cache(name) || is_user(name)));
        MUST(strlen(ody_channel_kind_name(kind)) > 0);
    }
    return 0;
}
