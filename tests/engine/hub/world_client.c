/* SPDX-License-Identifier: MIT */
/* The clients of the world: what they say, and what they have got. */
#include "world.h"

#include <stdarg.h>
#include <stdlib.h>
#include "ody/auth.h"
#include "wire/encode.h"

ody_handshake world_handshake(void)
{
    ody_handshake handshake = {
        .path_known = true,
        .app_key = ODY_VIEW(WORLD_KEY),
        .protocol = ODY_VIEW("7"),
        .address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1},
        .count_address = true,
    };

    return handshake;
}

world_client *world_open(world *self, unsigned shard, const ody_handshake *handshake)
{
    world_client *client = calloc(1, sizeof(*client));

    client->world = self;
    client->shard = shard;
    client->open = true;
    client->reads = true;
    client->last = &client->first;
    ody_list_append(&self->clients, &client->node);
    ody_hub_open(self->hubs[shard], &client->connection, handshake, self->now);
    ody_socket_id_format(client->connection.id, client->id);
    return client;
}

world_client *world_connect(world *self, unsigned shard)
{
    ody_handshake handshake = world_handshake();
    world_client *client = world_open(self, shard, &handshake);

    world_flush(self, shard);
    world_forget(client);
    return client;
}

void world_close(world_client *client)
{
    if (client->open) {
        client->open = false;
        ody_hub_closed(client->world->hubs[client->shard], &client->connection, client->world->now);
    }
}

void world_send(world_client *client, const char *format, ...)
{
    char *text;
    int length;
    va_list arguments;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    CHECK(length >= 0);
    if (client->open) {
        ody_hub_receive(client->world->hubs[client->shard], &client->connection,
                        (ody_view){text, (size_t)length}, client->world->now);
    }
    free(text);
}

/* The world's own memory is not the engine's: planted faults must not hit it. */
static char *quote(const char *text)
{
    char *quoted = malloc(strlen(text) * 2 + 3);
    char *at = quoted;

    *at++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            *at++ = '\\';
        }
        *at++ = *text;
    }
    *at++ = '"';
    *at = '\0';
    return quoted;
}

void world_subscribe(world_client *client, const char *channel, const char *channel_data)
{
    char signature[ODY_SIGNATURE_HEX + 1];
    char *quoted;

    if (strncmp(channel, "pr", 2) != 0) {
        world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\"}}",
                   channel);
        return;
    }
    CHECK_EQUAL(ody_channel_sign(ODY_VIEW(WORLD_SECRET), ody_view_of(client->id),
                                 ody_view_of(channel), ody_view_of(channel_data), signature),
                0);
    quoted = quote(channel_data ? channel_data : "");
    world_send(client,
               "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\",\"auth\":\"%s:%s\""
               "%s%s}}",
               channel, WORLD_KEY, signature, channel_data ? ",\"channel_data\":" : "",
               channel_data ? quoted : "");
    free(quoted);
}

void world_sign_in(world_client *client, const char *user_data)
{
    char signature[ODY_SIGNATURE_HEX + 1];
    char *quoted = quote(user_data);

    CHECK_EQUAL(ody_user_sign(ODY_VIEW(WORLD_SECRET), ody_view_of(client->id),
                              ody_view_of(user_data), signature),
                0);
    world_send(client,
               "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"%s:%s\",\"user_data\":%s}}",
               WORLD_KEY, signature, quoted);
    free(quoted);
}

void world_subscribe_user(world_client *client, const char *channel, const char *user)
{
    char data[256];

    snprintf(data, sizeof(data), "{\"user_id\":\"%s\",\"user_info\":{\"n\":\"%s\"}}", user, user);
    world_subscribe(client, channel, data);
}

void world_unsubscribe(world_client *client, const char *channel)
{
    world_send(client, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"%s\"}}", channel);
}

world_message *world_take(world_client *client)
{
    world_message *message = client->first;

    if (message) {
        client->first = message->next;
        if (!message->next) {
            client->last = &client->first;
        }
    }
    return message;
}

void world_forget(world_client *client)
{
    world_message *message;

    while ((message = world_take(client))) {
        free(message);
    }
}

void world_expect(const char *file, int line, world_client *client, const char *wanted)
{
    world_message *message = world_take(client);

    if (!message && wanted) {
        ody_test_fail(file, line, "no message; wanted %s", wanted);
    }
    if (message && !wanted) {
        ody_test_fail(file, line, "a message that was not expected: %s", message->text);
    }
    if (message) {
        ody_test_views(file, line, "the message", (ody_view){message->text, message->length},
                       ody_view_of(wanted));
    }
    free(message);
}

void world_expect_error(const char *file, int line, world_client *client, int code,
                        const char *text)
{
    ody_bytes wanted = {0};

    ody_encode_error(&wanted, code, ody_view_of(text));
    ody_bytes_append_byte(&wanted, 0);
    world_expect(file, line, client, wanted.data);
    ody_bytes_fini(&wanted);
}
