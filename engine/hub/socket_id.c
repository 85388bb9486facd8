/* SPDX-License-Identifier: MIT */
/* The text form of a socket id, "first.second" in decimal, written and read. */
#include "hub/socket_id.h"

#include <inttypes.h>
#include <stdio.h>

ody_view ody_socket_id_format(ody_socket_id id, char *out)
{
    int length = snprintf(out, ODY_SOCKET_ID_TEXT, "%" PRIu64 ".%" PRIu64, id.first, id.second);

    /* Ids that came in as text may be larger than ours, and then do not fit. */
    if (length >= ODY_SOCKET_ID_TEXT) {
        length = ODY_SOCKET_ID_TEXT - 1;
    }
    return (ody_view){out, (size_t)length};
}

/* Reads digits up to `end` or a byte that is none. Returns false on overflow, no digit, or a
 * leading zero: a connection has one name only. */
static bool read_number(const char **at, const char *end, uint64_t *number)
{
    const char *start = *at;
    uint64_t value = 0;

    while (*at < end && **at >= '0' && **at <= '9') {
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(**at - '0'), &value)) {
            return false;
        }
        (*at)++;
    }
    *number = value;
    return *at > start && (*start != '0' || *at == start + 1);
}

bool ody_socket_id_parse(ody_view text, ody_socket_id *id)
{
    const char *at = text.data;
    const char *end = text.data + text.length;

    if (text.length == 0 || text.length >= ODY_SOCKET_ID_TEXT ||
        !read_number(&at, end, &id->first)) {
        return false;
    }
    if (at == end || *at != '.') {
        return false;
    }
    at++;
    return read_number(&at, end, &id->second) && at == end;
}

unsigned ody_socket_id_shard(ody_socket_id id)
{
    return (unsigned)((id.first - 1) % ODY_SHARDS_MAX);
}
