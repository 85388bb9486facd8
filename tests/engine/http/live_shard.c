/* SPDX-License-Identifier: MIT */
/* The played shard: what it says to each question. */
#include "live_shard.h"

#include <stdlib.h>
#include "base/memory.h"

static void note(live_http *live, const ody_mail *mail, const char *kind)
{
    size_t used = strlen(live->asked);

    snprintf(live->asked + used, sizeof(live->asked) - used, "%s %u %.*s %.*s %.*s %u\n", kind,
             mail->app, (int)mail->channel.length, mail->channel.data, (int)mail->event.length,
             mail->event.data, (int)mail->data.length, mail->data.data,
             (unsigned)mail->client.first);
}

static bool named(const ody_mail *mail, const char *prefix)
{
    return ody_view_starts(mail->channel, ody_view_of(prefix));
}

static unsigned long subscribers_of(const ody_mail *mail)
{
    char text[16] = {0};

    if (named(mail, "many-")) {
        snprintf(text, sizeof(text), "%.*s", (int)mail->channel.length - 5, mail->channel.data + 5);
        return strtoul(text, NULL, 10);
    }
    return named(mail, "empty") || named(mail, "presence-empty") || named(mail, "missing") ? 0 : 3;
}

static void give(ody_mail *mail, const void *data, size_t length)
{
    mail->result = ody_memdup(data, length);
    mail->result_length = mail->result ? length : 0;
    if (!mail->result) {
        mail->code = ODY_EMEMORY;
        mail->number = 0;
    }
}

static void answer_publish(live_http *live, ody_mail *mail)
{
    note(live, mail, "publish");
    mail->number = mail->subscribers = (uint32_t)subscribers_of(mail);
    mail->users = mail->number > 0 ? 2 : 0;
    if (named(mail, "missing")) {
        mail->code = ODY_ECHANNEL_NOT_FOUND;
    }
}

static void answer_channel(ody_mail *mail)
{
    mail->subscribers = (uint32_t)subscribers_of(mail);
    mail->users = mail->subscribers > 0 ? 2 : 0;
    if (named(mail, "cache-")) {
        give(mail, "\"{\\\"a\\\":1}\"", 11);
        mail->number = 59001;
    }
}

static void answer_channels(ody_mail *mail)
{
    static const ody_channel_entry listing[] = {
        {.name = {"orders", 6}, .type = "public", .subscribers = 3},
        {.name = {"presence-room", 13}, .type = "presence", .subscribers = 5, .users = 4},
    };
    bool presence = ody_view_starts(mail->data, ODY_VIEW("presence-"));

    mail->number = presence ? 1 : 2;
    give(mail, listing + presence, mail->number * sizeof(*listing));
}

static void answer_subscribers(ody_mail *mail)
{
    unsigned long count = subscribers_of(mail);
    ody_socket_id *ids = ody_malloc(count * sizeof(*ids));

    if (!ids) {
        mail->code = ODY_EMEMORY;
        return;
    }
    for (unsigned long index = 0; index < count; index++) {
        ids[index] = (ody_socket_id){1 + ODY_SHARDS_MAX * index, index + 7};
    }
    mail->result = ids;
    mail->result_length = count * sizeof(*ids);
    mail->number = count;
}

static void answer_users(ody_mail *mail)
{
    static const char users[] = "[{\"user_id\":\"1\",\"user_info\":{}},"
                                "{\"user_id\":\"b\",\"user_info\":{\"n\":1}}]";

    if (subscribers_of(mail) == 0) {
        give(mail, "[]", 2);
    } else {
        give(mail, users, sizeof(users) - 1);
    }
}

