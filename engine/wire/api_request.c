/* SPDX-License-Identifier: MIT */
/* From JSON bodies to events. The views point into the parsed value, which the result keeps. */
#include "wire/api_request.h"

#include "base/memory.h"
#include "wire/json_load.h"

/* What ody_api_events.owned points to; the events and their channels stand behind it. */
typedef struct events_memory {
    json_t *root;
    ody_api_event *events;
    ody_view *channels; /* room for the next event's */
} events_memory;

/* Where a value is, for sentences: "" or "batch[3]." */
typedef struct place {
    char text[40];
    ody_error *error;
} place;

static int missing(const place *at, const char *key)
{
    return ody_error_set(at->error, ODY_EINVALID, "Missing required parameter: %s%s", at->text,
                         key);
}

static int no_memory(ody_error *error)
{
    return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
}

/* Reads an optional string without looking into it. */
static int read_text(const json_t *object, const char *key, const place *at, ody_view *out)
{
    const json_t *value = json_object_get(object, key);

    *out = ODY_VIEW_NONE;
    if (!value || json_is_null(value)) {
        return 0;
    }
    if (!json_is_string(value)) {
        return ody_error_set(at->error, ODY_EINVALID, "Expected %s%s to be a string", at->text,
                             key);
    }
    *out = ody__json_string(value);
    return 0;
}

/* The same for a name, which has no NUL in it. */
static int read_name(const json_t *object, const char *key, const place *at, ody_view *out)
{
    int code = read_text(object, key, at, out);

    if (code == 0 && ody__has_nul(*out)) {
        return ody_error_set(at->error, ODY_EINVALID,
                             "Invalid parameter: %s%s contains a NUL "
                             "character",
                             at->text, key);
    }
    return code;
}

static int read_channel_name(const json_t *value, const place *at, ody_view *out)
{
    if (!json_is_string(value)) {
        return ody_error_set(at->error, ODY_EINVALID, "Expected channel name to be a string%s%.*s",
                             at->text[0] ? " in " : "", (int)strcspn(at->text, "."), at->text);
    }
    *out = ody__json_string(value);
    if (ody__has_nul(*out)) {
        return ody_error_set(at->error, ODY_EINVALID,
                             "Invalid channel name (contains a NUL character)");
    }
    return 0;
}

/* Adds one channel to an event. */
static void add_channel(events_memory *memory, ody_api_event *event, ody_view name)
{
    *memory->channels++ = name;
    event->channel_count++;
}

static int read_channel(const json_t *object, events_memory *memory, ody_api_event *event,
                        const place *at)
{
    const json_t *value = json_object_get(object, "channel");
    ody_view name;
    int code;

    event->channels = memory->channels;
    if (!value || json_is_null(value)) {
        return 0;
    }
    code = read_channel_name(value, at, &name);
    if (code == 0) {
        add_channel(memory, event, name);
    }
    return code;
}

static int read_channels(const json_t *list, events_memory *memory, ody_api_event *event,
                         const place *at)
{
    int code = 0;

    for (size_t index = 0; code == 0 && index < json_array_size(list); index++) {
        ody_view name;

        code = read_channel_name(json_array_get(list, index), at, &name);
        if (code == 0) {
            add_channel(memory, event, name);
        }
    }
    return code;
}

/* What all events have, but for their channels. */
static int read_event(const json_t *object, ody_api_event *event, const place *at)
{
    int code = read_name(object, "name", at, &event->name);

    if (code == 0) {
        code = read_text(object, "data", at, &event->data);
    }
    if (code == 0) {
        code = read_name(object, "socket_id", at, &event->socket_id);
    }
    if (code == 0) {
        code = read_name(object, "info", at, &event->info);
    }
    return code;
}

static int check_complete(const ody_api_event *event, bool channel_needed, const place *at)
{
    if (!event->name.data) {
        return missing(at, "name");
    }
    if (!event->data.data) {
        return missing(at, "data");
    }
    return channel_needed && event->channel_count == 0 ? missing(at, "channel") : 0;
}

