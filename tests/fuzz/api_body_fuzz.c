/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the body of each request of the HTTP API that has one, and as a posted form. What is
 * accepted is compared with what jansson reads in the same text.
 */
#include <jansson.h>
#include "base/utf8.h"
#include "fuzz.h"
#include "wire/api_answer.h"
#include "wire/api_request.h"

#define DECODE (JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES)

static const ody_app_limits limits = {
    .channels_per_publish = 4,
    .events_per_batch = 3,
    .json_depth = 8,
};

static json_t *decode(ody_view text)
{
    json_t *value = json_loadb(text.data, text.length, DECODE, NULL);

    MUST(value);
    return value;
}

static bool has_nul(ody_view text)
{
    return text.length > 0 && memchr(text.data, '\0', text.length);
}

/* An optional field: absent in the struct where the text has none or null, else the same bytes. */
static void must_match(const json_t *object, const char *key, ody_view text)
{
    const json_t *value = json_object_get(object, key);

    if (!value || json_is_null(value)) {
        MUST(!text.data);
        return;
    }
    MUST(json_is_string(value) && ody_utf8_valid(text));
    MUST(ody_view_equal((ody_view){json_string_value(value), json_string_length(value)}, text));
}

static void check_event(const json_t *object, const ody_api_event *event)
{
    const json_t *channels = json_object_get(object, "channels");

    must_match(object, "name", event->name);
    must_match(object, "data", event->data);
    must_match(object, "socket_id", event->socket_id);
    must_match(object, "info", event->info);
    MUST(event->name.data && event->data.data);
    MUST(!has_nul(event->name) && !has_nul(event->socket_id) && !has_nul(event->info));
    MUST(event->channel_count <= limits.channels_per_publish);
    for (size_t i = 0; i < event->channel_count; i++) {
        MUST(!has_nul(event->channels[i]) && ody_utf8_valid(event->channels[i]));
    }
    if (!json_is_array(channels) && event->channel_count == 1) {
        must_match(object, "channel", event->channels[0]);
    }
}

static void check_refusal(int result, const ody_error *error)
{
    MUST(result < 0 && error->code == result);
    MUST(error->message[0] && ody_utf8_valid(ody_view_of(error->message)));
}

static void try_event(ody_view body)
{
    const ody_query query = {0};
    ody_api_events events;
    ody_error error;
    json_t *root;
    int code = ody_api_event_parse(body, &query, &limits, &events, &error);

    if (code < 0) {
        check_refusal(code, &error);
        return;
    }
    root = decode(body);
    MUST(events.count == 1 && events.events->channel_count > 0);
    check_event(root, events.events);
    json_decref(root);
    ody_api_events_fini(&events);
}

static void try_whisper(ody_view body)
{
    ody_api_events events;
    ody_error error;
    json_t *root;
    int code = ody_api_whisper_parse(body, &limits, &events, &error);

    if (code < 0) {
        check_refusal(code, &error);
        return;
    }
    root = decode(body);
    MUST(events.count == 1 && events.events->channel_count <= 1);
    check_event(root, events.events);
    json_decref(root);
    ody_api_events_fini(&events);
}

static void try_batch(ody_view body)
{
    ody_api_events events;
    ody_error error;
    json_t *root;
    const json_t *batch;
    int code = ody_api_batch_parse(body, &limits, &events, &error);

    if (code < 0) {
        check_refusal(code, &error);
        return;
    }
    root = decode(body);
    batch = json_object_get(root, "batch");
    MUST(json_is_array(batch) && json_array_size(batch) == events.count);
    MUST(events.count <= limits.events_per_batch);
    for (size_t i = 0; i < events.count; i++) {
        MUST(events.events[i].channel_count == 1);
        check_event(json_array_get(batch, i), &events.events[i]);
    }
    json_decref(root);
    ody_api_events_fini(&events);
}

/* The data as it is published: a string's own bytes, or text that says the same as what came. */
static void check_data(const json_t *sent, ody_view data)
{
    json_t *value;

    MUST(sent && ody_utf8_valid(data));
    if (json_is_string(sent)) {
        MUST(ody_view_equal((ody_view){json_string_value(sent), json_string_length(sent)}, data));
        return;
    }
    value = decode(data);
    MUST(json_equal(value, sent));
    json_decref(value);
}

static void try_broadcast(ody_view body)
{
    ody_api_broadcast broadcast;
    ody_error error;
    json_t *root;
    int code = ody_api_broadcast_parse(body, limits.json_depth, &broadcast, &error);

    if (code < 0) {
        check_refusal(code, &error);
        return;
    }
    root = decode(body);
    must_match(root, "channel", broadcast.channel);
    must_match(root, "event", broadcast.event);
    must_match(root, "api_key", broadcast.api_key);
    must_match(root, "broadcast_key", broadcast.broadcast_key);
    MUST(broadcast.channel.length > 0 && broadcast.event.length > 0 &&
         broadcast.api_key.length > 0);
    check_data(json_object_get(root, "data"), broadcast.data);
    json_decref(root);
    ody_api_broadcast_fini(&broadcast);
}

static void try_form(ody_view body)
{
    ody_api_broadcast broadcast;
    ody_api_events events;
    ody_query form;
    ody_error error;
    int code = ody_query_parse(body, &form, &error);

    if (code < 0) {
        check_refusal(code, &error);
        return;
    }
    code = ody_api_broadcast_form(&form, &broadcast, &error);
    if (code == 0) {
        MUST(ody_view_equal(broadcast.data, ody_query_find(&form, ODY_VIEW("data"))));
        ody_api_broadcast_fini(&broadcast);
    } else {
        check_refusal(code, &error);
    }
    code = ody_api_event_parse(ODY_VIEW("{}"), &form, &limits, &events, &error);
    if (code == 0) {
        MUST(events.events->channel_count > 0 &&
             events.events->channel_count <= limits.channels_per_publish);
        ody_api_events_fini(&events);
    } else {
        check_refusal(code, &error);
    }
    ody_query_fini(&form);
}

/* A list of users as workers keep it, or anything else: what comes out is JSON. */
static void try_users(ody_view text)
{
    ody_bytes out = {0};

    if (ody_encode_user_ids(&out, text) == 0) {
        json_t *ids = decode(ody_bytes_view(&out));
        json_t *users = json_loadb(text.data, text.length, DECODE & ~JSON_REJECT_DUPLICATES, NULL);

        MUST(users && json_array_size(ids) == json_array_size(users));
        json_decref(users);
        json_decref(ids);
    }
    ody_bytes_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view body = {size > 0 ? (const char *)data : "", size};

    if (size > 0) {
        try_event(body);
    }
    try_batch(body);
    try_whisper(body);
    try_broadcast(body);
    try_form(body);
    try_users(body);
    return 0;
}
