/* SPDX-License-Identifier: MIT */
/* Steps over the tables of a shard. They change nothing, and each is short. */
#include "hub/browse.h"

#include "channel/channel.h"
#include "channel/user.h"
#include "hub/signin.h"
#include "hub/subscription.h"

/* The list of a connection's channels has no places to go on from, so it is not walked further. */
#define SUBSCRIPTIONS_MAX 4096

/* What a step has so far. Texts may move while they grow, so that until the end entries hold
 * offsets. */
typedef struct step {
    ody_hub *hub;
    const ody_mail *mail;
    const ody_hub_app *app; /* NULL: none, or all */
    size_t cursor;
    uint32_t examined;
    bool cut;
    ody_bytes entries;
    ody_bytes texts;
} step;

static bool goes_on(step *self)
{
    return self->examined < ODY_BROWSE_STEP && self->texts.length < ODY_BROWSE_TEXTS;
}

static ody_view keep(step *self, ody_view text)
{
    ody_view kept = {(const char *)(uintptr_t)self->texts.length, text.length};

    ody_bytes_append_view(&self->texts, text);
    return kept;
}

static void add(step *self, ody_browse_entry entry)
{
    if (entry.weight < self->mail->subscribers) {
        return;
    }
    entry.name = keep(self, entry.name);
    entry.info = keep(self, entry.info);
    ody_bytes_append(&self->entries, (const char *)&entry, sizeof(entry));
}

/* Makes one block of entries and texts, which the mail then owns. */
static int give(step *self, ody_mail *mail)
{
    size_t length = self->entries.length + self->texts.length;
    bool failed = self->entries.failed || self->texts.failed;
    ody_browse_entry *entries = length > 0 && !failed ? ody_malloc(length) : NULL;
    size_t count = self->entries.length / sizeof(*entries);

    if (entries) {
        char *texts = (char *)(entries + count);

        memcpy(entries, self->entries.data, self->entries.length);
        if (self->texts.length > 0) {
            memcpy(texts, self->texts.data, self->texts.length);
        }
        for (size_t index = 0; index < count; index++) {
            entries[index].name.data = texts + (uintptr_t)entries[index].name.data;
            entries[index].info.data = texts + (uintptr_t)entries[index].info.data;
        }
        mail->result = entries;
        mail->result_length = length;
        mail->subscribers = (uint32_t)count;
    } else {
        mail->subscribers = 0;
    }
    ody_bytes_fini(&self->entries);
    ody_bytes_fini(&self->texts);
    return failed || (length > 0 && !entries) ? ODY_EMEMORY : 0;
}

static uint32_t seconds(uint64_t now, uint64_t since)
{
    return now > since ? (uint32_t)((now - since) / 1000) : 0;
}

static ody_browse_entry describe(const step *self, const ody_connection *connection)
{
    uint64_t now = self->hub->now;
    ody_browse_entry entry = {
        .id = connection->id,
        .name = ody__signin_id_of(connection),
        .app = connection->app->number,
        .weight = connection->behind ? connection->outbound.bytes : 0,
        .channels = connection->subscription_count - connection->leaving_count,
        .age = (uint32_t)(now / 1000) - connection->opened_at,
        .silence = seconds(now, connection->last_activity),
        .slow = connection->over_soft_since ? (uint32_t)(now - connection->over_soft_since) : 0,
        .protocol = connection->protocol,
    };

    memcpy(entry.address, connection->address, sizeof(entry.address));
    return entry;
}

/* The slots that the shard has had in use at the same time. */
static bool walk_connections(step *self)
{
    const ody_hub *hub = self->hub;

    while (self->cursor < hub->slot_count && goes_on(self)) {
        const ody_connection *connection = hub->slots[self->cursor++].connection;

        self->examined++;
        if (connection && (self->mail->info || connection->app == self->app)) {
            add(self, describe(self, connection));
        }
    }
    return self->cursor < hub->slot_count;
}

static bool walk_channels(step *self)
{
    const ody_channel *channel;

    while (self->app && goes_on(self)) {
        channel = ody_map_next(&self->app->channels, &self->cursor, NULL);
        if (!channel) {
            return false;
        }
        self->examined++;
        if (channel->members.count > 0 &&
            ody_view_starts(ody_channel_name(channel), self->mail->data)) {
            add(self, (ody_browse_entry){
                          .name = ody_channel_name(channel),
                          .type = ody_channel_kind_name(channel->kind),
                          .weight = channel->members.count,
                          .users = (uint32_t)ody_channel_user_count(channel),
                      });
        }
    }
    return self->app != NULL;
}

