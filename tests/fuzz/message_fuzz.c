/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a client's message, as channel_data and as user_data. What is accepted is compared
 * with what jansson reads in the same text, and must come through the encoders whole.
 */
#include <jansson.h>
#include "base/utf8.h"
#include "fuzz.h"
#include "wire/encode.h"
#include "wire/message.h"

#define DECODE (JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES)

static const ody_app_limits limits = {
    .client_event_data_size = 2000,
    .event_name_length = 40,
    .presence_user_id_length = 20,
    .presence_user_info_size = 200,
    .watchlist_length = 3,
    .json_depth = 8,
};

static json_t *decode(ody_view text)
{
    json_t *value = json_loadb(text.data, text.length, DECODE, NULL);

    MUST(value);
    return value;
}

static void must_be(const json_t *string, ody_view text)
{
    MUST(json_is_string(string));
    MUST(ody_view_equal((ody_view){json_string_value(string), json_string_length(string)}, text));
}

/* An optional field: absent in the struct where the text has nothing, else the same bytes. */
static void must_match(const json_t *object, const char *key, ody_view text)
{
    const json_t *value = json_object_get(object, key);

    if (text.data) {
        must_be(value, text);
    } else {
        MUST(!value || json_is_null(value) || json_string_length(value) == 0);
    }
}

static void must_have_data(const json_t *sent, ody_view data)
{
    json_t *value;

    MUST(data.length <= limits.client_event_data_size);
    if (json_is_string(sent)) {
        must_be(sent, data);
        return;
    }
    value = decode(data);
    MUST(json_equal(value, sent));
    json_decref(value);
}

/* Forwards a client event as a hub does, and reads the frame back. */
static void forward(const ody_message *message)
{
    ody_bytes out = {0};
    json_t *frame;

    ody_encode_event(&out, message->event, message->channel, message->data, ODY_VIEW("user"));
    MUST(!out.failed);
    frame = decode(ody_bytes_view(&out));
    must_be(json_object_get(frame, "event"), message->event);
    must_be(json_object_get(frame, "channel"), message->channel);
    must_be(json_object_get(frame, "data"), message->data);
    json_decref(frame);
    ody_bytes_fini(&out);
}

static void check_pusher_event(const ody_message *message, const json_t *root)
{
    const json_t *sent = json_object_get(root, "data");
    ody_view text = {json_string_value(sent), json_string_length(sent)};
    json_t *object = json_is_string(sent) ? decode(text) : json_deep_copy(sent);

    must_match(object, "auth", message->auth);
    must_match(object, "user_data", message->user_data);
    must_match(object, "channel_data", message->channel_data);
    must_match(object, "channel", message->channel);
    json_decref(object);
}

static void check_message(const ody_message *message, ody_view text)
{
    json_t *root = decode(text);

    MUST(message->event.length > 0 && message->event.length <= limits.event_name_length);
    MUST(!memchr(message->event.data, '\0', message->event.length));
    must_be(json_object_get(root, "event"), message->event);
    if (message->kind == ODY_MESSAGE_CLIENT_EVENT) {
        must_be(json_object_get(root, "channel"), message->channel);
        must_have_data(json_object_get(root, "data"), message->data);
        forward(message);
    } else if (message->kind == ODY_MESSAGE_SUBSCRIBE) {
        MUST(message->channel.data);
        check_pusher_event(message, root);
    } else if (message->kind == ODY_MESSAGE_SIGNIN) {
        MUST(message->auth.data && message->user_data.data);
    }
    json_decref(root);
}

static void check_member(const ody_member_data *member, ody_view text)
{
    ody_bytes out = {0};
    json_t *root = decode(text), *sent = json_object_get(root, "user_info"), *frame, *data;
    ody_view data_text;

    MUST(member->user_id.length > 0 && member->user_id.length <= limits.presence_user_id_length);
    MUST(member->user_info.length <= limits.presence_user_info_size);
    ody_encode_member_added(&out, ODY_VIEW("presence-a"), member->user_id, member->user_info);
    frame = decode(ody_bytes_view(&out));
    data_text.data = json_string_value(json_object_get(frame, "data"));
    data_text.length = json_string_length(json_object_get(frame, "data"));
    data = decode(data_text);
    must_be(json_object_get(data, "user_id"), member->user_id);
    MUST(!sent || json_equal(json_object_get(data, "user_info"), sent));
    json_decref(data);
    json_decref(frame);
    json_decref(root);
    ody_bytes_fini(&out);
}

/* An encoded watchlist holds all ids again, which is looked at elsewhere: here it must be JSON. */
static void check_watched(ody_view id)
{
    ody_bytes out = {0};

    ody_encode_watched(&out, id, true);
    json_decref(decode(ody_bytes_view(&out)));
    ody_bytes_fini(&out);
}

static void check_user(const ody_user_data *user, ody_view text)
{
    ody_bytes out = {0};
    json_t *root = decode(text), *sent = json_object_get(root, "user_info"), *frame, *info;
    const json_t *list = json_object_get(root, "watchlist");

    must_be(json_object_get(root, "id"), user->id);
    MUST(user->id.length > 0 && user->id.length <= limits.presence_user_id_length);
    MUST(user->user_info.length <= limits.presence_user_info_size);
    MUST(user->watchlist_cut == (json_array_size(list) > limits.watchlist_length));
    MUST(user->watchlist_length ==
         (user->watchlist_cut ? limits.watchlist_length : json_array_size(list)));
    for (size_t i = 0; i < user->watchlist_length; i++) {
        must_be(json_array_get(list, i), user->watchlist[i]);
        check_watched(user->watchlist[i]);
    }
    info = decode(user->user_info);
    MUST(!sent || json_equal(info, sent));
    ody_encode_signin_success(&out, text);
    frame = decode(ody_bytes_view(&out));
    json_decref(frame);
    json_decref(info);
    json_decref(root);
    ody_bytes_fini(&out);
}

static void check_refusal(int result, const ody_error *error)
{
    MUST(result < 0 && error->code == result);
    MUST(error->message[0] && ody_utf8_valid(ody_view_of(error->message)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view text = {(const char *)data, size};
    ody_message message;
    ody_member_data member;
    ody_user_data user;
    ody_error error;
    int result = ody_message_parse(text, &limits, &message, &error);

    if (result == 0) {
        check_message(&message, text);
        ody_message_fini(&message);
    } else {
        check_refusal(result, &error);
    }
    result = ody_member_data_parse(text, &limits, &member, &error);
    if (result == 0) {
        check_member(&member, text);
        ody_member_data_fini(&member);
    } else {
        check_refusal(result, &error);
    }
    result = ody_user_data_parse(text, &limits, &user, &error);
    if (result == 0) {
        check_user(&user, text);
        ody_user_data_fini(&user);
    } else {
        check_refusal(result, &error);
    }
    return 0;
}
