/* SPDX-License-Identifier: MIT */
/* The events and the body of a request, as JSON. */
#include "webhook/body.h"

#include "wire/object.h"

static const char *const names[ODY_WEBHOOK_EVENTS] = {
    [ODY_WEBHOOK_CHANNEL_OCCUPIED] = "channel_occupied",
    [ODY_WEBHOOK_CHANNEL_VACATED] = "channel_vacated",
    [ODY_WEBHOOK_MEMBER_ADDED] = "member_added",
    [ODY_WEBHOOK_MEMBER_REMOVED] = "member_removed",
    [ODY_WEBHOOK_CLIENT_EVENT] = "client_event",
    [ODY_WEBHOOK_CACHE_MISS] = "cache_miss",
    [ODY_WEBHOOK_SUBSCRIPTION_COUNT] = "subscription_count",
};

void ody__webhook_event(ody_bytes *out, const ody_webhook_notice *notice)
{
    ody_bytes_append_byte(out, '{');
    ody_object_text(out, "name", ody_view_of(names[notice->kind]));
    ody_object_text(out, "channel", notice->channel);
    if (notice->kind == ODY_WEBHOOK_CLIENT_EVENT) {
        ody_object_text(out, "event", notice->event);
        ody_object_text(out, "data", notice->data);
        ody_object_text(out, "socket_id", notice->socket_id);
    }
    if (notice->user_id.data) {
        ody_object_text(out, "user_id", notice->user_id);
    }
    if (notice->kind == ODY_WEBHOOK_SUBSCRIPTION_COUNT) {
        ody_object_name(out, "subscription_count");
        ody_bytes_append_view(out, notice->data);
    }
    ody_bytes_append_byte(out, '}');
}

void ody__webhook_body_begin(ody_bytes *out, uint64_t time_ms)
{
    ody_bytes_append_byte(out, '{');
    ody_object_number(out, "time_ms", time_ms);
    ody_bytes_append_literal(out, ",\"events\":[");
}

void ody__webhook_body_add(ody_bytes *out, ody_view event)
{
    if (out->length > 0 && out->data[out->length - 1] == '}') {
        ody_bytes_append_byte(out, ',');
    }
    ody_bytes_append_view(out, event);
}

void ody__webhook_body_end(ody_bytes *out)
{
    ody_bytes_append_literal(out, "]}");
}
