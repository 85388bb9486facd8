/* SPDX-License-Identifier: MIT */
/*
 * What a home does: joins and leaves, publishing, client events. Everything that needs memory is
 * made first, then the state changes, then mail goes out.
 */
#include "hub/counting.h"
#include "hub/fanout.h"
#include "hub/gate.h"
#include "hub/letters.h"
#include "hub/observers.h"
#include "wire/encode.h"

#define NOBODY ((ody_socket_id){0})

/* Where the encoder of a presence snapshot is. */
typedef struct snapshot_walk {
    const ody_channel *channel;
    size_t cursor;
} snapshot_walk;

static void answer(ody_hub *hub, ody_mail *take_mail, ody_mail_kind kind, int code)
{
    take_mail->kind = (uint8_t)kind;
    take_mail->code = code;
    if (ody__hub_post(hub, take_mail->origin, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}

static ody_channel *find(const ody_hub *hub, uint32_t app, ody_view name)
{
    const ody_hub_app *own = ody__app_find(hub, app);

    return own ? ody_map_get(&own->channels, name) : NULL;
}

/* Finds the channel or makes it; an idle one must be given to release(). */
static ody_channel *obtain(ody_hub *hub, ody_hub_app *app, ody_view name)
{
    ody_channel *channel = ody_map_get(&app->channels, name);
    ody_channel_kind kind;

    if (channel || ody_channel_name_parse(name, app->app->limits.channel_name_length, &kind) < 0) {
        return channel;
    }
    channel = ody_channel_new(app->number, name, kind, hub->count);
    if (channel && ody_map_put(&app->channels, ody_channel_name(channel), channel) < 0) {
        ody_channel_free(channel);
        channel = NULL;
    }
    return channel;
}

/* Frees the channel when nothing is left of it. */
static void release(ody_hub *hub, ody_channel *channel)
{
    if (!ody_channel_idle(channel)) {
        return;
    }
    if (channel->presence) {
        ody_list_remove(&channel->presence->node);
    }
    ody__counting_end(channel);
    ody_map_remove(&hub->apps[channel->app]->channels, ody_channel_name(channel));
    ody_channel_free(channel);
}

/* Tells the others of a user that is gone. Returns false without memory. */
static bool announce_departed(ody_hub *hub, ody_channel *channel, const ody_presence_user *user)
{
    ody_bytes *text = ody__hub_scratch(hub);
    ody_fanout fanout;

    ody_encode_member_removed(text, ody_channel_name(channel), ody_presence_user_id(user));
    if (ody__fanout_make(hub, channel, text, NOBODY, &fanout) < 0) {
        return false;
    }
    ody__fanout_send(hub, channel, &fanout);
    ody__show_member(hub, channel, ODY_SIGHT_MEMBER_REMOVED, user);
    return true;
}

/* Announces all departures that still are to be. What finds no memory is tried again later. */
static bool announce_all(ody_hub *hub, ody_channel *channel)
{
    ody_channel_presence *presence = channel->presence;

    if (!presence) {
        return true;
    }
    while (!ody_list_empty(&presence->departed)) {
        ody_presence_user *user =
            ody_container_of(presence->departed.next, ody_presence_user, node);

        if (!announce_departed(hub, channel, user)) {
            if (!ody_list_linked(&presence->node)) {
                ody_list_append(&hub->unannounced, &presence->node);
            }
            ody__hub_retry_later(hub);
            return false;
        }
        ody_list_remove(&user->node);
        ody_free(user);
    }
    ody_list_remove(&presence->node);
    return true;
}

bool ody__home_retry(ody_hub *hub)
{
    while (!ody_list_empty(&hub->unannounced)) {
        ody_channel_presence *presence =
            ody_container_of(hub->unannounced.next, ody_channel_presence, node);

        if (!announce_all(hub, presence->channel)) {
            return false;
        }
    }
    return true;
}

/* Nobody is left who could be told, but for whoever looks. */
static void forget_departures(ody_hub *hub, ody_channel *channel)
{
    ody_list_node *node;

    if (!channel->presence) {
        return;
    }
    while ((node = ody_list_take_first(&channel->presence->departed))) {
        ody_presence_user *user = ody_container_of(node, ody_presence_user, node);

        ody__show_member(hub, channel, ODY_SIGHT_MEMBER_REMOVED, user);
        ody_free(user);
    }
    ody_list_remove(&channel->presence->node);
}

static void leave(ody_hub *hub, uint32_t number, ody_view name, ody_socket_id client)
{
    const ody_hub_app *app = ody__app_find(hub, number);
    ody_channel *channel = find(hub, number, name);
    ody_presence_user *departed;

    if (!channel || !ody_channel_leave(channel, client, ody_socket_id_shard(client), &departed)) {
        return;
    }
    if (departed) {
        ody__notice(hub, app, ODY_CALL_MEMBER_REMOVED, NOBODY,
                    &(ody_mail_texts){.channel = name, .user_id = ody_presence_user_id(departed)});
        ody_list_append(&channel->presence->departed, &departed->node);
    }
    if (channel->members.count > 0) {
        (void)announce_all(hub, channel);
        ody__counting_changed(channel);
        return;
    }
    ody_count(hub->counters, channels, -1);
    ody_count(app->counters, channels, -1);
    ody__notice(hub, app, ODY_CALL_VACATED, NOBODY, &(ody_mail_texts){.channel = name});
    ody__counting_changed(channel);
    forget_departures(hub, channel);
    release(hub, channel);
}

static void leave_all(ody_hub *hub, ody_mail *take_mail)
{
    ody_view at = take_mail->data;
    ody_letter_name named;

    while (ody__letter_next(&at, &named)) {
        if (*named.tag == ODY_LETTER_CHANNEL) {
            leave(hub, take_mail->app, named.name, take_mail->client);
        } else if (*named.tag == ODY_LETTER_USER) {
            ody__user_left(hub, take_mail->app, named.name, take_mail->client);
        } else {
            ody__user_unwatched(hub, take_mail->app, named.name, take_mail->client);
        }
    }
    ody_mail_free(take_mail);
}

static void snapshot_restart(void *context)
{
    ((snapshot_walk *)context)->cursor = 0;
}

static bool snapshot_next(void *context, ody_encode_member *member)
{
    snapshot_walk *walk = context;
    const ody_presence_user *user = ody_channel_user_next(walk->channel, &walk->cursor);

    if (!user) {
        return false;
    }
    member->user_id = ody_presence_user_id(user);
    member->user_info = ody_presence_user_info(user);
    return true;
}

static ody_frame *encode_success(ody_hub *hub, const ody_channel *channel)
{
    ody_bytes *text = ody__hub_scratch(hub);
    snapshot_walk walk = {channel, 0};

    if (channel->presence) {
        ody_encode_presence_succeeded(text, ody_channel_name(channel),
                                      ody_channel_user_count(channel), snapshot_restart,
                                      snapshot_next, &walk);
    } else {
        ody_encode_succeeded(text, ody_channel_name(channel));
    }
    return text->failed ? NULL : ody_frame_new(&hub->frames, ODY_OPCODE_TEXT, ody_bytes_view(text));
}

static ody_frame *encode_cached(ody_hub *hub, const ody_channel *channel)
{
    ody_view cached = ody_channel_cache_get(channel, hub->now);
    ody_bytes *text;

    if (cached.data) {
        return ody_frame_new(&hub->frames, ODY_OPCODE_TEXT, cached);
    }
    text = ody__hub_scratch(hub);
    ody_encode_cache_miss(text, ody_channel_name(channel));
    return text->failed ? NULL : ody_frame_new(&hub->frames, ODY_OPCODE_TEXT, ody_bytes_view(text));
}

/* Puts into the mail what a member gets when it is in. */
static int confirm(ody_hub *hub, const ody_channel *channel, ody_mail *mail)
{
    mail->frame = encode_success(hub, channel);
    if (mail->frame && channel->kind.cache) {
        mail->second = encode_cached(hub, channel);
    }
    return mail->frame && (mail->second || !channel->kind.cache) ? 0 : ODY_EMEMORY;
}

/* Tells the others of a new user; the joiner's own shard does not have it in its list yet. */
static int announce_arrival(ody_hub *hub, ody_channel *channel, const ody_mail *mail,
                            ody_fanout *fanout)
{
    ody_bytes *text = ody__hub_scratch(hub);
    const ody_member *member = ody_members_find(&channel->members, mail->client);

    ody_encode_member_added(text, mail->channel, ody_presence_user_id(member->user),
                            ody_presence_user_info(member->user));
    return ody__fanout_make(hub, channel, text, mail->client, fanout);
}

/* Takes back a join of which nobody has heard. */
static void undo_join(ody_channel *channel, ody_socket_id client)
{
    ody_presence_user *departed;

    ody_channel_leave(channel, client, ody_socket_id_shard(client), &departed);
    ody_free(departed);
}

static int join_new(ody_hub *hub, const ody_hub_app *app, ody_channel *channel, ody_mail *mail)
{
    const ody_presence_profile profile = {mail->user_id, mail->user_info};
    ody_fanout arrival = {0};
    bool first;
    int code = ody__counting_begin(hub, app, channel);

    if (code == 0) {
        code = ody_channel_join(channel, mail->client, ody_socket_id_shard(mail->client), &profile,
                                app->app->limits.presence_members, &first);
    }
    if (code < 0) {
        return code;
    }
    if (first) {
        code = announce_arrival(hub, channel, mail, &arrival);
    }
    if (code == 0) {
        code = confirm(hub, channel, mail);
    }
    if (code < 0) {
        ody__fanout_drop(&arrival);
        undo_join(channel, mail->client);
        return code;
    }
    if (channel->members.count == 1) {
        ody_count(hub->counters, channels, 1);
        ody_count(app->counters, channels, 1);
        ody__notice(hub, app, ODY_CALL_OCCUPIED, NOBODY,
                    &(ody_mail_texts){.channel = mail->channel});
    }
    if (first) {
        ody__fanout_send(hub, channel, &arrival);
        ody__show_member(hub, channel, ODY_SIGHT_MEMBER_ADDED,
                         ody_members_find(&channel->members, mail->client)->user);
        ody__notice(hub, app, ODY_CALL_MEMBER_ADDED, NOBODY,
                    &(ody_mail_texts){.channel = mail->channel,
                                      .user_id = mail->user_id,
                                      .data = mail->user_info});
    }
    return 0;
}

/* Whoever can fill the cache learns that somebody waits for it. */
static void note_miss(ody_hub *hub, const ody_hub_app *app, ody_channel *channel)
{
    if (channel->kind.cache && !ody_channel_cache_get(channel, hub->now).data) {
        ody__notice(hub, app, ODY_CALL_CACHE_MISS, NOBODY,
                    &(ody_mail_texts){.channel = ody_channel_name(channel)});
    }
}

static void join(ody_hub *hub, ody_mail *take_mail)
{
    ody_hub_app *app = ody__app_obtain(hub, take_mail->app);
    ody_channel *channel = app ? obtain(hub, app, take_mail->channel) : NULL;
    int code = channel && announce_all(hub, channel) ? 0 : ODY_EMEMORY;

    if (code == 0) {
        code = ody_members_find(&channel->members, take_mail->client)
                   ? confirm(hub, channel, take_mail)
                   : join_new(hub, app, channel, take_mail);
    }
    if (code == 0) {
        note_miss(hub, app, channel);
    }
    if (channel) {
        take_mail->number = channel->serial;
        release(hub, channel);
    }
    answer(hub, take_mail, code < 0 ? ODY_MAIL_REFUSED : ODY_MAIL_JOINED, code);
    if (code == 0) {
        ody__counting_changed(channel);
    }
}

static int publish_client_event(ody_hub *hub, const ody_mail *mail)
{
    const ody_hub_app *app = ody__app_find(hub, mail->app);
    ody_channel *channel = find(hub, mail->app, mail->channel);
    const ody_member *member = channel ? ody_members_find(&channel->members, mail->client) : NULL;
    ody_view user_id;
    ody_bytes *text;
    ody_fanout fanout;
    int code;

    if (!member) {
        return ODY_ENOT_SUBSCRIBED;
    }
    user_id = member->user ? ody_presence_user_id(member->user) : ODY_VIEW_NONE;
    if (ody__fanout_blocked(hub, channel)) {
        ody_count(hub->counters, dropped_mailbox, 1);
        return ODY_EOVERLOADED;
    }
    text = ody__hub_scratch(hub);
    ody_encode_event(text, mail->event, mail->channel, mail->data, user_id);
    code = ody__fanout_make(hub, channel, text, mail->client, &fanout);
    if (code == 0) {
        fanout.stamp = mail->stamp;
        ody__fanout_send(hub, channel, &fanout);
        ody_count(hub->counters, messages_published, 1);
        ody_count(app->counters, messages_published, 1);
        ody__notice(hub, app, ODY_CALL_EVENT_PUBLISHED, mail->client,
                    &(ody_mail_texts){.channel = mail->channel,
                                      .event = mail->event,
                                      .data = mail->data,
                                      .user_id = user_id});
        ody__show_event(hub, ODY_SIGHT_CLIENT_EVENT, mail, user_id, channel->members.count - 1);
    }
    return code;
}

static void client_event(ody_hub *hub, ody_mail *take_mail)
{
    int code = publish_client_event(hub, take_mail);

    if (code < 0) {
        answer(hub, take_mail, ODY_MAIL_REJECTED, code);
    } else {
        ody_mail_free(take_mail);
    }
}

/* Keeps the event for those who come later. Events of an app expire in the order in which they
 * came.
 */
static void keep(ody_hub *hub, ody_hub_app *app, ody_channel *channel,
                 ody_channel_cache *take_cache)
{
    ody_channel_cache_set(channel, take_cache);
    ody_list_append(&app->cached, &take_cache->node);
    if (!ody_timer_armed(&hub->expiry) || take_cache->expires < hub->expiry.due) {
        ody_wheel_arm(&hub->wheel, &hub->expiry, take_cache->expires);
    }
}

static ody_channel_cache *cached_first(const ody_hub_app *app)
{
    return ody_list_empty(&app->cached)
               ? NULL
               : ody_container_of(app->cached.next, ody_channel_cache, node);
}

/* Sets the timer for the first event of all apps that expires. */
static void expiry_arm(ody_hub *hub)
{
    uint64_t due = UINT64_MAX;

    for (uint32_t number = 0; number < ODY_APP_NUMBERS; number++) {
        const ody_channel_cache *first = hub->apps[number] ? cached_first(hub->apps[number]) : NULL;

        if (first && first->expires < due) {
            due = first->expires;
        }
    }
    if (due != UINT64_MAX) {
        ody_wheel_arm(&hub->wheel, &hub->expiry, due);
    }
}

/* An event that came under a longer cache_time must not outlive those that come from now on: the
 * list begins with what expires first. */
static void cached_shorten(const ody_hub *hub, ody_hub_app *app)
{
    uint64_t latest = hub->now + app->app->cache_time;

    for (ody_list_node *node = app->cached.previous; node != &app->cached; node = node->previous) {
        ody_channel_cache *cache = ody_container_of(node, ody_channel_cache, node);

        if (cache->expires <= latest) {
            break;
        }
        cache->expires = latest;
    }
}

void ody__home_reload(ody_hub *hub)
{
    for (uint32_t number = 0; number < ODY_APP_NUMBERS; number++) {
        if (hub->apps[number]) {
            cached_shorten(hub, hub->apps[number]);
        }
    }
    expiry_arm(hub);
}

static void expire(ody_hub *hub, ody_hub_app *app)
{
    ody_channel_cache *cache;

    while ((cache = cached_first(app)) && cache->expires <= hub->now) {
        ody_channel *channel = cache->channel;

        ody_channel_cache_drop(channel);
        release(hub, channel);
    }
}

void ody__home_expire(ody_hub *hub)
{
    for (uint32_t number = 0; number < ODY_APP_NUMBERS; number++) {
        if (hub->apps[number]) {
            expire(hub, hub->apps[number]);
        }
    }
    expiry_arm(hub);
}

/* Numbers the message, sends and keeps it: all of that, or nothing. */
static int publish_to(ody_hub *hub, ody_channel *channel, const ody_mail *mail)
{
    ody_hub_app *app = hub->apps[channel->app];
    ody_bytes *text = ody__hub_scratch(hub);
    ody_channel_cache *cache = NULL;
    ody_fanout fanout;
    int code;

    ody_encode_event(text, mail->event, mail->channel, mail->data, ODY_VIEW_NONE);
    code = ody__fanout_make(hub, channel, text, mail->client, &fanout);
    if (code == 0 && channel->kind.cache) {
        cache = ody_channel_cache_new(ody_bytes_view(text), hub->now + app->app->cache_time);
        if (!cache) {
            ody__fanout_drop(&fanout);
            code = ODY_EMEMORY;
        }
    }
    if (code < 0) {
        return code;
    }
    fanout.stamp = mail->stamp;
    ody__fanout_send(hub, channel, &fanout);
    ody_count(hub->counters, messages_published, 1);
    ody_count(app->counters, messages_published, 1);
    if (cache) {
        keep(hub, app, channel, cache);
    }
    return 0;
}

/* A channel without subscribers: only some exist, and only those with a cache take the event. */
static int publish_unsubscribed(ody_hub *hub, ody_hub_app *app, const ody_mail *mail)
{
    ody_channel_kind kind;
    ody_channel *channel;
    int code = ody_channel_name_parse(mail->channel, app->app->limits.channel_name_length, &kind);

    if (code < 0 || !ody_channel_always_exists(kind)) {
        return code < 0 ? code : ODY_ECHANNEL_NOT_FOUND;
    }
    if (!kind.cache) {
        return 0;
    }
    channel = obtain(hub, app, mail->channel);
    code = channel ? publish_to(hub, channel, mail) : ODY_EMEMORY;
    if (channel) {
        release(hub, channel);
    }
    return code;
}

static int publish(ody_hub *hub, ody_mail *mail)
{
    ody_hub_app *app = ody__app_obtain(hub, mail->app);
    ody_channel *channel = app ? ody_map_get(&app->channels, mail->channel) : NULL;
    uint64_t reached;
    int code;

    if (!app) {
        return ODY_EMEMORY;
    }
    if (!channel || channel->members.count == 0) {
        return publish_unsubscribed(hub, app, mail);
    }
    if (mail->info) {
        mail->subscribers = channel->members.count;
        mail->users = (uint32_t)ody_channel_user_count(channel);
    }
    if (ody__fanout_blocked(hub, channel)) {
        ody_count(hub->counters, dropped_mailbox, 1);
        return ODY_EOVERLOADED;
    }
    reached = channel->members.count - (ody_members_find(&channel->members, mail->client) != NULL);
    code = publish_to(hub, channel, mail);
    if (code == 0) {
        mail->number = reached;
    }
    return code;
}

static void publish_and_answer(ody_hub *hub, ody_mail *take_mail)
{
    int code = publish(hub, take_mail);

    if (code == 0) {
        ody__show_event(hub, ODY_SIGHT_EVENT, take_mail, ODY_VIEW_NONE, take_mail->number);
    }
    answer(hub, take_mail, ODY_MAIL_ANSWER, code);
}

void ody__home_mail(ody_hub *hub, ody_mail *take_mail)
{
    switch ((ody_mail_kind)take_mail->kind) {
    case ODY_MAIL_JOIN:
        join(hub, take_mail);
        return;
    case ODY_MAIL_LEAVE:
        leave(hub, take_mail->app, take_mail->channel, take_mail->client);
        answer(hub, take_mail, ODY_MAIL_LEFT, 0);
        return;
    case ODY_MAIL_LEAVE_ALL:
        leave_all(hub, take_mail);
        return;
    case ODY_MAIL_CLIENT_EVENT:
        client_event(hub, take_mail);
        return;
    case ODY_MAIL_PUBLISH:
        publish_and_answer(hub, take_mail);
        return;
    default:
        ody_mail_free(take_mail);
        return;
    }
}
