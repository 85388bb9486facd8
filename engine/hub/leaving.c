/* SPDX-License-Identifier: MIT */
/*
 * A connection that is gone leaves all its channels, with one mail per home. Where there is no
 * memory for that mail, its subscriptions stay behind as orphans and are tried again: a home must
 * never keep a member that does not exist.
 */
#include "hub/subscription.h"

#include "hub/gate.h"

/* What one home is told; data holds names, each behind its length. */
typedef struct parting {
    size_t bytes;
    ody_mail *mail;
    char *at;
} parting;

static bool must_leave(const ody_subscription *subscription)
{
    return subscription->state != ODY_SUBSCRIPTION_LEAVING;
}

static void measure(const ody_connection *connection, parting *partings)
{
    const ody_list_node *node;

    for (node = connection->subscriptions.next; node != &connection->subscriptions;
         node = node->next) {
        const ody_subscription *subscription = ody_container_of(node, ody_subscription, node);

        if (must_leave(subscription)) {
            partings[subscription->local->home].bytes +=
                sizeof(uint16_t) + subscription->local->name_length;
        }
    }
}

static void make_mails(ody_hub *hub, const ody_connection *connection, parting *partings)
{
    for (unsigned home = 0; home < hub->count; home++) {
        parting *part = &partings[home];

        if (part->bytes == 0) {
            continue;
        }
        part->mail = ody_mail_new_sized(ODY_MAIL_LEAVE_ALL, hub->index, part->bytes);
        if (part->mail) {
            part->mail->app = connection->app->number;
            part->mail->client = connection->id;
            part->at = part->mail->text;
        }
    }
}

static void write_name(parting *part, const ody_local_channel *local)
{
    memcpy(part->at, &local->name_length, sizeof(uint16_t));
    memcpy(part->at + sizeof(uint16_t), local->name, local->name_length);
    part->at += sizeof(uint16_t) + local->name_length;
}

/* Takes a subscription off its connection; returns whether it may be freed. */
static bool part_from(ody_hub *hub, ody_subscription *subscription, ody_socket_id client,
                      parting *part)
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
    if (part->mail) {
        write_name(part, subscription->local);
        return true;
    }
    subscription->orphan = client;
    ody_list_append(&hub->orphans, &subscription->node);
    return false;
}

void ody__subscription_drop_all(ody_hub *hub, ody_connection *connection)
{
    parting partings[ODY_SHARDS_MAX] = {0};
    ody_list_node *node;

    measure(connection, partings);
    make_mails(hub, connection, partings);
    ody_map_fini(&connection->subscription_index);
    ody_map_init(&connection->subscription_index);
    while ((node = ody_list_take_first(&connection->subscriptions))) {
        ody_subscription *subscription = ody_container_of(node, ody_subscription, node);
        ody_local_channel *local = subscription->local;

        if (ody__subscription_wanted(subscription)) {
            ody__notice_unsubscribed(hub, local->app, connection->id, ody__local_name(local));
        }
        if (part_from(hub, subscription, connection->id, &partings[local->home])) {
            ody_free(subscription);
            ody__local_unref(local);
        } else {
            ody__hub_retry_later(hub);
        }
    }
    connection->subscription_count = connection->leaving_count = 0;
    for (unsigned home = 0; home < hub->count; home++) {
        if (partings[home].mail) {
            (void)ody__hub_post(hub, home, partings[home].mail, true);
        }
    }
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
