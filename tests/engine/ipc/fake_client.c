/* SPDX-License-Identifier: MIT */
/* The client of a fake server. */
#include "fake_client.h"

#include <stdlib.h>
#include "test.h"

int fake_client_publish_text(ody_client *client, ody_view data, uint64_t *reached, ody_error *error)
{
    const ody_view channel = ODY_VIEW("orders");
    const ody_client_publish publish = {
        .channels = &channel,
        .channel_count = 1,
        .event = ODY_VIEW("new"),
        .data = data,
    };

    return ody_client_publish_message(client, &publish, reached, error);
}

int fake_client_publish(ody_client *client, uint64_t *reached, ody_error *error)
{
    return fake_client_publish_text(client, ODY_VIEW("{}"), reached, error);
}

ody_client *fake_client_new(const fake_server *fake, uint32_t connect_ms, uint32_t answer_ms)
{
    ody_client *client = ody_client_new(fake->path, connect_ms, answer_ms);

    CHECK(client != NULL);
    return client;
}

ody_view fake_client_large(size_t length)
{
    char *text = malloc(length);

    CHECK(text != NULL);
    memset(text, 'x', length);
    return (ody_view){text, length};
}
