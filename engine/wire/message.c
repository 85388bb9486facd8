/* SPDX-License-Identifier: MIT */
/*
 * From a client's text to ody_message. The views point into the parsed value, which the struct
 * keeps, so nothing is copied but the data of a client event that is not a string.
 */
#include "wire/message.h"
#include "base/memory.h"
#include "wire/json_load.h"
#include "wire/json_text.h"

/* What ody_message.owned points to. */
typedef struct message_memory {
    json_t *root;
    json_t *data; /* of a pusher:* event whose data came as a string */
    char *text;   /* client event data that was not a string */
} message_memory;

/* One message on its way from text to struct. */
typedef struct message_reader {
    ody_view text;
    const ody_app_limits *limits;
    message_memory *memory;
    ody_message *message;
    ody_error *error;
} message_reader;

static void free_memory(message_memory *memory)
{
    if (memory) {
        json_decref(memory->root);
        json_decref(memory->data);
        ody_free(memory->text);
        ody_free(memory);
    }
}

/* pusher-js sends these two, always in exactly this spelling, and they are most of the idle load.
 */
static bool read_fixed(ody_view text, ody_message *message)
{
    if (ody_view_equal(text, ODY_VIEW("{\"event\":\"pusher:ping\",\"data\":{}}"))) {
        *message = (ody_message){.kind = ODY_MESSAGE_PING, .event = ODY_VIEW("pusher:ping")};
        return true;
    }
    if (ody_view_equal(text, ODY_VIEW("{\"event\":\"pusher:pong\",\"data\":{}}"))) {
        *message = (ody_message){.kind = ODY_MESSAGE_PONG, .event = ODY_VIEW("pusher:pong")};
        return true;
    }
    return false;
}

static int check_event_name(ody_view event, const ody_app_limits *limits, ody_error *error)
{
    if (event.length == 0) {
        return ody_error_set(error, ODY_EEVENT_NAME, "Invalid event name (must not be empty)");
    }
    if (event.length > limits->event_name_length) {
        return ody_error_set(error, ODY_EEVENT_NAME, "Invalid event name (longer than %u bytes)",
                             limits->event_name_length);
    }
    for (size_t i = 0; i < event.length; i++) {
        unsigned char byte = (unsigned char)event.data[i];

        if (byte < 0x20 || byte == 0x7f) {
            return ody_error_set(error, ODY_EEVENT_NAME,
                                 "Invalid event name (contains a control character)");
        }
    }
    return 0;
}

static ody_message_kind kind_of(ody_view event)
{
    static const struct {
        ody_view event;
        ody_message_kind kind;
    } kinds[] = {
        {{"pusher:ping", 11}, ODY_MESSAGE_PING},
        {{"pusher:pong", 11}, ODY_MESSAGE_PONG},
        {{"pusher:subscribe", 16}, ODY_MESSAGE_SUBSCRIBE},
        {{"pusher:unsubscribe", 18}, ODY_MESSAGE_UNSUBSCRIBE},
        {{"pusher:signin", 13}, ODY_MESSAGE_SIGNIN},
    };

    if (ody_view_starts(event, ODY_VIEW("client-"))) {
        return ODY_MESSAGE_CLIENT_EVENT;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (ody_view_equal(event, kinds[i].event)) {
            return kinds[i].kind;
        }
    }
    return ODY_MESSAGE_UNKNOWN;
}

/* Makes data the object that the event carries, as itself or as text in a string. */
static int open_data(message_reader *reader, json_t **data)
{
    *data = json_object_get(reader->memory->root, "data");
    if (!*data || json_is_null(*data)) {
        return ody_error_set(reader->error, ODY_EINVALID, "Missing parameter: data");
    }
    if (json_is_string(*data)) {
        int result = ody__json_load(ody__json_string(*data), reader->limits, "data",
                                    &reader->memory->data, reader->error);

        *data = reader->memory->data;
        return result;
    }
    if (!json_is_object(*data)) {
        return ody_error_set(reader->error, ODY_EINVALID,
                             "Invalid parameter: data must be an object");
    }
    return 0;
}

/* Reads an optional string of data; null counts as absent. */
static int read_text(const message_reader *reader, const json_t *data, const char *key,
                     ody_view *text)
{
    const json_t *value = json_object_get(data, key);

    *text = ODY_VIEW_NONE;
    if (!value || json_is_null(value)) {
        return 0;
    }
    if (!json_is_string(value)) {
        return ody_error_set(reader->error, ODY_EINVALID,
                             "Invalid parameter: data.%s must be a string", key);
    }
    *text = ody__json_string(value);
    return 0;
}

/* The same for a name, which has no NUL in it. */
static int read_name(const message_reader *reader, const json_t *data, const char *key,
                     ody_view *name)
{
    int result = read_text(reader, data, key, name);

    if (result == 0 && ody__has_nul(*name)) {
        return ody_error_set(reader->error, ODY_EINVALID,
                             "Invalid parameter: data.%s contains a NUL character", key);
    }
    return result;
}

static int read_channel(const message_reader *reader, const json_t *data)
{
    int result = read_name(reader, data, "channel", &reader->message->channel);

    if (result == 0 && !reader->message->channel.data) {
        return ody_error_set(reader->error, ODY_EINVALID, "Missing parameter: data.channel");
    }
    return result;
}