/* Entry number `index` of 1200: every seventh connection has bytes that wait. */
static ody_browse_entry entry_of(const ody_mail *mail, uint64_t index)
{
    ody_browse_entry entry = {.weight = index % 7 == 0 ? (uint32_t)index + 1 : 0};

    switch ((ody_browse_kind)mail->position) {
    case ODY_BROWSE_CONNECTIONS:
    case ODY_BROWSE_CONNECTION:
    case ODY_BROWSE_SUBSCRIBERS:
    case ODY_BROWSE_USER:
        entry.id = (ody_socket_id){1 + ODY_SHARDS_MAX * index, 100 + index};
        entry.name = index % 2 ? ODY_VIEW("ann") : ODY_VIEW_NONE;
        entry.address[10] = entry.address[11] = 0xff;
        entry.address[12] = (uint8_t)(index / 256 + 1);
        entry.address[15] = (uint8_t)index;
        entry.channels = 2;
        entry.age = 3;
        entry.silence = 4;
        entry.protocol = 7;
        break;
    default:
        entry.name = (ody_view){"abcdefghijklmnopqrstuvwxyz" + index % 26, 1 + index % 26 / 13};
        entry.info = ODY_VIEW("{\"x\":[]}");
        entry.type = "public";
        entry.on = true;
    }
    return entry;
}

/* Steps of 500. The result is like that of a shard, but its texts are constant. */
static void answer_browse(live_http *live, ody_mail *mail)
{
    bool few = mail->position != ODY_BROWSE_CONNECTIONS;
    uint64_t last = few ? (mail->position == ODY_BROWSE_CONNECTION ? 1 : 13) : 1200;
    uint64_t end = mail->number + 500 < last ? mail->number + 500 : last;
    ody_browse_entry entries[500];

    note(live, mail, "browse");
    if (mail->position == ODY_BROWSE_CONNECTION && mail->client.second != 2) {
        end = last = 0;
    }
    mail->users = (uint32_t)(end - mail->number);
    mail->info = mail->position == ODY_BROWSE_SUBSCRIPTIONS && mail->client.second == 3;
    for (uint64_t index = mail->number; index < end; index++) {
        entries[index - mail->number] = entry_of(mail, index);
    }
    give(mail, entries, (end - mail->number) * sizeof(entries[0]));
    mail->subscribers = mail->users;
    mail->number = end < last ? end : 0;
}

static void answer_question(live_http *live, ody_mail *mail)
{
    switch (mail->kind) {
    case ODY_MAIL_BROWSE:
        answer_browse(live, mail);
        break;
    case ODY_MAIL_DISMISS:
        note(live, mail, "dismiss");
        mail->number = mail->client.second == 2;
        break;
    case ODY_MAIL_OBSERVE:
    case ODY_MAIL_UNOBSERVE:
        note(live, mail, mail->kind == ODY_MAIL_OBSERVE ? "observe" : "unobserve");
        ody_mail_free(mail);
        return;
    case ODY_MAIL_PUBLISH:
        answer_publish(live, mail);
        break;
    case ODY_MAIL_SUBSCRIBERS:
        answer_subscribers(mail);
        break;
    case ODY_MAIL_USERS:
        answer_users(mail);
        break;
    case ODY_MAIL_CHANNEL:
        answer_channel(mail);
        break;
    case ODY_MAIL_CHANNELS:
        answer_channels(mail);
        break;
    case ODY_MAIL_WHISPER:
        note(live, mail, "whisper");
        mail->number = mail->client.second == 2;
        break;
    default:
        note(live, mail, "other");
        mail->number = named(mail, "yes");
    }
    if (named(mail, "broken")) {
        mail->code = ODY_EMEMORY;
    }
    mail->kind = ODY_MAIL_ANSWER;
    ody_requests_mail(live->requests, mail);
}

void live_shard_answer(live_http *live)
{
    ody_mailbox_node *node = live->first;

    live->first = NULL;
    live->last = &live->first;
    while (node) {
        ody_mailbox_node *next = node->next;

        answer_question(live, (ody_mail *)node);
        node = next;
    }
}

static int post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    live_http *live = context;

    CHECK_EQUAL(target, 0);
    if (live->jammed && !must) {
        return ODY_EOVERLOADED;
    }
    if (take_mail->kind == ODY_MAIL_UPGRADE) {
        CHECK_EQUAL(live->given, -1);
        snprintf(live->head, sizeof(live->head), "%.*s", (int)take_mail->data.length,
                 take_mail->data.data);
        live->given = ody_mail_take_socket(take_mail);
        return 0;
    }
    take_mail->node.next = NULL;
    *live->last = &take_mail->node;
    live->last = &take_mail->node.next;
    return 0;
}

static bool full(void *context, unsigned target)
{
    (void)target;
    return ((live_http *)context)->jammed;
}

const ody_transport live_shard_transport = {.post = post, .full = full};
