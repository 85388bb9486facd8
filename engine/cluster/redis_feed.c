/* SPDX-License-Identifier: MIT */
/* From a message's text to a request of the hub, and what its reply says. */
#include "cluster/redis_feed.h"

#include "base/log.h"
#include "wire/redis_message.h"

static const char *const names[] = {
#define REJECTION_NAME(NAME, name) name,
    ODY_REDIS_REJECTIONS(REJECTION_NAME)
#undef REJECTION_NAME
};

void ody_redis_feed_init(ody_redis_feed *feed, ody_requests *requests, const ody_app *app,
                         void (*room)(void *context), void *context)
{
    *feed = (ody_redis_feed){.requests = requests, .app = app, .room = room, .context = context};
}

void ody_redis_feed_reload(ody_redis_feed *feed, const ody_app *app)
{
    feed->app = app;
    memset(feed->logged, 0, sizeof(feed->logged));
}

static ody_redis_rejection rejection_of(int code)
{
    switch (code) {
    case ODY_EJSON:
    case ODY_EDEPTH:
        return ODY_REDIS_REJECTED_JSON;
    case ODY_ECHANNEL_NAME:
        return ODY_REDIS_REJECTED_CHANNEL;
    case ODY_EEVENT_NAME:
        return ODY_REDIS_REJECTED_EVENT;
    case ODY_EPAYLOAD_SIZE:
        return ODY_REDIS_REJECTED_SIZE;
    case ODY_EENCODING:
        return ODY_REDIS_REJECTED_ENCODING;
    case ODY_EOVERLOADED:
    case ODY_ETIMEOUT:
        return ODY_REDIS_REJECTED_OVERLOADED;
    case ODY_EPERMISSION:
        return ODY_REDIS_REJECTED_DISABLED;
    case ODY_EMEMORY:
        return ODY_REDIS_REJECTED_MEMORY;
    default:
        return ODY_REDIS_REJECTED_FIELDS;
    }
}

static void reject(ody_redis_feed *feed, int code, const char *reason)
{
    ody_redis_rejection rejection = rejection_of(code);

    feed->rejected[rejection]++;
    if (!feed->logged[rejection]) {
        feed->logged[rejection] = true;
        ody_log(ODY_LOG_WARNING,
                "a message from Redis was not published; others of this kind are only counted",
                ODY_STRING("kind", names[rejection]), ODY_STRING("reason", reason));
    }
}

static void on_reply(void *context, const ody_reply *reply)
{
    ody_redis_feed *feed = context;

    feed->in_flight--;
    if (reply->code < 0) {
        reject(feed, reply->code, reply->message);
    }
    if (feed->full && feed->in_flight <= ODY_REDIS_IN_FLIGHT_MAX / 2) {
        feed->full = false;
        if (feed->room) {
            feed->room(feed->context);
        }
    }
}

static int publish(ody_redis_feed *feed, const ody_redis_message *message, uint64_t now,
                   ody_error *error)
{
    const ody_publish publish = {
        .app = feed->app,
        .channels = message->channels,
        .channel_count = message->channel_count,
        .event = message->event,
        .data = message->data,
        .except = message->socket_id,
        .skip_missing = true,
    };
    uint64_t ticket;
    int code = ody_requests_publish(feed->requests, &publish, now, on_reply, feed, &ticket, error);

    if (code == 0) {
        feed->in_flight++;
    }
    return code;
}

static int read_and_publish(ody_redis_feed *feed, ody_view text, uint64_t now, ody_error *error)
{
    ody_redis_message message;
    int code;

    if (!feed->app->enabled) {
        return ody_error_set(error, ODY_EPERMISSION, "the app is disabled");
    }
    code = ody_redis_message_read(text, &feed->app->limits, &message, error);
    if (code == 0) {
        code = publish(feed, &message, now, error);
        ody_redis_message_fini(&message);
    }
    return code;
}

int ody_redis_feed_take(ody_redis_feed *feed, ody_view text, uint64_t now)
{
    ody_error error;
    int code;

    if (feed->in_flight >= ODY_REDIS_IN_FLIGHT_MAX) {
        feed->full = true;
        return ODY_EOVERLOADED;
    }
    code = read_and_publish(feed, text, now, &error);
    if (code == ODY_EOVERLOADED) {
        return code;
    }
    feed->messages++;
    if (code < 0) {
        reject(feed, code, error.message);
    }
    return 0;
}

void ody_redis_feed_lose(ody_redis_feed *feed, int code)
{
    feed->messages++;
    reject(feed, code, ody_error_text(code));
}

const char *ody_redis_rejection_name(ody_redis_rejection rejection)
{
    return names[rejection];
}
