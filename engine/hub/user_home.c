/* SPDX-License-Identifier: MIT */
/*
 * What the home of a user does: who is signed in as them, who watches them, and ending all their
 * connections.
 */
#include "channel/user.h"
#include "hub/fanout.h"
#include "hub/letters.h"
#include "wire/encode.h"

static void answer(ody_hub *hub, ody_mail *take_mail, ody_mail_kind kind, int code)
{
    take_mail->kind = (uint8_t)kind;
    take_mail->code = code;
    if (ody__hub_post(hub, take_mail->origin, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}

static ody_user *find(const ody_hub *hub, uint32_t app, ody_view id)
{
    const ody_hub_app *own = ody__app_find(hub, app);

    return own ? ody_map_get(&own->users, id) : NULL;
}

/* Finds the user or makes them; an idle one must be given to release(). NULL without memory. */
static ody_user *obtain(ody_hub *hub, uint32_t app, ody_view id)
{
    ody_hub_app *own = ody__app_obtain(hub, app);
    ody_user *user = own ? ody_map_get(&own->users, id) : NULL;

    if (user || !own) {
        return user;
    }
    user = ody_user_new(app, id, hub->count);
    if (user && ody_map_put(&own->users, ody_user_id(user), user) < 0) {
        ody_user_free(user);
        user = NULL;
    }
    return user;
}

/* Frees the user when nothing is left of them. */
static void release(ody_hub *hub, ody_user *user)
{
    if (ody_user_idle(user)) {
        ody_list_remove(&user->node);
        ody_map_remove(&hub->apps[user->app]->users, ody_user_id(user));
        ody_user_free(user);
    }
}

/* Makes the mail to all shards on which somebody watches. Returns false without memory. */
static bool make_news(ody_hub *hub, const ody_user *user, ody_fanout *news)
{
    const ody_mail_texts texts = {.app = user->app, .user_id = ody_user_id(user)};
    ody_bytes *text = ody__hub_scratch(hub);
    ody_frame *frame;

    ody_encode_watched(text, ody_user_id(user), ody_user_online(user));
    frame =
        text->failed ? NULL : ody_frame_new(&hub->frames, ODY_OPCODE_TEXT, ody_bytes_view(text));
    for (unsigned shard = 0; frame && shard < hub->count; shard++) {
        ody_mail *mail;

        if (user->watching[shard] == 0) {
            continue;
        }
        mail = ody_mail_new(ODY_MAIL_WATCHED, hub->index, &texts);
        if (!mail) {
            ody__fanout_drop(news);
            break;
        }
        mail->target = (uint8_t)shard;
        mail->number = ody_user_online(user);
        mail->frame = ody_frame_ref(frame);
        ody__fanout_add(news, mail);
    }
    ody_frame_unref(frame);
    return news->first != NULL;
}

/* Tells the watchers what has changed. What finds no memory is tried again later. */
static bool announce(ody_hub *hub, ody_user *user)
{
    ody_fanout news = {0};

    if (!ody_user_untold(user)) {
        ody_list_remove(&user->node);
        return true;
    }
    if (!make_news(hub, user, &news)) {
        if (!ody_list_linked(&user->node)) {
            ody_list_append(&hub->unannounced_users, &user->node);
        }
        ody__hub_retry_later(hub);
        return false;
    }
    ody_list_remove(&user->node);
    ody_user_told(user);
    ody__fanout_post(hub, &news);
    return true;
}

bool ody__users_retry(ody_hub *hub)
{
    while (!ody_list_empty(&hub->unannounced_users)) {
        if (!announce(hub, ody_container_of(hub->unannounced_users.next, ody_user, node))) {
            return false;
        }
    }
    return true;
}

static void sign_in(ody_hub *hub, ody_mail *take_mail)
{
    ody_user *user = obtain(hub, take_mail->app, take_mail->user_id);
    bool was_online = user && ody_user_online(user);
    int code = user ? ody_user_enter(user, take_mail->client) : ODY_EMEMORY;

    if (user) {
        ody_count(hub->apps[user->app]->counters, users, ody_user_online(user) - was_online);
        (void)announce(hub, user);
        release(hub, user);
    }
    answer(hub, take_mail, ODY_MAIL_SIGNED_IN, code);
}

/* What the watcher is told first is what the others believe: then the next news fit both. */
static int watch_one(ody_hub *hub, const ody_mail *mail, const ody_letter_name *named)
{
    ody_user *user = obtain(hub, mail->app, named->name);
    int code =
        user ? ody_user_watch(user, mail->client, ody_socket_id_shard(mail->client)) : ODY_EMEMORY;

    if (code == 0) {
        *named->tag = user->shown_online ? ODY_LETTER_ONLINE : ODY_LETTER_OFFLINE;
    }
    if (user) {
        release(hub, user);
    }
    return code;
}

/* Where memory ends half-way the connection will be closed, and leaves all of them. */
static void watch(ody_hub *hub, ody_mail *take_mail)
{
    ody_view at = take_mail->data;
    ody_letter_name named;
    int code = 0;

    while (code == 0 && ody__letter_next(&at, &named)) {
        code = watch_one(hub, take_mail, &named);
    }
    answer(hub, take_mail, ODY_MAIL_WATCHING, code);
}

void ody__user_left(ody_hub *hub, uint32_t app, ody_view id, ody_socket_id client)
{
    ody_user *user = find(hub, app, id);

    if (user && ody_user_exit(user, client)) {
        ody_count(hub->apps[app]->counters, users, ody_user_online(user) ? 0 : -1);
        (void)announce(hub, user);
        release(hub, user);
    }
}

void ody__user_unwatched(ody_hub *hub, uint32_t app, ody_view id, ody_socket_id client)
{
    ody_user *user = find(hub, app, id);

    if (user) {
        ody_user_unwatch(user, client, ody_socket_id_shard(client));
        release(hub, user);
    }
}

/* Adds mail for so many connections of a shard. */
static int add_end(ody_hub *hub, uint32_t app, unsigned shard, uint32_t count, ody_fanout *ends)
{
    ody_mail *mail = ody_mail_new(ODY_MAIL_DISCONNECT, hub->index, &(ody_mail_texts){.app = app});

    if (!mail) {
        return ODY_EMEMORY;
    }
    mail->target = (uint8_t)shard;
    mail->result_length = count * sizeof(ody_socket_id);
    mail->result = ody_malloc(mail->result_length);
    if (!mail->result) {
        ody_mail_free(mail);
        return ODY_EMEMORY;
    }
    ody__fanout_add(ends, mail);
    return 0;
}

/* Writes into each mail the connections of its shard. */
static void name_ends(const ody_user *user, const ody_fanout *ends)
{
    const ody_member *member;
    uint32_t cursor = 0;

    while ((member = ody_members_next(&user->connections, &cursor))) {
        ody_mailbox_node *node = ends->first;
        ody_mail *mail;

        while (ody_container_of(node, ody_mail, node)->target != ody_socket_id_shard(member->id)) {
            node = node->next;
        }
        mail = ody_container_of(node, ody_mail, node);
        ((ody_socket_id *)mail->result)[mail->number++] = member->id;
    }
}

/* Ends all connections of a user, or none of them. */
static int terminate(ody_hub *hub, const ody_user *user)
{
    uint32_t counts[ODY_SHARDS_MAX] = {0};
    const ody_member *member;
    ody_fanout ends = {0};
    uint32_t cursor = 0;

    while ((member = ody_members_next(&user->connections, &cursor))) {
        counts[ody_socket_id_shard(member->id)]++;
    }
    for (unsigned shard = 0; shard < hub->count; shard++) {
        if (counts[shard] > 0 && add_end(hub, user->app, shard, counts[shard], &ends) < 0) {
            ody__fanout_drop(&ends);
            return ODY_EMEMORY;
        }
    }
    name_ends(user, &ends);
    ody__fanout_post(hub, &ends);
    return 0;
}

void ody__user_mail(ody_hub *hub, ody_mail *take_mail)
{
    const ody_user *user;

    if (take_mail->kind == ODY_MAIL_SIGN_IN) {
        sign_in(hub, take_mail);
    } else if (take_mail->kind == ODY_MAIL_WATCH) {
        watch(hub, take_mail);
    } else {
        user = find(hub, take_mail->app, take_mail->user_id);
        take_mail->number = user ? user->connections.count : 0;
        answer(hub, take_mail, ODY_MAIL_ANSWER, user ? terminate(hub, user) : 0);
    }
}
