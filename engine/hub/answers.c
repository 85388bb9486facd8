/* SPDX-License-Identifier: MIT */
/* Questions of the API thread about channels, answered at their home. They change nothing. */
#include "channel/channel.h"
#include "hub/requests.h"
#include "hub/state.h"
#include "wire/encode.h"

/* The result is an array of socket ids. */
static int list_subscribers(const ody_channel *channel, ody_mail *mail)
{
    ody_socket_id *ids;
    uint32_t cursor = 0;
    const ody_member *member;

    if (!channel || channel->members.count == 0) {
        return 0;
    }
    mail->result_length = channel->members.count * sizeof(*ids);
    ids = mail->result = ody_malloc(mail->result_length);
    if (!ids) {
        mail->result_length = 0;
        return ODY_EMEMORY;
    }
    while ((member = ody_members_next(&channel->members, &cursor))) {
        ids[mail->number++] = member->id;
    }
    return 0;
}

/* The result is a JSON list. */
static int list_users(const ody_channel *channel, ody_mail *mail)
{
    const ody_presence_user *user;
    ody_bytes json = {0};
    size_t cursor = 0;

    ody_bytes_append_byte(&json, '[');
    while (channel && (user = ody_channel_user_next(channel, &cursor))) {
        if (json.length > 1) {
            ody_bytes_append_byte(&json, ',');
        }
        ody_encode_user(&json, ody_presence_user_id(user), ody_presence_user_info(user));
    }
    ody_bytes_append_byte(&json, ']');
    if (json.failed) {
        ody_bytes_fini(&json);
        return ODY_EMEMORY;
    }
    mail->result = json.data;
    mail->result_length = json.length;
    return 0;
}

static bool listed(const ody_channel *channel, ody_view prefix)
{
    return channel->members.count > 0 && ody_view_starts(ody_channel_name(channel), prefix);
}

/* Counts the channels that begin with prefix, and the bytes of their names. */
static size_t measure_channels(const ody_hub_app *app, ody_view prefix, size_t *name_bytes)
{
    const ody_channel *channel;
    size_t count = 0;
    size_t cursor = 0;

    *name_bytes = 0;
    while ((channel = ody_map_next(&app->channels, &cursor, NULL))) {
        if (listed(channel, prefix)) {
            count++;
            *name_bytes += channel->name_length;
        }
    }
    return count;
}

/* The result is an array of entries, and behind it their names. */
static int list_channels(const ody_hub_app *app, ody_mail *mail)
{
    const ody_channel *channel;
    size_t cursor = 0;
    size_t name_bytes;
    size_t count = app ? measure_channels(app, mail->data, &name_bytes) : 0;
    ody_channel_entry *entries;
    char *names;

    if (count == 0) {
        return 0;
    }
    mail->result = entries = ody_malloc(count * sizeof(*entries) + name_bytes);
    if (!entries) {
        return ODY_EMEMORY;
    }
    mail->result_length = count * sizeof(*entries) + name_bytes;
    names = (char *)(entries + count);
    while ((channel = ody_map_next(&app->channels, &cursor, NULL))) {
        ody_view name = ody_channel_name(channel);

        if (!listed(channel, mail->data)) {
            continue;
        }
        memcpy(names, name.data, name.length);
        entries[mail->number++] = (ody_channel_entry){
            .name = {names, name.length},
            .type = ody_channel_kind_name(channel->kind),
            .subscribers = channel->members.count,
            .users = ody_channel_user_count(channel),
        };
        names += name.length;
    }
    return 0;
}

static bool channel_exists(const ody_channel *channel, ody_view name)
{
    ody_channel_kind kind;

    if (channel && channel->members.count > 0) {
        return true;
    }
    return ody_channel_name_parse(name, name.length, &kind) == 0 && ody_channel_always_exists(kind);
}

/* The result is the data of the cached event, a JSON string. */
static int describe_channel(const ody_hub *hub, const ody_channel *channel, ody_mail *mail)
{
    ody_view cached;

    if (!channel) {
        return 0;
    }
    mail->subscribers = channel->members.count;
    mail->users = (uint32_t)ody_channel_user_count(channel);
    cached = ody_channel_cache_get(channel, hub->now);
    if (!cached.data) {
        return 0;
    }
    cached = ody_encode_event_data(cached, ody_channel_name(channel));
    mail->result = ody_memdup(cached.data, cached.length);
    if (!mail->result) {
        return ODY_EMEMORY;
    }
    mail->result_length = cached.length;
    mail->number = channel->cache->expires - hub->now;
    return 0;
}

void ody__home_answer(ody_hub *hub, ody_mail *take_mail)
{
    const ody_hub_app *app = ody__app_find(hub, take_mail->app);
    const ody_channel *channel = app ? ody_map_get(&app->channels, take_mail->channel) : NULL;

    switch ((ody_mail_kind)take_mail->kind) {
    case ODY_MAIL_SUBSCRIBERS:
        take_mail->code = list_subscribers(channel, take_mail);
        break;
    case ODY_MAIL_USERS:
        take_mail->code = list_users(channel, take_mail);
        break;
    case ODY_MAIL_IS_SUBSCRIBED:
        take_mail->number = channel && ody_members_find(&channel->members, take_mail->client);
        break;
    case ODY_MAIL_CHANNEL_EXISTS:
        take_mail->number = channel_exists(channel, take_mail->channel);
        break;
    case ODY_MAIL_CHANNEL:
        take_mail->code = describe_channel(hub, channel, take_mail);
        break;
    default:
        take_mail->code = list_channels(app, take_mail);
        break;
    }
    take_mail->kind = ODY_MAIL_ANSWER;
    if (ody__hub_post(hub, take_mail->origin, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}
