/* SPDX-License-Identifier: MIT */
/*
 * The frames of the Pusher protocol. All keep the order of the real service: event, data, channel.
 * Inside `data` the quotes are escaped once more; C doubles each backslash again, so a quote that
 * clients see in the inner JSON reads \\\" here.
 */
#include "wire/encode.h"
#include "wire/escape.h"

#define LITERAL(out, text) ody_bytes_append_literal((out), text)

void ody_encode_string(ody_bytes *out, ody_view text)
{
    ody_bytes_append_byte(out, '"');
    ody__escape(out, text);
    ody_bytes_append_byte(out, '"');
}

/* A JSON string inside the JSON of `data`. */
static void append_inner_string(ody_bytes *out, ody_view text)
{
    LITERAL(out, "\\\"");
    ody__escape_twice(out, text);
    LITERAL(out, "\\\"");
}

static void append_channel(ody_bytes *out, ody_view channel)
{
    LITERAL(out, ",\"channel\":");
    ody_encode_string(out, channel);
}

static void end_with_channel(ody_bytes *out, ody_view channel)
{
    append_channel(out, channel);
    ody_bytes_append_byte(out, '}');
}

void ody_encode_event(ody_bytes *out, ody_view event, ody_view channel, ody_view data,
                      ody_view user_id)
{
    LITERAL(out, "{\"event\":");
    ody_encode_string(out, event);
    LITERAL(out, ",\"data\":");
    ody_encode_string(out, data);
    if (channel.data) {
        append_channel(out, channel);
    }
    if (user_id.data) {
        LITERAL(out, ",\"user_id\":");
        ody_encode_string(out, user_id);
    }
    ody_bytes_append_byte(out, '}');
}

ody_view ody_encode_event_data(ody_view text, ody_view channel)
{
    const size_t behind = sizeof(",\"channel\":\"\"}") - 1 + channel.length;
    size_t at = sizeof("{\"event\":\"") - 1;

    while (text.data[at] != '"') {
        at += text.data[at] == '\\' ? 2 : 1;
    }
    at += sizeof("\",\"data\":") - 1;
    return (ody_view){text.data + at, text.length - behind - at};
}

