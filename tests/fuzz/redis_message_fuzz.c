/* SPDX-License-Identifier: MIT */
/* Any bytes as a message that others publish, compared with what jansson reads in the same text. */
#include <jansson.h>
#include "base/utf8.h"
#include "fuzz.h"
#include "wire/redis_message.h"

static const ody_app_limits limits = {.event_data_size = 2000, .json_depth = 8};

static void must_be(const json_t *string, ody_view text)
{
    MUST(json_is_string(string));
    MUST(ody_view_equal((ody_view){json_string_value(string), json_string_length(string)}, text));
}

static void must_have_data(const json_t *sent, ody_view data)
{
    json_t *value;

    MUST(sent && data.length <= limits.event_data_size);
    if (json_is_string(sent)) {
        must_be(sent, data);
        return;
    }
    value = json_loadb(data.data, data.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    MUST(value && json_equal(value, sent));
    json_decref(value);
}

static void check(const ody_redis_message *message, ody_view text)
{
    json_t *root = json_loadb(text.data, text.length, JSON_ALLOW_NUL, NULL);
    const json_t *several = json_object_get(root, "channels");

    MUST(message->channel_count > 0);
    for (size_t i = 0; i < message->channel_count; i++) {
        must_be(several ? json_array_get(several, i) : json_object_get(root, "channel"),
                message->channels[i]);
    }
    MUST(!several || json_array_size(several) == message->channel_count);
    must_be(json_object_get(root, "event"), message->event);
    must_have_data(json_object_get(root, "data"), message->data);
    if (message->socket_id.data) {
        must_be(json_object_get(root, "socket_id"), message->socket_id);
    }
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view text = {(const char *)data, size};
    ody_redis_message message;
    ody_error error;
    int code = ody_redis_message_read(text, &limits, &message, &error);

    if (code == 0) {
        check(&message, text);
        ody_redis_message_fini(&message);
    } else {
        MUST(code == error.code && error.message[0]);
        MUST(ody_utf8_valid(ody_view_of(error.message)));
    }
    return 0;
}