static bool walk_users(step *self)
{
    const ody_user *user;

    while (self->app && goes_on(self)) {
        user = ody_map_next(&self->app->users, &self->cursor, NULL);
        if (!user) {
            return false;
        }
        self->examined++;
        if (ody_user_online(user) && ody_view_starts(ody_user_id(user), self->mail->data)) {
            add(self, (ody_browse_entry){
                          .name = ody_user_id(user),
                          .weight = user->connections.count,
                          .watchers = user->watchers.count,
                      });
        }
    }
    return self->app != NULL;
}

static bool walk_members(step *self, const ody_members *members)
{
    uint32_t cursor = (uint32_t)self->cursor;
    const ody_member *member = NULL;

    while (goes_on(self) && (member = ody_members_next(members, &cursor))) {
        self->examined++;
        add(self, (ody_browse_entry){
                      .id = member->id,
                      .name = member->user ? ody_presence_user_id(member->user) : ODY_VIEW_NONE,
                  });
    }
    self->cursor = cursor;
    return member != NULL;
}

static const ody_channel *channel_of(const step *self)
{
    return self->app ? ody_map_get(&self->app->channels, self->mail->channel) : NULL;
}

static bool walk_subscribers(step *self)
{
    const ody_channel *channel = channel_of(self);

    return channel && walk_members(self, &channel->members);
}

static bool walk_presence(step *self)
{
    const ody_channel *channel = channel_of(self);
    const ody_presence_user *user = NULL;

    while (channel && goes_on(self) && (user = ody_channel_user_next(channel, &self->cursor))) {
        self->examined++;
        add(self, (ody_browse_entry){
                      .name = ody_presence_user_id(user),
                      .info = ody_presence_user_info(user),
                      .weight = user->connections,
                  });
    }
    return user != NULL;
}

static bool walk_user(step *self)
{
    const ody_user *user = self->app ? ody_map_get(&self->app->users, self->mail->user_id) : NULL;

    return user && walk_members(self, &user->connections);
}

/* Whether the step has room for another channel of a connection. */
static bool goes_on_in_list(step *self)
{
    self->cut = self->cursor == SUBSCRIPTIONS_MAX;
    return !self->cut && goes_on(self);
}

static bool walk_subscriptions(step *self)
{
    const ody_connection *connection = ody__connection_find(self->hub, self->mail->client);
    const ody_list_node *node;
    size_t place = 0;

    if (!connection) {
        return false;
    }
    for (node = connection->subscriptions.next; node != &connection->subscriptions;
         node = node->next) {
        const ody_subscription *subscription = ody_container_of(node, ody_subscription, node);

        if (place++ < self->cursor) {
            continue;
        }
        if (!goes_on_in_list(self)) {
            return !self->cut;
        }
        self->cursor++;
        self->examined++;
        add(self, (ody_browse_entry){
                      .name = ody__local_name(subscription->local),
                      .app = connection->app->number,
                      .on = ody__subscription_on(subscription),
                  });
    }
    return false;
}

static bool walk_one(step *self)
{
    const ody_connection *connection = ody__connection_find(self->hub, self->mail->client);

    if (connection) {
        add(self, describe(self, connection));
    }
    return false;
}

static bool (*const walks[])(step *self) = {
    [ODY_BROWSE_CONNECTIONS] = walk_connections,
    [ODY_BROWSE_CHANNELS] = walk_channels,
    [ODY_BROWSE_USERS] = walk_users,
    [ODY_BROWSE_SUBSCRIBERS] = walk_subscribers,
    [ODY_BROWSE_MEMBERS] = walk_presence,
    [ODY_BROWSE_USER] = walk_user,
    [ODY_BROWSE_CONNECTION] = walk_one,
    [ODY_BROWSE_SUBSCRIPTIONS] = walk_subscriptions,
};

void ody__browse_mail(ody_hub *hub, ody_mail *take_mail)
{
    step self = {
        .hub = hub,
        .mail = take_mail,
        .app = ody__app_find(hub, take_mail->app),
        .cursor = take_mail->number,
    };
    bool more = walks[take_mail->position](&self);

    take_mail->number = more ? self.cursor : 0;
    take_mail->users = self.examined;
    take_mail->info = self.cut;
    take_mail->code = give(&self, take_mail);
    take_mail->kind = ODY_MAIL_ANSWER;
    if (ody__hub_post(hub, take_mail->origin, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}
