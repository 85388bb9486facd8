/* SPDX-License-Identifier: MIT */
/*
 * Channel names: one table of allowed characters, one table of prefixes. A longer prefix stands
 * before the shorter one that it begins with.
 */
#include "wire/channel_name.h"
#include "ody/error.h"

typedef struct prefix_row {
    ody_view prefix;
    ody_channel_kind kind;
    const char *name;
} prefix_row;

#define ROW(text, type, cache, name)                                                               \
    {                                                                                              \
        {text, sizeof(text) - 1}, {ODY_CHANNEL_##type, cache}, name                                \
    }

static const prefix_row prefix_rows[] = {
    ROW("private-encrypted-cache-", ENCRYPTED, true, "private-encrypted-cache"),
    ROW("private-encrypted-", ENCRYPTED, false, "private-encrypted"),
    ROW("private-cache-", PRIVATE, true, "private-cache"),
    ROW("private-", PRIVATE, false, "private"),
    ROW("presence-cache-", PRESENCE, true, "presence-cache"),
    ROW("presence-", PRESENCE, false, "presence"),
    ROW("cache-", PUBLIC, true, "cache"),
    ROW("#server-to-user-", USER, false, "user"),
    ROW("", PUBLIC, false, "public"),
};

#define PREFIX_ROWS (sizeof(prefix_rows) / sizeof(prefix_rows[0]))

/* Indexed by byte: whether it may stand in a name. */
static const bool name_bytes[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['_'] = true, ['-'] = true,
    ['='] = true,         ['@'] = true,         [','] = true,         ['.'] = true, [';'] = true,
};

static const prefix_row *find_row(ody_view name)
{
    const prefix_row *row = prefix_rows;

    while (!ody_view_starts(name, row->prefix)) {
        row++;
    }
    return row;
}

static bool only_name_bytes(ody_view text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!name_bytes[(unsigned char)text.data[i]]) {
            return false;
        }
    }
    return true;
}

int ody_channel_name_parse(ody_view name, size_t max_length, ody_channel_kind *kind)
{
    const prefix_row *row = find_row(name);
    ody_view checked = name;

    if (name.length == 0 || name.length > max_length) {
        return ODY_ECHANNEL_NAME;
    }
    if (row->kind.type == ODY_CHANNEL_USER) {
        checked.data += row->prefix.length;
        checked.length -= row->prefix.length;
    }
    if (checked.length == 0 || !only_name_bytes(checked)) {
        return ODY_ECHANNEL_NAME;
    }
    *kind = row->kind;
    return 0;
}

bool ody_channel_needs_auth(ody_channel_kind kind)
{
    return kind.type == ODY_CHANNEL_PRIVATE || kind.type == ODY_CHANNEL_ENCRYPTED ||
           kind.type == ODY_CHANNEL_PRESENCE;
}

bool ody_channel_always_exists(ody_channel_kind kind)
{
    return kind.cache || kind.type == ODY_CHANNEL_USER;
}

ody_view ody_channel_user_id(ody_view name)
{
    size_t prefix = find_row(name)->prefix.length;

    return (ody_view){name.data + prefix, name.length - prefix};
}

const char *ody_channel_kind_name(ody_channel_kind kind)
{
    for (size_t i = 0; i < PREFIX_ROWS; i++) {
        if (prefix_rows[i].kind.type == kind.type && prefix_rows[i].kind.cache == kind.cache) {
            return prefix_rows[i].name;
        }
    }
    return "user";
}
