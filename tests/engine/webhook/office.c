/* SPDX-License-Identifier: MIT */
#include "office.h"

#include "ody/log.h"

void office_prepare(office *self)
{
    *self = (office){
        .apps = {{.number = 0, .id = "shop", .keys = {{"shop-key", "shop-secret"}}},
                 {.number = 3,
                  .id = "game",
                  .keys = {{"game-new", "new-secret"}, {"game-old", "old-secret"}}}},
        .hooks = {{"shop", "https://shop.test/hook", "", OFFICE_ALL}},
        .limits = ODY_WEBHOOK_LIMITS,
        .now = OFFICE_START,
    };
    ody_log_set_level(ODY_LOG_ERROR);
    self->options = (ody_options){
        .apps = self->apps, .app_count = 2, .webhooks = self->hooks, .webhook_count = 1};
}

void office_open(office *self)
{
    self->queue = ody_webhook_queue_new(&self->options, &self->limits);
    CHECK(self->queue != NULL);
}

void office_simple(office *self)
{
    office_prepare(self);
    office_open(self);
}

void office_close(office *self)
{
    ody_webhook_queue_free(self->queue);
}

void office_tell_app(office *self, uint32_t app, ody_webhook_event kind, const char *channel,
                     const char *user)
{
    const ody_webhook_notice notice = {
        .app = app, .kind = kind, .channel = ody_view_of(channel), .user_id = ody_view_of(user)};

    ody_webhook_queue_take(self->queue, &notice, self->now);
}

void office_tell(office *self, ody_webhook_event kind, const char *channel, const char *user)
{
    office_tell_app(self, 0, kind, channel, user);
}

void office_whisper(office *self, const char *channel, const char *event, const char *data)
{
    const ody_webhook_notice notice = {.kind = ODY_WEBHOOK_CLIENT_EVENT,
                                       .channel = ody_view_of(channel),
                                       .event = ody_view_of(event),
                                       .data = ody_view_of(data),
                                       .socket_id = ODY_VIEW("1.2")};

    ody_webhook_queue_take(self->queue, &notice, self->now);
}

bool office_next(office *self, ody_webhook_request *request)
{
    return ody_webhook_queue_next(self->queue, self->now, OFFICE_UNIX + self->now - OFFICE_START,
                                  request);
}

void office_end(office *self, const ody_webhook_request *request, const char *reason)
{
    ody_webhook_queue_end(self->queue, request->hook, reason, self->now);
}

void office_skip(office *self)
{
    uint64_t due = ody_webhook_queue_due(self->queue);

    if (due != UINT64_MAX && due > self->now) {
        self->now = due;
    }
}

void office_await(office *self, ody_webhook_request *request)
{
    while (!office_next(self, request)) {
        uint64_t due = ody_webhook_queue_due(self->queue);

        CHECK(due != UINT64_MAX && due > self->now);
        self->now = due;
    }
}

ody_view office_events(ody_view body)
{
    const char *from = memchr(body.data, '[', body.length);

    CHECK(from != NULL && body.data[body.length - 1] == '}');
    return (ody_view){from + 1, (size_t)(body.data + body.length - 2 - (from + 1))};
}

ody_webhook_numbers office_all(const office *self)
{
    return ody_webhook_queue_look(self->queue).all;
}
