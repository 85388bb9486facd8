/* SPDX-License-Identifier: MIT */
/*
 * A connection that is gone leaves all that it was in, with one mail per home. Where there is no
 * memory for that mail, its subscriptions and its sign-in stay behind as orphans and are tried
 * again: a home must never keep a member that does not exist.
 */
#include "hub/gate.h"
#include "hub/signin.h"
#include "hub/subscription.h"

static bool must_leave(const ody_subscription *subscription)
{
    return subscription->state != ODY_SUBSCRIPTION_LEAVING;
}

static void measure(const ody_connection *connection, ody_letter *letters)
{
    const ody_list_node *node;

    for (node = connection->subscriptions.next; node != &connection->subscriptions;
         node = node->next) {
        const ody_subscription *subscription = ody_container_of(node, ody_subscription, node);

        if (must_leave(subscription)) {
            ody__letter_measure(&letters[subscription->local->home],
                                ody__local_name(subscription->local));
        }
    }
}

/* Takes a subscription off its connection; returns whether it may be freed. */
static bool part_from(ody_hub *hub, ody_subscription *subscription, ody_socket_id client,
                      ody_letter *letter)
{
    ody_mail_free(subscription->join_wish);
    if (!must_leave(subscription)) {
        return true;
    }
    if (ody__subscription_on(subscription)) {
        ody__local_remove(subscription->local, subscription->position);
        ody_count(hub->counters, subscriptions, -1);
        ody_count(subscription->local->app->counters, subscriptions, -1);
    }
    if (letter->mail) {
        ody__letter_write(letter, ODY_LETTER_CHANNEL, ody__local_name(subscription->local));
        return true;
    }
    subscription->orphan = client;
    ody_list_append(&hub->orphans, &subscription->node);
    return false;
}

static void drop_subscriptions(ody_hub *hub, ody_connection *connection, ody_letter *letters)
{
    ody_list_node *node;

    ody_map_fini(&connection->subscription_index);
    ody_map_init(&connection->subscription_index);
    while ((node = ody_list_take_first(&connection->subscriptions))) {
        ody_subscription *subscription = ody_container_of(node, ody_subscription, node);
        ody_local_channel *local = subscription->local;

        if (ody__subscription_wanted(subscription)) {
            ody__notice_unsubscribed(hub, local->app, connection->id, ody__local_name(local));
        }
        if (part_from(hub, subscription, connection->id, &letters[local->home])) {
            ody_free(subscription);
            ody__local_unref(local);
        } else {
            ody__hub_retry_later(hub);
        }
    }
    connection->subscription_count = connection->leaving_count = 0;
}

void ody__subscription_drop_all(ody_hub *hub, ody_connection *connection)
{
    ody_letter letters[ODY_SHARDS_MAX] = {0};

    measure(connection, letters);
    ody__signin_measure(connection->signin, letters);
    (void)ody__letters_make(hub, letters, ODY_MAIL_LEAVE_ALL, connection->app->number,
                            connection->id);
    drop_subscriptions(hub, connection, letters);
    ody__signin_part(hub, connection, letters);
    (void)ody__letters_post(hub, letters);
}

static void orphan_free(ody_subscription *subscription)
{
    ody_list_remove(&subscription->node);
    ody__local_unref(subscription->local);
    ody_free(subscription);
}

bool ody__subscription_retry(ody_hub *hub)
{
    while (!ody_list_empty(&hub->orphans)) {
        ody_subscription *subscription =
            ody_container_of(hub->orphans.next, ody_subscription, node);
        const ody_mail_texts texts = {.app = subscription->local->app->number,
                                      .channel = ody__local_name(subscription->local)};
        ody_mail *mail = ody_mail_new(ODY_MAIL_LEAVE, hub->index, &texts);

        if (!mail) {
            return false;
        }
        mail->client = subscription->orphan;
        (void)ody__hub_post(hub, subscription->local->home, mail, true);
        orphan_free(subscription);
    }
    return true;
}

void ody__subscription_free_orphans(ody_hub *hub)
{
    while (!ody_list_empty(&hub->orphans)) {
        orphan_free(ody_container_of(hub->orphans.next, ody_subscription, node));
    }
}

/* Calls one with each name that a home knows, and says which home. It knows of no watches before
 * the sign-in is confirmed. */
static void each_name(const ody_signin *signin, ody_letter *letters,
                      void (*one)(ody_letter *letter, ody_letter_tag tag, ody_view name))
{
    for (uint32_t i = 0; signin->on && i < signin->watch_count; i++) {
        const ody_watched *watched = signin->watches[i].watched;

        one(&letters[watched->home], ODY_LETTER_WATCHED, ody__watched_id(watched));
    }
    one(&letters[signin->home], ODY_LETTER_USER, ody__signin_id(signin));
}

static void measure_one(ody_letter *letter, ody_letter_tag tag, ody_view name)
{
    (void)tag;
    ody__letter_measure(letter, name);
}

static void write_one(ody_letter *letter, ody_letter_tag tag, ody_view name)
{
    if (letter->mail) {
        ody__letter_write(letter, tag, name);
    }
}

void ody__signin_measure(const ody_signin *signin, ody_letter *letters)
{
    if (signin) {
        each_name(signin, letters, measure_one);
    }
}

/* Bit 1 << home of those that were to get a letter, and for which there is none. */
static uint64_t untold(const ody_hub *hub, const ody_letter *letters)
{
    uint64_t homes = 0;

    for (unsigned home = 0; home < hub->count; home++) {
        homes |= (uint64_t)(letters[home].bytes > 0 && !letters[home].mail) << home;
    }
    return homes;
}

void ody__signin_part(ody_hub *hub, ody_connection *connection, ody_letter *letters)
{
    ody_signin *signin = connection->signin;

    if (!signin) {
        return;
    }
    connection->signin = NULL;
    ody_count(hub->counters, signed_in, signin->on ? -1 : 0);
    each_name(signin, letters, write_one);
    signin->untold = untold(hub, letters);
    if (signin->untold == 0) {
        ody__signin_free(signin);
        return;
    }
    ody__watchlist_unlink(signin);
    signin->orphan = connection->id;
    ody_list_append(&hub->partings, &signin->node);
    ody__hub_retry_later(hub);
}

/* Tells the homes that do not know yet. Returns whether all know now. */
static bool tell_again(ody_hub *hub, ody_signin *signin)
{
    ody_letter letters[ODY_SHARDS_MAX] = {0};

    ody__signin_measure(signin, letters);
    for (unsigned home = 0; home < hub->count; home++) {
        if (!(signin->untold >> home & 1)) {
            letters[home].bytes = 0;
        }
    }
    (void)ody__letters_make(hub, letters, ODY_MAIL_LEAVE_ALL, signin->app->number, signin->orphan);
    each_name(signin, letters, write_one);
    signin->untold = untold(hub, letters);
    (void)ody__letters_post(hub, letters);
    return signin->untold == 0;
}

static void parting_free(ody_signin *signin)
{
    ody_list_remove(&signin->node);
    ody__signin_free(signin);
}

bool ody__signin_retry(ody_hub *hub)
{
    while (!ody_list_empty(&hub->partings)) {
        ody_signin *signin = ody_container_of(hub->partings.next, ody_signin, node);

        if (!tell_again(hub, signin)) {
            return false;
        }
        parting_free(signin);
    }
    return true;
}

void ody__signin_free_orphans(ody_hub *hub)
{
    while (!ody_list_empty(&hub->partings)) {
        parting_free(ody_container_of(hub->partings.next, ody_signin, node));
    }
}
