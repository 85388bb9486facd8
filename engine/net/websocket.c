/* SPDX-License-Identifier: MIT */
/* Open clients: their frames become messages for the hub, pongs and closes. */
#include "base/clock.h"
#include "net/client.h"
#include "wire/encode.h"

#define CLOSE_TOO_LARGE 1009
#define CLOSE_NORMAL 1000

void ody__websocket_open(ody_client_socket *client)
{
    ody_arrival *arrival = client->arrival;

    /* The handshake's views point into the arrival, so it goes only when the hub has read them. */
    client->arrival = NULL;
    ody__arrival_detach(client, arrival);
    client->phase = ODY_PHASE_OPEN;
    client->known = true;
    ody_hub_open(client->shard->hub, &client->connection, &arrival->handshake, ody_clock_ms());
    ody__arrival_free(arrival);
}

static void too_large(ody_client_socket *client)
{
    ody_bytes_fini(&client->message);
    ody_count(client->shard->counters, evicted_size, 1);
    ody_hub_close(client->shard->hub, &client->connection, CLOSE_TOO_LARGE, "Message too large");
}

static void message_complete(ody_client_socket *client, uint8_t opcode, ody_view message)
{
    uint64_t now = ody_clock_ms();

    if (opcode == ODY_OPCODE_TEXT) {
        ody_hub_receive(client->shard->hub, &client->connection, message, now);
    } else {
        ody_hub_receive_binary(client->shard->hub, &client->connection, now);
    }
}

/* Most messages come in one piece and are never copied; no buffer is kept for those that do not. */
static bool message_piece(ody_client_socket *client, const ody_frame_event *event)
{
    if (client->message.length + event->data.length > client->shard->options->limits.message_size) {
        too_large(client);
        return true;
    }
    if (event->first && event->last) {
        message_complete(client, event->opcode, event->data);
        return true;
    }
    ody_bytes_append_view(&client->message, event->data);
    if (client->message.failed) {
        return false;
    }
    if (event->last) {
        message_complete(client, event->opcode, ody_bytes_view(&client->message));
        ody_bytes_fini(&client->message);
    }
    return true;
}

/* The codes that a close frame may carry (RFC 6455, section 7.4). */
static bool close_code_valid(uint16_t code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

static void peer_closes(ody_client_socket *client, ody_view payload)
{
    uint16_t code = CLOSE_NORMAL;

    client->close_seen = true;
    if (payload.length >= 2) {
        code = (uint16_t)((unsigned char)payload.data[0] << 8 | (unsigned char)payload.data[1]);
    }
    if (payload.length == 1 || !close_code_valid(code)) {
        code = ODY_CLOSE_PROTOCOL_ERROR;
    }
    ody__client_close(client, code, NULL);
}

static bool handle(ody_client_socket *client, const ody_frame_event *event)
{
    switch (event->opcode) {
    case ODY_OPCODE_CLOSE:
        peer_closes(client, event->data);
        return true;
    case ODY_OPCODE_PING:
        ody_hub_ping(client->shard->hub, &client->connection, event->data, ody_clock_ms());
        return true;
    case ODY_OPCODE_PONG:
        ody_hub_activity(client->shard->hub, &client->connection, ody_clock_ms());
        return true;
    default:
        return message_piece(client, event);
    }
}

/* Once a close is decided nothing that the client says counts but its own close frame. */
static bool listening(const ody_client_socket *client, const ody_frame_event *event)
{
    return client->connection.close_code == 0 ||
           (event->opcode == ODY_OPCODE_CLOSE && !client->close_seen);
}

bool ody__websocket_read(ody_client_socket *client, char *data, size_t length)
{
    ody_frame_event event;
    int result;

    ody_count(client->shard->counters, bytes_received, length);
    while ((result = ody_frame_reader_next(&client->reader, &data, &length, &event)) > 0) {
        if (listening(client, &event) && !handle(client, &event)) {
            return false;
        }
    }
    if (result == ODY_EPROTOCOL && client->connection.close_code == 0) {
        ody__client_close(client, ODY_CLOSE_PROTOCOL_ERROR, "Malformed frame");
        return true;
    }
    return result == 0;
}