static int read_auth(const message_reader *reader, const json_t *data)
{
    ody_view *auth = &reader->message->auth;
    int result = read_name(reader, data, "auth", auth);

    if (auth->length == 0) {
        *auth = ODY_VIEW_NONE;
    }
    return result;
}

static int read_subscribe(message_reader *reader)
{
    json_t *data;
    int result = open_data(reader, &data);

    if (result == 0) {
        result = read_channel(reader, data);
    }
    if (result == 0) {
        result = read_auth(reader, data);
    }
    if (result == 0) {
        result = read_text(reader, data, "channel_data", &reader->message->channel_data);
    }
    return result;
}

static int read_unsubscribe(message_reader *reader)
{
    json_t *data;
    int result = open_data(reader, &data);

    return result == 0 ? read_channel(reader, data) : result;
}

static int read_signin(message_reader *reader)
{
    json_t *data;
    int result = open_data(reader, &data);

    if (result == 0) {
        result = read_auth(reader, data);
    }
    if (result == 0) {
        result = read_text(reader, data, "user_data", &reader->message->user_data);
    }
    if (result == 0 && !reader->message->user_data.data) {
        return ody_error_set(reader->error, ODY_EINVALID, "Missing parameter: data.user");
    }
    if (result == 0 && !reader->message->auth.data) {
        return ody_error_set(reader->error, ODY_EINVALID, "Missing parameter: data.auth");
    }
    return result;
}

/* Gives the text of a client event's data that is not a string. */
static int copy_data(message_reader *reader)
{
    size_t index = ody__json_member_index(reader->memory->root, "data");
    ody_view data = ody__json_member(reader->text, index);

    reader->memory->text = ody_malloc(data.length);
    if (!reader->memory->text) {
        return ody_error_set(reader->error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    reader->message->data.data = reader->memory->text;
    reader->message->data.length = ody__json_compact(data, reader->memory->text);
    return 0;
}

static int read_client_event(message_reader *reader)
{
    const json_t *channel = json_object_get(reader->memory->root, "channel");
    const json_t *data = json_object_get(reader->memory->root, "data");
    int result = 0;

    if (!json_is_string(channel) || !data) {
        return ody_error_set(reader->error, ODY_EINVALID,
                             "Invalid client event (must contain channel and data)");
    }
    reader->message->channel = ody__json_string(channel);
    if (ody__has_nul(reader->message->channel)) {
        return ody_error_set(reader->error, ODY_EINVALID,
                             "Invalid client event (channel contains a NUL character)");
    }
    if (json_is_string(data)) {
        reader->message->data = ody__json_string(data);
    } else {
        result = copy_data(reader);
    }
    if (result == 0 && reader->message->data.length > reader->limits->client_event_data_size) {
        return ody_error_set(reader->error, ODY_EPAYLOAD_SIZE,
                             "The data content of this event exceeds the allowed maximum "
                             "(%u bytes)",
                             reader->limits->client_event_data_size);
    }
    return result;
}

static int read_event(message_reader *reader)
{
    const json_t *event = json_object_get(reader->memory->root, "event");
    int result;

    if (!json_is_string(event)) {
        return ody_error_set(reader->error, ODY_EINVALID,
                             "Invalid message (must contain event as a string)");
    }
    reader->message->event = ody__json_string(event);
    result = check_event_name(reader->message->event, reader->limits, reader->error);
    if (result != 0) {
        return result;
    }
    reader->message->kind = kind_of(reader->message->event);
    switch (reader->message->kind) {
    case ODY_MESSAGE_SUBSCRIBE:
        return read_subscribe(reader);
    case ODY_MESSAGE_UNSUBSCRIBE:
        return read_unsubscribe(reader);
    case ODY_MESSAGE_SIGNIN:
        return read_signin(reader);
    case ODY_MESSAGE_CLIENT_EVENT:
        return read_client_event(reader);
    default:
        return 0;
    }
}

int ody_message_parse(ody_view text, const ody_app_limits *limits, ody_message *message,
                      ody_error *error)
{
    message_memory *memory;
    message_reader reader = {.text = text, .limits = limits, .message = message, .error = error};
    int result;

    if (read_fixed(text, message)) {
        return 0;
    }
    *message = (ody_message){0};
    memory = ody_calloc(1, sizeof(*memory));
    if (!memory) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    reader.memory = memory;
    result = ody__json_load(text, limits, "message", &memory->root, error);
    if (result == 0) {
        result = read_event(&reader);
    }
    if (result != 0) {
        free_memory(memory);
        *message = (ody_message){0};
        return result;
    }
    message->owned = memory;
    return 0;
}

ody_view ody_message_data(const ody_message *message, ody_view text)
{
    const message_memory *memory = message->owned;
    const json_t *data = memory ? json_object_get(memory->root, "data") : NULL;

    if (!data) {
        return ODY_VIEW_NONE;
    }
    if (json_is_string(data)) {
        return ody__json_string(data);
    }
    return ody__json_member(text, ody__json_member_index(memory->root, "data"));
}

void ody_message_fini(ody_message *message)
{
    free_memory(message->owned);
    *message = (ody_message){0};
}