void ody_encode_established(ody_bytes *out, ody_view socket_id, uint32_t activity_timeout)
{
    LITERAL(out, "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":");
    append_inner_string(out, socket_id);
    LITERAL(out, ",\\\"activity_timeout\\\":");
    ody_bytes_append_number(out, activity_timeout);
    LITERAL(out, "}\"}");
}

void ody_encode_error(ody_bytes *out, int code, ody_view message)
{
    LITERAL(out, "{\"event\":\"pusher:error\",\"data\":{\"code\":");
    if (code > 0) {
        ody_bytes_append_number(out, (uint64_t)code);
    } else {
        LITERAL(out, "null");
    }
    LITERAL(out, ",\"message\":");
    ody_encode_string(out, message);
    LITERAL(out, "}}");
}

void ody_encode_subscription_error(ody_bytes *out, ody_view channel, ody_view type, ody_view error,
                                   int status)
{
    LITERAL(out, "{\"event\":\"pusher:subscription_error\",\"data\":\"{\\\"type\\\":");
    append_inner_string(out, type);
    LITERAL(out, ",\\\"error\\\":");
    append_inner_string(out, error);
    LITERAL(out, ",\\\"status\\\":");
    ody_bytes_append_number(out, status > 0 ? (uint64_t)status : 0);
    LITERAL(out, "}\"");
    end_with_channel(out, channel);
}

void ody_encode_pong(ody_bytes *out)
{
    LITERAL(out, "{\"event\":\"pusher:pong\",\"data\":\"{}\"}");
}

void ody_encode_ping(ody_bytes *out)
{
    LITERAL(out, "{\"event\":\"pusher:ping\",\"data\":\"{}\"}");
}

void ody_encode_succeeded(ody_bytes *out, ody_view channel)
{
    LITERAL(out, "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\"");
    end_with_channel(out, channel);
}

void ody_encode_user(ody_bytes *out, ody_view user_id, ody_view user_info)
{
    LITERAL(out, "{\"user_id\":\"");
    ody__escape(out, user_id);
    LITERAL(out, "\",\"user_info\":");
    ody_bytes_append_view(out, user_info);
    LITERAL(out, "}");
}

void ody_encode_member_added(ody_bytes *out, ody_view channel, ody_view user_id, ody_view user_info)
{
    LITERAL(out, "{\"event\":\"pusher_internal:member_added\",\"data\":\"{\\\"user_id\\\":");
    append_inner_string(out, user_id);
    LITERAL(out, ",\\\"user_info\\\":");
    ody__escape(out, user_info);
    LITERAL(out, "}\"");
    end_with_channel(out, channel);
}

void ody_encode_member_removed(ody_bytes *out, ody_view channel, ody_view user_id)
{
    LITERAL(out, "{\"event\":\"pusher_internal:member_removed\",\"data\":\"{\\\"user_id\\\":");
    append_inner_string(out, user_id);
    LITERAL(out, "}\"");
    end_with_channel(out, channel);
}

void ody_encode_cache_miss(ody_bytes *out, ody_view channel)
{
    LITERAL(out, "{\"event\":\"pusher:cache_miss\",\"data\":\"{}\"");
    end_with_channel(out, channel);
}

void ody_encode_signin_success(ody_bytes *out, ody_view user_data)
{
    LITERAL(out, "{\"event\":\"pusher:signin_success\",\"data\":\"{\\\"user_data\\\":");
    append_inner_string(out, user_data);
    LITERAL(out, "}\"}");
}

void ody_encode_subscription_count(ody_bytes *out, ody_view channel, uint64_t count)
{
    LITERAL(out, "{\"event\":\"pusher_internal:subscription_count\","
                 "\"data\":\"{\\\"subscription_count\\\":");
    ody_bytes_append_number(out, count);
    LITERAL(out, "}\"");
    end_with_channel(out, channel);
}

static void begin_watchlist(ody_bytes *out)
{
    LITERAL(out, "{\"event\":\"pusher_internal:watchlist_events\","
                 "\"data\":\"{\\\"events\\\":[");
}

static void begin_watch_group(ody_bytes *out, bool online)
{
    LITERAL(out, "{\\\"name\\\":");
    append_inner_string(out, online ? ODY_VIEW("online") : ODY_VIEW("offline"));
    LITERAL(out, ",\\\"user_ids\\\":[");
}

static void end_watchlist(ody_bytes *out)
{
    LITERAL(out, "]}\"}");
}

void ody_encode_watched(ody_bytes *out, ody_view user_id, bool online)
{
    begin_watchlist(out);
    begin_watch_group(out, online);
    append_inner_string(out, user_id);
    LITERAL(out, "]}");
    end_watchlist(out);
}

/* Appends the users that are so, behind another group or not. Returns whether there are any. */
static bool append_watch_group(ody_bytes *out, bool online, bool follows,
                               void (*restart)(void *context),
                               bool (*next)(void *context, ody_encode_watch *watch), void *context)
{
    ody_encode_watch watch;
    bool begun = false;

    restart(context);
    while (next(context, &watch)) {
        if (watch.online != online) {
            continue;
        }
        if (begun || follows) {
            ody_bytes_append_byte(out, ',');
        }
        if (!begun) {
            begin_watch_group(out, online);
        }
        begun = true;
        follows = false;
        append_inner_string(out, watch.user_id);
    }
    if (begun) {
        LITERAL(out, "]}");
    }
    return begun;
}

void ody_encode_watchlist(ody_bytes *out, void (*restart)(void *context),
                          bool (*next)(void *context, ody_encode_watch *watch), void *context)
{
    bool some;

    begin_watchlist(out);
    some = append_watch_group(out, true, false, restart, next, context);
    (void)append_watch_group(out, false, some, restart, next, context);
    end_watchlist(out);
}

void ody_encode_presence_succeeded(ody_bytes *out, ody_view channel, size_t count,
                                   void (*restart)(void *context),
                                   bool (*next)(void *context, ody_encode_member *member),
                                   void *context)
{
    ody_encode_member member;

    LITERAL(out, "{\"event\":\"pusher_internal:subscription_succeeded\","
                 "\"data\":\"{\\\"presence\\\":{\\\"count\\\":");
    ody_bytes_append_number(out, count);
    LITERAL(out, ",\\\"ids\\\":[");
    restart(context);
    for (bool more = next(context, &member); more;) {
        append_inner_string(out, member.user_id);
        more = next(context, &member);
        if (more) {
            ody_bytes_append_byte(out, ',');
        }
    }
    LITERAL(out, "],\\\"hash\\\":{");
    restart(context);
    for (bool more = next(context, &member); more;) {
        append_inner_string(out, member.user_id);
        ody_bytes_append_byte(out, ':');
        ody__escape(out, member.user_info);
        more = next(context, &member);
        if (more) {
            ody_bytes_append_byte(out, ',');
        }
    }
    LITERAL(out, "}}}\"");
    end_with_channel(out, channel);
}
