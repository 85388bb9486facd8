/* SPDX-License-Identifier: MIT */
/* What requests are refused for before a shard hears of them. */
#include "hub/request_checks.h"

#include "base/utf8.h"
#include "wire/channel_name.h"

/* A user could sign in with an id that long under some configuration. */
#define USER_ID_MAX 65535

int ody__request_name_check(const ody_app *app, ody_view name, ody_error *error)
{
    size_t longest = app->limits.channel_name_length;
    ody_channel_kind kind;
    int code = ody_channel_name_parse(name, longest, &kind);

    if (code < 0) {
        return ody_error_set(error, code,
                             "invalid channel name: 1 to %zu of the characters A-Z a-z 0-9 "
                             "_ - = @ , . ; are allowed",
                             longest);
    }
    return 0;
}

int ody__request_event_check(const ody_app *app, ody_view event, ody_view data, ody_error *error)
{
    const ody_app_limits *limits = &app->limits;

    if (event.length == 0 || event.length > limits->event_name_length) {
        return ody_error_set(error, ODY_EEVENT_NAME,
                             "invalid event name: it has %zu bytes, 1 to %u are allowed",
                             event.length, limits->event_name_length);
    }
    if (data.length > limits->event_data_size) {
        return ody_error_set(error, ODY_EPAYLOAD_SIZE,
                             "event data too large: it has %zu bytes, %u are allowed", data.length,
                             limits->event_data_size);
    }
    if (!ody_utf8_valid(event) || !ody_utf8_valid(data)) {
        return ody_error_set(error, ODY_EENCODING, "event name and data must be valid UTF-8");
    }
    return 0;
}

int ody__request_user_check(ody_view user_id, ody_error *error)
{
    if (user_id.length == 0 || user_id.length > USER_ID_MAX) {
        return ody_error_set(error, ODY_EINVALID,
                             "invalid user id: it has %zu bytes, 1 to %d are allowed",
                             user_id.length, USER_ID_MAX);
    }
    return 0;
}

int ody__request_id_read(ody_view text, ody_socket_id *id, ody_error *error)
{
    if (!ody_socket_id_parse(text, id) || id->first == 0) {
        return ody_error_set(error, ODY_EINVALID,
                             "invalid socket id: two numbers with a dot between are expected");
    }
    return 0;
}

int ody__request_publish_check(const ody_publish *publish, ody_socket_id *except, ody_error *error)
{
    uint32_t most = publish->app->limits.channels_per_publish;
    int code = ody__request_event_check(publish->app, publish->event, publish->data, error);

    if (code == 0 && (publish->channel_count == 0 || publish->channel_count > most)) {
        code =
            ody_error_set(error, ODY_EINVALID, "%zu channels in one publish: 1 to %u are allowed",
                          publish->channel_count, most);
    }
    for (size_t i = 0; code == 0 && i < publish->channel_count; i++) {
        code = ody__request_name_check(publish->app, publish->channels[i], error);
    }
    if (code == 0 && publish->except.data) {
        code = ody__request_id_read(publish->except, except, error);
    }
    return code;
}

int ody_requests_check(const ody_publish *publish, ody_error *error)
{
    ody_socket_id except;

    return ody__request_publish_check(publish, &except, error);
}

static int presence_name_check(const ody_app *app, ody_view name, ody_error *error)
{
    ody_channel_kind kind;

    if (ody_channel_name_parse(name, app->limits.channel_name_length, &kind) == 0 &&
        kind.type != ODY_CHANNEL_PRESENCE) {
        return ody_error_set(error, ODY_EINVALID, "only presence channels have members");
    }
    return ody__request_name_check(app, name, error);
}

int ody_requests_check_browse(const ody_app *app, const ody_browse *browse, ody_error *error)
{
    switch (browse->kind) {
    case ODY_BROWSE_USER:
        return ody__request_user_check(browse->name, error);
    case ODY_BROWSE_SUBSCRIBERS:
        return ody__request_name_check(app, browse->name, error);
    case ODY_BROWSE_MEMBERS:
        return presence_name_check(app, browse->name, error);
    default:
        return 0;
    }
}
