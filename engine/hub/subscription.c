/* SPDX-License-Identifier: MIT */
/* The joining state machine, and how a connection finds its subscriptions. */
#include "hub/subscription.h"

#include "hub/deliver.h"
#include "hub/gate.h"
#include "wire/channel_name.h"

/* Up to so many subscriptions are looked through; beyond, the connection has an index. */
#define LOOKED_THROUGH 16

/* The index is keyed by the local channel's address, which stands in the subscription. */
static ody_view index_key(ody_local_channel *const *local)
{
    return (ody_view){(const char *)local, sizeof(*local)};
}

ody_subscription *ody__subscription_find(const ody_connection *connection, ody_view channel)
{
    ody_local_channel *local = ody__local_find(connection->app, channel);
    const ody_list_node *node;

    if (!local) {
        return NULL;
    }
    if (connection->subscription_index.count > 0) {
        return ody_map_get(&connection->subscription_index, index_key(&local));
    }
    for (node = connection->subscriptions.next; node != &connection->subscriptions;
         node = node->next) {
        ody_subscription *subscription = ody_container_of(node, ody_subscription, node);

        if (subscription->local == local) {
            return subscription;
        }
    }
    return NULL;
}

/* Adds a linked subscription to the index, and all others where there was no index yet. */
static int index_add(ody_connection *connection, ody_subscription *subscription)
{
    ody_map *index = &connection->subscription_index;
    ody_list_node *node;

    if (index->count > 0) {
        return ody_map_put(index, index_key(&subscription->local), subscription);
    }
    if (connection->subscription_count <= LOOKED_THROUGH) {
        return 0;
    }
    for (node = connection->subscriptions.next; node != &connection->subscriptions;
         node = node->next) {
        subscription = ody_container_of(node, ody_subscription, node);
        if (ody_map_put(index, index_key(&subscription->local), subscription) < 0) {
            ody_map_fini(index);
            ody_map_init(index);
            return ODY_EMEMORY;
        }
    }
    return 0;
}

static void index_remove(ody_connection *connection, ody_subscription *subscription)
{
    ody_map *index = &connection->subscription_index;

    if (index->count > 0) {
        ody_map_remove(index, index_key(&subscription->local));
        if (index->count == 0) {
            ody_map_fini(index);
            ody_map_init(index);
        }
    }
}

bool ody__subscription_on(const ody_subscription *subscription)
{
    return subscription->state == ODY_SUBSCRIPTION_ON ||
           subscription->state == ODY_SUBSCRIPTION_REJOINING;
}

bool ody__subscription_wanted(const ody_subscription *subscription)
{
    return subscription->join_wish ||
           (!subscription->leave_wish && subscription->state != ODY_SUBSCRIPTION_LEAVING);
}

/* Takes it out of the fan-out. */
static void turn_off(ody_hub *hub, ody_subscription *subscription)
{
    if (ody__subscription_on(subscription)) {
        ody__local_remove(subscription->local, subscription->position);
        ody_count(hub->counters, subscriptions, -1);
        ody_count(subscription->local->app->counters, subscriptions, -1);
    }
}

static void subscription_free(ody_hub *hub, ody_subscription *subscription)
{
    ody_connection *connection = subscription->connection;

    turn_off(hub, subscription);
    if (!ody__subscription_wanted(subscription)) {
        connection->leaving_count--;
    }
    connection->subscription_count--;
    index_remove(connection, subscription);
    ody_list_remove(&subscription->node);
    ody_mail_free(subscription->join_wish);
    ody__local_unref(subscription->local);
    ody_free(subscription);
}

static ody_subscription *subscription_new(ody_hub *hub, ody_connection *connection,
                                          ody_view channel)
{
    ody_subscription *subscription = ody_calloc(1, sizeof(*subscription));

    if (!subscription) {
        return NULL;
    }
    subscription->local = ody__local_ref(hub, connection->app, channel);
    if (!subscription->local) {
        ody_free(subscription);
        return NULL;
    }
    subscription->connection = connection;
    subscription->state = ODY_SUBSCRIPTION_JOINING;
    connection->subscription_count++;
    ody_list_append(&connection->subscriptions, &subscription->node);
    if (index_add(connection, subscription) < 0) {
        subscription_free(hub, subscription);
        return NULL;
    }
    return subscription;
}

