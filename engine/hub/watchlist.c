/* SPDX-License-Identifier: MIT */
/*
 * Who hears of whom. The homes of the watched users say who is online; what changes while their
 * answers are under way goes into the list that the client gets when all are there.
 */
#include "hub/deliver.h"
#include "hub/signin.h"
#include "wire/encode.h"

/* Where the encoder of a watchlist is. */
typedef struct watchlist_walk {
    const ody_signin *signin;
    uint32_t at;
} watchlist_walk;

ody_view ody__watched_id(const ody_watched *watched)
{
    return (ody_view){watched->id, watched->id_length};
}

static void watched_unref(ody_watched *watched)
{
    if (--watched->references == 0) {
        ody_map_remove(&watched->app->watched, ody__watched_id(watched));
        ody_free(watched);
    }
}

/* Finds the user, or makes it with no reference yet. */
static ody_watched *obtain(ody_hub *hub, ody_hub_app *app, ody_view id)
{
    ody_watched *watched = ody_map_get(&app->watched, id);

    if (watched) {
        return watched;
    }
    watched = ody_calloc(1, sizeof(*watched) + id.length);
    if (!watched) {
        return NULL;
    }
    watched->app = app;
    watched->id_length = (uint16_t)id.length;
    watched->home = (uint8_t)ody__hub_home(hub, app->number, id);
    memcpy(watched->id, id.data, id.length);
    ody_list_init(&watched->watchers);
    if (ody_map_put(&app->watched, ody__watched_id(watched), watched) < 0) {
        ody_free(watched);
        return NULL;
    }
    return watched;
}

/* Whether a user was named twice: then its last watcher is of the same sign-in. */
static bool named_before(const ody_watched *watched, const ody_signin *signin)
{
    return !ody_list_empty(&watched->watchers) &&
           ody_container_of(watched->watchers.previous, ody_watch, node)->signin == signin;
}

int ody__watchlist_make(ody_hub *hub, ody_signin *signin, const ody_user_data *user)
{
    signin->watchlist_cut = user->watchlist_cut;
    for (size_t i = 0; i < user->watchlist_length; i++) {
        ody_watched *watched = obtain(hub, signin->app, user->watchlist[i]);
        ody_watch *watch = &signin->watches[signin->watch_count];

        if (!watched) {
            return ODY_EMEMORY;
        }
        if (!named_before(watched, signin)) {
            *watch = (ody_watch){.watched = watched, .signin = signin};
            ody_list_append(&watched->watchers, &watch->node);
            watched->references++;
            signin->watch_count++;
        }
    }
    return 0;
}

void ody__watchlist_unlink(ody_signin *signin)
{
    for (uint32_t i = 0; i < signin->watch_count; i++) {
        ody_list_remove(&signin->watches[i].node);
    }
}

void ody__watchlist_free(ody_signin *signin)
{
    ody__watchlist_unlink(signin);
    for (uint32_t i = 0; i < signin->watch_count; i++) {
        watched_unref(signin->watches[i].watched);
    }
}

bool ody__watchlist_blocked(const ody_hub *hub, const ody_signin *signin)
{
    for (uint32_t i = 0; i < signin->watch_count; i++) {
        if (ody__hub_full(hub, signin->watches[i].watched->home)) {
            return true;
        }
    }
    return false;
}

void ody__watchlist_send(ody_hub *hub, ody_signin *signin)
{
    ody_letter letters[ODY_SHARDS_MAX] = {0};

    for (uint32_t i = 0; i < signin->watch_count; i++) {
        const ody_watched *watched = signin->watches[i].watched;

        ody__letter_measure(&letters[watched->home], ody__watched_id(watched));
    }
    if (!ody__letters_make(hub, letters, ODY_MAIL_WATCH, signin->app->number,
                           signin->connection->id)) {
        for (unsigned home = 0; home < hub->count; home++) {
            ody_mail_free(letters[home].mail);
        }
        ody__connection_starved(hub, signin->connection);
        return;
    }
    for (uint32_t i = 0; i < signin->watch_count; i++) {
        const ody_watched *watched = signin->watches[i].watched;

        ody__letter_write(&letters[watched->home], ODY_LETTER_OFFLINE, ody__watched_id(watched));
    }
    signin->answers = ody__letters_post(hub, letters);
}

static void walk_restart(void *context)
{
    ((watchlist_walk *)context)->at = 0;
}

static bool walk_next(void *context, ody_encode_watch *out)
{
    watchlist_walk *walk = context;
    const ody_watch *watch = &walk->signin->watches[walk->at];

    if (walk->at == walk->signin->watch_count) {
        return false;
    }
    walk->at++;
    *out = (ody_encode_watch){ody__watched_id(watch->watched), watch->online};
    return true;
}

/* Notes what a home has answered: its users stand in the order of the watchlist. */
static void note(ody_signin *signin, const ody_mail *mail)
{
    ody_view at = mail->data;
    ody_letter_name name;

    for (uint32_t i = 0; i < signin->watch_count; i++) {
        ody_watch *watch = &signin->watches[i];

        if (watch->watched->home == mail->target && ody__letter_next(&at, &name)) {
            watch->online = *name.tag == ODY_LETTER_ONLINE;
        }
    }
}

static void on_answer(ody_hub *hub, ody_connection *connection, const ody_mail *mail)
{
    ody_signin *signin = connection->signin;
    watchlist_walk walk = {signin, 0};

    if (mail->code < 0) {
        ody__connection_starved(hub, connection);
        return;
    }
    note(signin, mail);
    if (--signin->answers > 0) {
        return;
    }
    signin->shown = true;
    ody_encode_watchlist(ody__hub_scratch(hub), walk_restart, walk_next, &walk);
    ody__reply_scratch(hub, connection);
}

/* A user has come or gone. All who know their list hear of it: one batch for all of them. */
static void on_news(ody_hub *hub, const ody_watched *watched, const ody_mail *mail)
{
    ody_frame *frame = mail->frame;
    ody_batch *batch = ody_batch_new(&hub->unique_bytes, frame->length);
    const ody_list_node *node;

    if (batch) {
        (void)ody_batch_append(batch, frame->bytes, frame->length);
    }
    for (node = watched->watchers.next; node != &watched->watchers; node = node->next) {
        ody_watch *watch = ody_container_of(node, ody_watch, node);

        watch->online = mail->number != 0;
        if (watch->signin->shown && batch) {
            ody__reply_batch(hub, watch->signin->connection, batch);
        } else if (watch->signin->shown) {
            ody__connection_starved(hub, watch->signin->connection);
        }
    }
    ody_batch_unref(batch);
}

void ody__watchlist_mail(ody_hub *hub, ody_mail *take_mail)
{
    if (take_mail->kind == ODY_MAIL_WATCHING) {
        ody_connection *connection = ody__connection_find(hub, take_mail->client);

        if (connection && connection->signin) {
            on_answer(hub, connection, take_mail);
        }
    } else {
        const ody_hub_app *app = ody__app_find(hub, take_mail->app);
        const ody_watched *watched = app ? ody_map_get(&app->watched, take_mail->user_id) : NULL;

        if (watched) {
            on_news(hub, watched, take_mail);
        }
    }
    ody_mail_free(take_mail);
}
