/* SPDX-License-Identifier: MIT */
/* Bytes onto connections: the fan-out of a channel's frames, and replies to one client. */
#include "hub/deliver.h"

#include "base/utf8.h"
#include "hub/observers.h"
#include "hub/subscription.h"
#include "wire/encode.h"

#define PREFETCH_AHEAD 8

/* Runs once for each delivery. A frame that is not queued means that the connection is closed. */
static inline bool queue_piece(ody_hub *hub, ody_connection *connection, ody_batch *batch,
                               uint32_t offset, uint32_t length)
{
    ody_outbound *outbound = &connection->outbound;
    bool idle = outbound->count == 0;

    if (connection->close_code != 0) {
        return false;
    }
    if ((uint64_t)outbound->bytes + length > hub->options->limits.outbound_hard) {
        ody__connection_slow(hub, connection);
        return false;
    }
    if (ody_outbound_push(outbound, batch, offset, length) < 0) {
        ody__connection_starved(hub, connection);
        return false;
    }
    if (idle) {
        connection->over_soft_since = 0;
        connection->behind = false;
        hub->transport->wake(hub->context, connection);
    }
    return true;
}

/* Finds room for a frame: in the channel's batch of this turn, or around the frame itself. */
static ody_batch *place_frame(ody_hub *hub, ody_local_channel *local, ody_frame *frame,
                              uint32_t *offset)
{
    *offset = 0;
    if (frame->length > ODY_BATCH_COPY_MAX) {
        return ody_batch_wrap(&hub->unique_bytes, frame);
    }
    if (local->batch && !ody_batch_takes(local->batch, frame->length)) {
        ody_list_remove(&local->open_batch);
        ody__local_seal(local);
    }
    if (!local->batch) {
        local->batch = ody_batch_new(&hub->unique_bytes, frame->length);
        if (!local->batch) {
            return NULL;
        }
        ody_list_append(&hub->open_batches, &local->open_batch);
    }
    *offset = local->batch->length;
    if (ody_batch_append(local->batch, frame->bytes, frame->length) < 0) {
        return NULL;
    }
    ody_batch_ref(local->batch);
    return local->batch;
}

static void starve_all(ody_hub *hub, ody_local_channel *local, const ody_connection *except)
{
    for (uint32_t i = 0; i < local->count; i++) {
        if (local->subscribers[i].connection != except) {
            ody__connection_starved(hub, local->subscribers[i].connection);
        }
    }
}

void ody__deliver(ody_hub *hub, ody_local_channel *local, ody_frame *frame,
                  const ody_connection *except)
{
    uint32_t count = local->count;
    uint32_t queued = 0;
    uint32_t offset;
    ody_batch *batch;

    if (count == 0 || (count == 1 && local->subscribers[0].connection == except)) {
        return;
    }
    batch = place_frame(hub, local, frame, &offset);
    if (!batch) {
        starve_all(hub, local, except);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        ody_connection *connection = local->subscribers[i].connection;
        const char *ahead =
            (const char *)local->subscribers[i + PREFETCH_AHEAD < count ? i + PREFETCH_AHEAD : i]
                .connection;

        __builtin_prefetch(ahead, 1);
        __builtin_prefetch(ahead + 64, 1);
        if (connection != except) {
            queued += queue_piece(hub, connection, batch, offset, frame->length);
        }
    }
    ody_batch_unref(batch);
    hub->turn_bytes += frame->length;
    hub->turn_deliveries += queued;
    ody_count(hub->counters, deliveries, queued);
    ody_count(local->app->counters, deliveries, queued);
    ody_count(local->app->counters, bytes_delivered, (uint64_t)queued * frame->length);
}

void ody__deliver_mail(ody_hub *hub, ody_mail *take_mail)
{
    const ody_hub_app *app = ody__app_find(hub, take_mail->app);
    ody_local_channel *local = app ? ody__local_find(app, take_mail->channel) : NULL;

    if (local) {
        ody__deliver(hub, local, take_mail->frame, ody__connection_find(hub, take_mail->client));
        ody__latency_note(&hub->stamps, take_mail->stamp);
    }
    ody_mail_free(take_mail);
}

void ody__reply_batch(ody_hub *hub, ody_connection *connection, ody_batch *batch)
{
    if (queue_piece(hub, connection, batch, 0, batch->length)) {
        hub->turn_bytes += batch->length;
        hub->turn_deliveries++;
        ody_count(hub->counters, deliveries, 1);
        if (connection->app) {
            ody_count(connection->app->counters, deliveries, 1);
            ody_count(connection->app->counters, bytes_delivered, batch->length);
        }
    }
}