static int send_join(ody_hub *hub, const ody_subscription *subscription, ody_mail *take_join)
{
    int code = ody__hub_post(hub, subscription->local->home, take_join, false);

    if (code < 0) {
        ody_count(hub->counters, dropped_mailbox, 1);
        ody_mail_free(take_join);
    }
    return code;
}

/* Leaves at the home; events have ended. Without memory for the mail the connection is closed, and
 * leaves with everything else. */
static void send_leave(ody_hub *hub, ody_subscription *subscription)
{
    const ody_mail_texts texts = {.app = subscription->local->app->number,
                                  .channel = ody__local_name(subscription->local)};
    ody_mail *mail = ody_mail_new(ODY_MAIL_LEAVE, hub->index, &texts);

    turn_off(hub, subscription);
    subscription->leave_wish = false;
    if (!mail) {
        subscription->state = ODY_SUBSCRIPTION_JOINING;
        ody_mail_free(subscription->join_wish);
        subscription->join_wish = NULL;
        subscription->leave_wish = true;
        ody__connection_starved(hub, subscription->connection);
        return;
    }
    mail->client = subscription->connection->id;
    subscription->state = ODY_SUBSCRIPTION_LEAVING;
    (void)ody__hub_post(hub, subscription->local->home, mail, true);
}

static int join_first(ody_hub *hub, ody_connection *connection, ody_mail *take_join)
{
    ody_subscription *subscription = subscription_new(hub, connection, take_join->channel);
    int code;

    if (!subscription) {
        ody_mail_free(take_join);
        return ODY_EMEMORY;
    }
    code = send_join(hub, subscription, take_join);
    if (code < 0) {
        subscription_free(hub, subscription);
    }
    return code;
}

int ody__subscription_wish_on(ody_hub *hub, ody_connection *connection, ody_mail *take_join)
{
    ody_subscription *subscription = ody__subscription_find(connection, take_join->channel);
    int code;

    take_join->client = connection->id;
    if (!subscription) {
        return join_first(hub, connection, take_join);
    }
    if (subscription->state == ODY_SUBSCRIPTION_ON) {
        code = send_join(hub, subscription, take_join);
        if (code == 0) {
            subscription->state = ODY_SUBSCRIPTION_REJOINING;
        }
        return code;
    }
    if (!ody__subscription_wanted(subscription)) {
        connection->leaving_count--;
    }
    ody_mail_free(subscription->join_wish);
    subscription->join_wish = take_join;
    return 0;
}

void ody__subscription_wish_off(ody_hub *hub, ody_connection *connection, ody_view channel)
{
    ody_subscription *subscription = ody__subscription_find(connection, channel);

    if (!subscription || !ody__subscription_wanted(subscription)) {
        return;
    }
    ody__notice_unsubscribed(hub, connection->app, connection->id, channel);
    connection->leaving_count++;
    ody_mail_free(subscription->join_wish);
    subscription->join_wish = NULL;
    switch ((ody_subscription_state)subscription->state) {
    case ODY_SUBSCRIPTION_ON:
        send_leave(hub, subscription);
        return;
    case ODY_SUBSCRIPTION_JOINING:
    case ODY_SUBSCRIPTION_REJOINING:
        turn_off(hub, subscription);
        subscription->state = ODY_SUBSCRIPTION_JOINING;
        subscription->leave_wish = true;
        return;
    case ODY_SUBSCRIPTION_LEAVING:
        return;
    }
}

/* Sends the join that has waited. Returns whether one is on its way. */
static bool send_wish(ody_hub *hub, ody_subscription *subscription)
{
    ody_mail *join = subscription->join_wish;
    int code;

    if (!join) {
        return false;
    }
    subscription->join_wish = NULL;
    code = send_join(hub, subscription, join);
    if (code < 0) {
        ody__subscription_refuse(hub, subscription->connection,
                                 ody__local_name(subscription->local), code, ODY_VIEW_NONE, 0);
    }
    return code == 0;
}

