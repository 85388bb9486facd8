/* SPDX-License-Identifier: MIT */
/* The views point into the parsed value, which the struct keeps, but for data that is no string. */
#include "wire/redis_message.h"

#include "base/memory.h"
#include "wire/json_load.h"
#include "wire/json_text.h"

/* An escaped byte takes six, and names come on top of that. */
#define ESCAPED_SIZE 6
#define NAMES_SIZE 65536

/* What ody_redis_message.owned points to. */
typedef struct message_memory {
    json_t *root;
    char *text; /* data that was not a string */
    ody_view channels[];
} message_memory;

static int without_memory(ody_error *error)
{
    return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
}

static void free_memory(message_memory *memory)
{
    if (memory) {
        json_decref(memory->root);
        ody_free(memory->text);
        ody_free(memory);
    }
}

/* Reads a string that becomes a name. */
static int read_name(const json_t *value, const char *key, ody_view *name, ody_error *error)
{
    if (!json_is_string(value)) {
        return ody_error_set(error, ODY_EINVALID, "Invalid parameter: %s must be a string", key);
    }
    *name = ody__json_string(value);
    if (ody__has_nul(*name)) {
        return ody_error_set(error, ODY_EINVALID, "Invalid parameter: %s contains a NUL character",
                             key);
    }
    return 0;
}

/* How many channels are named, by `channel` or by `channels`. @return 0 or ODY_EINVALID. */
static int count_channels(const json_t *root, size_t *count, ody_error *error)
{
    const json_t *one = json_object_get(root, "channel");
    const json_t *several = json_object_get(root, "channels");

    if (one && several) {
        return ody_error_set(error, ODY_EINVALID,
                             "Invalid parameter: channel and channels exclude each other");
    }
    if (!one && !several) {
        return ody_error_set(error, ODY_EINVALID, "Missing parameter: channel");
    }
    *count = one ? 1 : json_array_size(several);
    if (*count == 0) {
        return ody_error_set(error, ODY_EINVALID,
                             "Invalid parameter: channels must be a list of names");
    }
    return 0;
}

static int read_channels(message_memory *memory, size_t count, ody_redis_message *message,
                         ody_error *error)
{
    const json_t *one = json_object_get(memory->root, "channel");
    const json_t *several = json_object_get(memory->root, "channels");
    int code = 0;

    for (size_t index = 0; code == 0 && index < count; index++) {
        code = read_name(one ? one : json_array_get(several, index), "channel",
                         &memory->channels[index], error);
    }
    message->channels = memory->channels;
    message->channel_count = count;
    return code;
}

static int read_data(ody_view text, const ody_app_limits *limits, message_memory *memory,
                     ody_redis_message *message, ody_error *error)
{
    const json_t *data = json_object_get(memory->root, "data");

    if (!data) {
        return ody_error_set(error, ODY_EINVALID, "Missing parameter: data");
    }
    if (json_is_string(data)) {
        message->data = ody__json_string(data);
    } else {
        ody_view spelled = ody__json_member(text, ody__json_member_index(memory->root, "data"));

        memory->text = ody_malloc(spelled.length);
        if (!memory->text) {
            return without_memory(error);
        }
        message->data = (ody_view){memory->text, ody__json_compact(spelled, memory->text)};
    }
    if (message->data.length > limits->event_data_size) {
        return ody_error_set(error, ODY_EPAYLOAD_SIZE,
                             "event data too large: it has %zu bytes, %u are allowed",
                             message->data.length, limits->event_data_size);
    }
    return 0;
}

static int read_message(ody_view text, const ody_app_limits *limits, message_memory *memory,
                        ody_redis_message *message, ody_error *error)
{
    const json_t *event = json_object_get(memory->root, "event");
    const json_t *socket_id = json_object_get(memory->root, "socket_id");
    int code = event ? read_name(event, "event", &message->event, error)
                     : ody_error_set(error, ODY_EINVALID, "Missing parameter: event");

    if (code == 0 && socket_id && !json_is_null(socket_id)) {
        code = read_name(socket_id, "socket_id", &message->socket_id, error);
    }
    return code == 0 ? read_data(text, limits, memory, message, error) : code;
}

int ody_redis_message_read(ody_view text, const ody_app_limits *limits, ody_redis_message *message,
                           ody_error *error)
{
    message_memory *memory = NULL;
    json_t *root;
    size_t count = 0;
    int code;

    *message = (ody_redis_message){0};
    if (text.length > (size_t)limits->event_data_size * ESCAPED_SIZE + NAMES_SIZE) {
        return ody_error_set(error, ODY_EPAYLOAD_SIZE, "message too large: it has %zu bytes",
                             text.length);
    }
    code = ody__json_load(text, limits, "message", &root, error);
    if (code < 0) {
        return code;
    }
    code = count_channels(root, &count, error);
    if (code == 0) {
        memory = ody_calloc(1, sizeof(*memory) + count * sizeof(memory->channels[0]));
        code = memory ? 0 : without_memory(error);
    }
    if (code < 0) {
        json_decref(root);
        return code;
    }
    memory->root = root;
    code = read_channels(memory, count, message, error);
    if (code == 0) {
        code = read_message(text, limits, memory, message, error);
    }
    if (code < 0) {
        free_memory(memory);
        *message = (ody_redis_message){0};
        return code;
    }
    message->owned = memory;
    return 0;
}

void ody_redis_message_fini(ody_redis_message *message)
{
    free_memory(message->owned);
    *message = (ody_redis_message){0};
}