/* One block for `events` events that have `channels` channels together; takes root in either case.
 */
static int events_new(json_t *take_root, size_t events, size_t channels, ody_api_events *out,
                      ody_error *error)
{
    size_t size =
        sizeof(events_memory) + events * sizeof(ody_api_event) + channels * sizeof(ody_view);
    events_memory *memory = ody_calloc(1, size);

    if (!memory) {
        json_decref(take_root);
        return no_memory(error);
    }
    memory->root = take_root;
    memory->events = (ody_api_event *)(memory + 1);
    memory->channels = (ody_view *)(memory->events + events);
    *out = (ody_api_events){memory->events, events, memory};
    return 0;
}

void ody_api_events_fini(ody_api_events *events)
{
    events_memory *memory = events->owned;

    if (memory) {
        json_decref(memory->root);
    }
    ody_free(memory);
    *events = (ody_api_events){0};
}

/* Frees what an unsuccessful reader has made. @return code. */
static int give_up(ody_api_events *out, int code)
{
    if (code < 0) {
        ody_api_events_fini(out);
    }
    return code;
}

static int too_many_channels(size_t count, const ody_app_limits *limits, ody_error *error)
{
    return ody_error_set(error, ODY_EINVALID, "Too many channels: %zu in one event, at most %u",
                         count, limits->channels_per_publish);
}

/* The list `channels`, or NULL where there is none or `channel` is used. */
static int find_channels(const json_t *root, const ody_app_limits *limits, const json_t **list,
                         ody_error *error)
{
    const json_t *value = json_object_get(root, "channels");
    const json_t *single = json_object_get(root, "channel");

    *list = json_is_array(value) ? value : NULL;
    if (!value || json_is_null(value)) {
        return 0;
    }
    if (!*list) {
        return ody_error_set(error, ODY_EINVALID, "Expected channels to be an array of strings");
    }
    if (single && !json_is_null(single)) {
        return ody_error_set(error, ODY_EINVALID,
                             "Only one of the parameters channel and channels can be used");
    }
    if (json_array_size(value) > limits->channels_per_publish) {
        return too_many_channels(json_array_size(value), limits, error);
    }
    return 0;
}

/* A body that is left out is an empty object: everything stands in the query. */
static int load(ody_view body, const ody_app_limits *limits, json_t **root, ody_error *error)
{
    return ody__json_load(body.length > 0 ? body : ODY_VIEW("{}"), limits, "request body", root,
                          error);
}

/* Takes what the body leaves out from the query. */
static void complete(const ody_query *query, events_memory *memory, ody_api_event *event)
{
    size_t count;
    const ody_parameter *channels = ody_query_list(query, ODY_VIEW("channels"), &count);

    event->name = event->name.data ? event->name : ody_query_find(query, ODY_VIEW("name"));
    event->data = event->data.data ? event->data : ody_query_find(query, ODY_VIEW("data"));
    event->socket_id =
        event->socket_id.data ? event->socket_id : ody_query_find(query, ODY_VIEW("socket_id"));
    event->info = event->info.data ? event->info : ody_query_find(query, ODY_VIEW("info"));
    if (event->channel_count > 0) {
        return;
    }
    if (!channels) {
        channels = ody_query_list(query, ODY_VIEW("channel"), &count);
    }
    for (size_t index = 0; index < count; index++) {
        add_channel(memory, event, channels[index].value);
    }
}

/* Channels that the query may give; too many are refused before there is room for them. */
static int count_query_channels(const ody_query *query, const ody_app_limits *limits, size_t *room,
                                ody_error *error)
{
    size_t several, single;

    ody_query_list(query, ODY_VIEW("channels"), &several);
    ody_query_list(query, ODY_VIEW("channel"), &single);
    *room = several > single ? several : single;
    return *room > limits->channels_per_publish ? too_many_channels(*room, limits, error) : 0;
}