/* Whether it takes a token to be in the channel. */
static bool is_guarded(const ody_subscription *subscription)
{
    ody_view name = ody__local_name(subscription->local);
    ody_channel_kind kind;

    return ody_channel_name_parse(name, name.length, &kind) == 0 && ody_channel_needs_auth(kind);
}

static void on_joined(ody_hub *hub, ody_subscription *subscription, ody_mail *mail)
{
    ody_connection *connection = subscription->connection;

    if (subscription->leave_wish) {
        send_leave(hub, subscription);
        return;
    }
    if (subscription->state == ODY_SUBSCRIPTION_JOINING) {
        subscription->position =
            ody__local_add(subscription->local, (ody_subscriber){connection, subscription});
        ody_count(hub->counters, subscriptions, 1);
        ody_count(connection->app->counters, subscriptions, 1);
    }
    subscription->state = ODY_SUBSCRIPTION_ON;
    if (connection->authorize_by && is_guarded(subscription)) {
        ody__connection_authorized(connection);
    }
    ody__reply_frame(hub, connection, mail->frame);
    if (mail->second) {
        ody__reply_frame(hub, connection, mail->second);
    }
    if (send_wish(hub, subscription)) {
        subscription->state = ODY_SUBSCRIPTION_REJOINING;
    }
}

/* A subscription that was on stays on: only the new confirmation is refused. */
static void on_refused(ody_hub *hub, ody_subscription *subscription, const ody_mail *mail)
{
    bool on = ody__subscription_on(subscription);

    ody__subscription_refuse(hub, subscription->connection, mail->channel, mail->code,
                             ODY_VIEW_NONE, 0);
    if (subscription->leave_wish) {
        send_leave(hub, subscription);
        return;
    }
    if (send_wish(hub, subscription)) {
        subscription->state = on ? ODY_SUBSCRIPTION_REJOINING : ODY_SUBSCRIPTION_JOINING;
    } else if (on) {
        subscription->state = ODY_SUBSCRIPTION_ON;
    } else {
        ody__notice_unsubscribed(hub, subscription->local->app, subscription->connection->id,
                                 mail->channel);
        subscription_free(hub, subscription);
    }
}

static void on_left(ody_hub *hub, ody_subscription *subscription)
{
    bool leaves = !ody__subscription_wanted(subscription);

    if (send_wish(hub, subscription)) {
        subscription->state = ODY_SUBSCRIPTION_JOINING;
        return;
    }
    /* A wished join that could not be sent was not counted as leaving, nor told as such. */
    if (!leaves) {
        subscription->connection->leaving_count++;
        ody__notice_unsubscribed(hub, subscription->local->app, subscription->connection->id,
                                 ody__local_name(subscription->local));
    }
    subscription_free(hub, subscription);
}

static void on_rejected(ody_hub *hub, ody_connection *connection, const ody_mail *mail)
{
    if (mail->code == ODY_ENOT_SUBSCRIBED) {
        ody_count(hub->counters, refused_client_events, 1);
        ody__reply_error(hub, connection, 0,
                         ODY_VIEW("Client event rejected: not subscribed to the channel"));
    } else {
        ody__reply_error(hub, connection, 0,
                         ODY_VIEW("Client event rejected: the server is overloaded"));
    }
}

void ody__subscription_mail(ody_hub *hub, ody_mail *take_mail)
{
    ody_connection *connection = ody__connection_find(hub, take_mail->client);
    ody_subscription *subscription =
        connection ? ody__subscription_find(connection, take_mail->channel) : NULL;

    if (connection && take_mail->kind == ODY_MAIL_REJECTED) {
        on_rejected(hub, connection, take_mail);
    } else if (subscription && take_mail->kind == ODY_MAIL_JOINED) {
        on_joined(hub, subscription, take_mail);
    } else if (subscription && take_mail->kind == ODY_MAIL_REFUSED) {
        on_refused(hub, subscription, take_mail);
    } else if (subscription && take_mail->kind == ODY_MAIL_LEFT) {
        on_left(hub, subscription);
    }
    ody_mail_free(take_mail);
}
