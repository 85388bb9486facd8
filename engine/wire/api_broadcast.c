/* SPDX-License-Identifier: MIT */
/* From the body of /api/broadcast to its fields. */
#include "base/memory.h"
#include "wire/api_request.h"
#include "wire/json_load.h"
#include "wire/json_text.h"

/* What ody_api_broadcast.owned points to; data that is no string stands behind it. */
typedef struct broadcast_memory {
    json_t *root;
    char text[];
} broadcast_memory;

/* The texts of a broadcast, and whether they are needed. */
static const struct {
    const char *key;
    size_t offset;
    bool needed;
} fields[] = {
    {"channel", offsetof(ody_api_broadcast, channel), true},
    {"event", offsetof(ody_api_broadcast, event), true},
    {"api_key", offsetof(ody_api_broadcast, api_key), true},
    {"broadcast_key", offsetof(ody_api_broadcast, broadcast_key), false},
};

static int missing(const char *key, ody_error *error)
{
    return ody_error_set(error, ODY_EINVALID, "Missing required field: %s", key);
}

static int read_fields(const json_t *root, ody_api_broadcast *out, ody_error *error)
{
    for (size_t index = 0; index < sizeof(fields) / sizeof(fields[0]); index++) {
        const char *key = fields[index].key;
        const json_t *value = json_object_get(root, key);
        ody_view *text = (ody_view *)((char *)out + fields[index].offset);

        if (json_is_string(value)) {
            *text = ody__json_string(value);
        } else if (value && !json_is_null(value)) {
            return ody_error_set(error, ODY_EINVALID, "Expected %s to be a string", key);
        }
        if (fields[index].needed && text->length == 0) {
            return missing(key, error);
        }
        if (ody__has_nul(*text)) {
            return ody_error_set(error, ODY_EINVALID, "Invalid %s (contains a NUL character)", key);
        }
    }
    return 0;
}

/* The text of a value as it was sent, without the white space around its parts. */
static ody_view compact(json_t *root, ody_view body, char *out)
{
    ody_view data = ody__json_member(body, ody__json_member_index(root, "data"));

    return (ody_view){out, ody__json_compact(data, out)};
}

int ody_api_broadcast_parse(ody_view body, uint32_t depth, ody_api_broadcast *out, ody_error *error)
{
    const ody_app_limits limits = {.json_depth = depth};
    broadcast_memory *memory = ody_malloc(sizeof(*memory) + body.length);
    const json_t *data;
    int code;

    *out = (ody_api_broadcast){0};
    if (!memory) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    memory->root = NULL;
    out->owned = memory;
    code = ody__json_load(body, &limits, "request body", &memory->root, error);
    if (code == 0) {
        code = read_fields(memory->root, out, error);
    }
    data = memory->root ? json_object_get(memory->root, "data") : NULL;
    if (code == 0 && !data) {
        code = missing("data", error);
    }
    if (code < 0) {
        ody_api_broadcast_fini(out);
        return code;
    }
    out->data =
        json_is_string(data) ? ody__json_string(data) : compact(memory->root, body, memory->text);
    return 0;
}

int ody_api_broadcast_form(const ody_query *form, ody_api_broadcast *out, ody_error *error)
{
    *out = (ody_api_broadcast){.data = ody_query_find(form, ODY_VIEW("data"))};
    for (size_t index = 0; index < sizeof(fields) / sizeof(fields[0]); index++) {
        ody_view *text = (ody_view *)((char *)out + fields[index].offset);

        *text = ody_query_find(form, ody_view_of(fields[index].key));
        if (fields[index].needed && text->length == 0) {
            return missing(fields[index].key, error);
        }
    }
    return out->data.data ? 0 : missing("data", error);
}

void ody_api_broadcast_fini(ody_api_broadcast *broadcast)
{
    broadcast_memory *memory = broadcast->owned;

    if (memory) {
        json_decref(memory->root);
    }
    ody_free(memory);
    *broadcast = (ody_api_broadcast){0};
}