/* Makes the one event, with room for all its channels. Takes root in either case. */
static int event_new(json_t *take_root, const ody_query *query, const ody_app_limits *limits,
                     const json_t **channels, ody_api_events *out, ody_error *error)
{
    size_t room = 0;
    int code = find_channels(take_root, limits, channels, error);

    if (code == 0) {
        code = count_query_channels(query, limits, &room, error);
    }
    if (code < 0) {
        json_decref(take_root);
        return code;
    }
    return events_new(take_root, 1, 1 + json_array_size(*channels) + room, out, error);
}

int ody_api_event_parse(ody_view body, const ody_query *query, const ody_app_limits *limits,
                        ody_api_events *out, ody_error *error)
{
    const place at = {.error = error};
    const json_t *channels = NULL;
    events_memory *memory;
    json_t *root;
    int code = load(body, limits, &root, error);

    *out = (ody_api_events){0};
    if (code == 0) {
        code = event_new(root, query, limits, &channels, out, error);
    }
    if (code < 0) {
        return code;
    }
    memory = out->owned;
    code = read_event(memory->root, memory->events, &at);
    if (code == 0) {
        code = read_channel(memory->root, memory, memory->events, &at);
    }
    if (code == 0) {
        code = read_channels(channels, memory, memory->events, &at);
    }
    if (code == 0) {
        complete(query, memory, memory->events);
        code = check_complete(memory->events, true, &at);
    }
    return give_up(out, code);
}

static int read_batch(const json_t *list, ody_api_events *out, ody_error *error)
{
    events_memory *memory = out->owned;
    int code = 0;

    for (size_t index = 0; code == 0 && index < out->count; index++) {
        const json_t *one = json_array_get(list, index);
        ody_api_event *event = &memory->events[index];
        place at = {.error = error};

        snprintf(at.text, sizeof(at.text), "batch[%zu].", index);
        if (!json_is_object(one)) {
            return ody_error_set(error, ODY_EINVALID, "Expected batch[%zu] to be an object", index);
        }
        code = read_event(one, event, &at);
        if (code == 0) {
            code = read_channel(one, memory, event, &at);
        }
        if (code == 0) {
            code = check_complete(event, true, &at);
        }
    }
    return code;
}

/* The list `batch`, once it is known to be one and not too long. */
static int find_batch(const json_t *root, const ody_app_limits *limits, const json_t **list,
                      ody_error *error)
{
    const place at = {.error = error};
    const json_t *value = json_object_get(root, "batch");

    *list = value;
    if (!value || json_is_null(value)) {
        return missing(&at, "batch");
    }
    if (!json_is_array(value)) {
        return ody_error_set(error, ODY_EINVALID, "Expected batch to be an array of objects");
    }
    if (json_array_size(value) > limits->events_per_batch) {
        return ody_error_set(error, ODY_EPAYLOAD_SIZE,
                             "Batch too large: it has %zu events, at most %u are allowed",
                             json_array_size(value), limits->events_per_batch);
    }
    return 0;
}

int ody_api_batch_parse(ody_view body, const ody_app_limits *limits, ody_api_events *out,
                        ody_error *error)
{
    const json_t *list;
    json_t *root;
    int code = load(body, limits, &root, error);

    *out = (ody_api_events){0};
    if (code < 0) {
        return code;
    }
    code = find_batch(root, limits, &list, error);
    if (code < 0) {
        json_decref(root);
        return code;
    }
    code = events_new(root, json_array_size(list), json_array_size(list), out, error);
    return code < 0 ? code : give_up(out, read_batch(list, out, error));
}

int ody_api_whisper_parse(ody_view body, const ody_app_limits *limits, ody_api_events *out,
                          ody_error *error)
{
    const place at = {.error = error};
    json_t *root;
    ody_api_event *event;
    int code = load(body, limits, &root, error);

    *out = (ody_api_events){0};
    if (code < 0) {
        return code;
    }
    code = events_new(root, 1, 1, out, error);
    if (code < 0) {
        return code;
    }
    event = ((events_memory *)out->owned)->events;
    code = read_event(root, event, &at);
    if (code == 0) {
        code = read_channel(root, out->owned, event, &at);
    }
    if (code == 0) {
        code = check_complete(event, false, &at);
    }
    return give_up(out, code);
}
