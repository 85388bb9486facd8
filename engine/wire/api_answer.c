/* SPDX-License-Identifier: MIT */
/* Attributes of channels and lists of users, as the HTTP API spells them. */
#include "wire/api_answer.h"

#include <jansson.h>
#include "wire/encode.h"

static int info_of(ody_view name)
{
    if (ody_view_equal(name, ODY_VIEW("user_count"))) {
        return ODY_INFO_USER_COUNT;
    }
    if (ody_view_equal(name, ODY_VIEW("subscription_count"))) {
        return ODY_INFO_SUBSCRIPTION_COUNT;
    }
    if (ody_view_equal(name, ODY_VIEW("sent_to"))) {
        return ODY_INFO_SENT_TO;
    }
    return ody_view_equal(name, ODY_VIEW("cache")) ? ODY_INFO_CACHE : 0;
}

int ody_api_info_parse(ody_view info, ody_error *error)
{
    int set = 0;

    while (info.length > 0) {
        const char *comma = memchr(info.data, ',', info.length);
        ody_view name = {info.data, comma ? (size_t)(comma - info.data) : info.length};
        size_t taken = name.length + (comma != NULL);
        int one;

        info = (ody_view){info.data + taken, info.length - taken};
        while (name.length > 0 && name.data[0] == ' ') {
            name = (ody_view){name.data + 1, name.length - 1};
        }
        one = info_of(name);
        if (!one) {
            return ody_error_set(error, ODY_EINVALID,
                                 "Invalid info attribute: user_count, subscription_count and cache "
                                 "are known");
        }
        set |= one;
    }
    return set;
}

int ody_api_info_find(const ody_query *query, ody_error *error)
{
    size_t count;
    const ody_parameter *parts = ody_query_list(query, ODY_VIEW("info"), &count);
    int set = 0;

    for (size_t index = 0; index < count && set >= 0; index++) {
        int part = ody_api_info_parse(parts[index].value, error);

        set = part < 0 ? part : set | part;
    }
    return set;
}

/* Begins a member; `first` says whether one stands before it. */
static void name(ody_bytes *out, bool *first, const char *key)
{
    if (!*first) {
        ody_bytes_append_byte(out, ',');
    }
    *first = false;
    ody_bytes_append_byte(out, '"');
    ody_bytes_append_view(out, ody_view_of(key));
    ody_bytes_append_literal(out, "\":");
}

static void write_cache(ody_bytes *out, const ody_api_attributes *attributes)
{
    if (!attributes->cached.data) {
        ody_bytes_append_literal(out, "null");
        return;
    }
    ody_bytes_append_literal(out, "{\"data\":");
    ody_bytes_append_view(out, attributes->cached);
    ody_bytes_append_literal(out, ",\"ttl\":");
    ody_bytes_append_number(out, (attributes->cached_for + 999) / 1000);
    ody_bytes_append_byte(out, '}');
}

static void write_attributes(ody_bytes *out, bool first, const ody_api_attributes *attributes)
{
    if (attributes->shown & ODY_INFO_USER_COUNT) {
        name(out, &first, "user_count");
        ody_bytes_append_number(out, attributes->user_count);
    }
    if (attributes->shown & ODY_INFO_SUBSCRIPTION_COUNT) {
        name(out, &first, "subscription_count");
        ody_bytes_append_number(out, attributes->subscription_count);
    }
    if (attributes->shown & ODY_INFO_CACHE) {
        name(out, &first, "cache");
        write_cache(out, attributes);
    }
    if (attributes->shown & ODY_INFO_SENT_TO) {
        name(out, &first, "sent_to");
        ody_bytes_append_number(out, attributes->sent_to);
    }
    ody_bytes_append_byte(out, '}');
}

void ody_encode_attributes(ody_bytes *out, const ody_api_attributes *attributes)
{
    ody_bytes_append_byte(out, '{');
    write_attributes(out, true, attributes);
}

void ody_encode_occupied(ody_bytes *out, bool occupied, const ody_api_attributes *attributes)
{
    ody_bytes_append_literal(out, "{\"occupied\":");
    ody_bytes_append_view(out, occupied ? ODY_VIEW("true") : ODY_VIEW("false"));
    write_attributes(out, false, attributes);
}

/* @return false when it is no user. */
static bool write_user_id(ody_bytes *out, bool first, const json_t *user)
{
    const json_t *id = json_object_get(user, "user_id");

    if (!json_is_string(id)) {
        return false;
    }
    ody_bytes_append_view(out, first ? ODY_VIEW("{\"id\":") : ODY_VIEW(",{\"id\":"));
    ody_encode_string(out, (ody_view){json_string_value(id), json_string_length(id)});
    ody_bytes_append_byte(out, '}');
    return true;
}

int ody_encode_user_ids(ody_bytes *out, ody_view users)
{
    json_error_t found = {0};
    json_t *list = json_loadb(users.data ? users.data : "", users.length, JSON_ALLOW_NUL, &found);
    size_t count = json_array_size(list);
    int code = json_is_array(list) ? 0 : ODY_EJSON;

    /* Where jansson finds no memory, it mostly leaves without a word. */
    if (!list && found.text[0] == '\0') {
        code = ODY_EMEMORY;
    }
    ody_bytes_append_byte(out, '[');
    for (size_t index = 0; code == 0 && index < count; index++) {
        if (!write_user_id(out, index == 0, json_array_get(list, index))) {
            code = ODY_EJSON;
        }
    }
    ody_bytes_append_byte(out, ']');
    json_decref(list);
    return code;
}