/* Makes a batch for one frame of one connection. Starves the connection when there is no memory. */
static void reply_opcode(ody_hub *hub, ody_connection *connection, int opcode, ody_view payload)
{
    uint8_t header[ODY_FRAME_HEADER_MAX];
    size_t length = ody_encode_frame_header(header, opcode, payload.length);
    ody_batch *batch;

    if (connection->close_code != 0) {
        return;
    }
    batch = payload.length <= UINT32_MAX - length
                ? ody_batch_new(&hub->unique_bytes, (uint32_t)(length + payload.length))
                : NULL;
    if (!batch) {
        ody__connection_starved(hub, connection);
        return;
    }
    (void)ody_batch_append(batch, header, (uint32_t)length);
    if (payload.length) {
        (void)ody_batch_append(batch, (const uint8_t *)payload.data, (uint32_t)payload.length);
    }
    ody__reply_batch(hub, connection, batch);
    ody_batch_unref(batch);
}

void ody__reply(ody_hub *hub, ody_connection *connection, ody_view text)
{
    reply_opcode(hub, connection, ODY_OPCODE_TEXT, text);
}

void ody__reply_scratch(ody_hub *hub, ody_connection *connection)
{
    if (hub->scratch.failed) {
        ody__connection_starved(hub, connection);
        return;
    }
    ody__reply(hub, connection, ody_bytes_view(&hub->scratch));
}

void ody__reply_frame(ody_hub *hub, ody_connection *connection, ody_frame *frame)
{
    ody_batch *batch;

    if (connection->close_code != 0) {
        return;
    }
    if (frame->length > ODY_BATCH_COPY_MAX) {
        batch = ody_batch_wrap(&hub->unique_bytes, frame);
    } else {
        batch = ody_batch_new(&hub->unique_bytes, frame->length);
    }
    if (!batch) {
        ody__connection_starved(hub, connection);
        return;
    }
    if (!batch->shared) {
        (void)ody_batch_append(batch, frame->bytes, frame->length);
    }
    ody__reply_batch(hub, connection, batch);
    ody_batch_unref(batch);
}

void ody__reply_pong(ody_hub *hub, ody_connection *connection, ody_view payload)
{
    reply_opcode(hub, connection, ODY_OPCODE_PONG, payload);
}

void ody__reply_probe(ody_hub *hub, ody_connection *connection)
{
    reply_opcode(hub, connection, ODY_OPCODE_PING, ODY_VIEW_NONE);
    ody_encode_ping(ody__hub_scratch(hub));
    ody__reply_scratch(hub, connection);
}

ody_view ody__text_valid(ody_view text)
{
    for (int cut = 0; cut < 4 && text.length > 0; cut++) {
        if (ody_utf8_valid(text)) {
            return text;
        }
        text.length--;
    }
    return ODY_VIEW("Invalid message");
}

void ody__reply_error(ody_hub *hub, ody_connection *connection, int code, ody_view message)
{
    if (connection->close_code != 0) {
        return;
    }
    ody_encode_error(ody__hub_scratch(hub), code, ody__text_valid(message));
    ody__reply_scratch(hub, connection);
    ody_count(hub->counters, client_errors, 1);
}

/* Whether a whisper may go to connection: it is there, and in the channel if one is named. */
static bool may_whisper(const ody_connection *connection, uint32_t app, ody_view channel)
{
    const ody_subscription *subscription;

    if (!connection || connection->app->number != app || !connection->greeted ||
        connection->close_code != 0) {
        return false;
    }
    if (!channel.data) {
        return true;
    }
    subscription = ody__subscription_find(connection, channel);
    return subscription && ody__subscription_on(subscription);
}

void ody__whisper_mail(ody_hub *hub, ody_mail *take_mail)
{
    ody_connection *connection = ody__connection_find(hub, take_mail->client);

    if (may_whisper(connection, take_mail->app, take_mail->channel)) {
        ody_bytes *text = ody__hub_scratch(hub);

        ody_encode_event(text, take_mail->event, take_mail->channel, take_mail->data,
                         ODY_VIEW_NONE);
        if (text->failed) {
            take_mail->code = ODY_EMEMORY;
        } else {
            ody__reply(hub, connection, ody_bytes_view(text));
            take_mail->number = connection->close_code == 0;
            if (take_mail->number > 0) {
                ody__show_whisper(hub, connection, take_mail);
            }
        }
    }
    take_mail->kind = ODY_MAIL_ANSWER;
    if (ody__hub_post(hub, take_mail->origin, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}
