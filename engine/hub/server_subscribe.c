/* SPDX-License-Identifier: MIT */
/* The server puts a client into a channel, or takes it out: no token is needed for that. */
#include "hub/signin.h"
#include "hub/subscription.h"

#include "wire/channel_name.h"
#include "wire/message.h"

static bool has_room(const ody_connection *connection)
{
    uint64_t limit = connection->app->app->limits.channels_per_connection;
    uint64_t all = connection->subscription_count;

    return all - connection->leaving_count < limit && all < 2 * limit;
}

static int read_member(const ody_connection *connection, const ody_mail *mail,
                       ody_member_data *member)
{
    const ody_app_limits *limits = &connection->app->app->limits;
    ody_channel_kind kind;
    int code = ody_channel_name_parse(mail->channel, limits->channel_name_length, &kind);

    if (code < 0 || kind.type == ODY_CHANNEL_USER) {
        return ODY_ECHANNEL_NAME;
    }
    if (kind.type != ODY_CHANNEL_PRESENCE) {
        return 0;
    }
    if (mail->data.data) {
        return ody_member_data_parse(mail->data, limits, member, NULL);
    }
    return ody__signin_member(connection, member) ? 0 : ODY_EINVALID;
}

static int subscribe(ody_hub *hub, ody_connection *connection, const ody_mail *mail)
{
    ody_member_data member = {0};
    ody_mail *join;
    int code = ODY_ELIMIT;

    if (ody__subscription_find(connection, mail->channel) || has_room(connection)) {
        code = read_member(connection, mail, &member);
    }
    if (code == 0) {
        join = ody_mail_new(ODY_MAIL_JOIN, hub->index,
                            &(ody_mail_texts){.app = mail->app,
                                              .channel = mail->channel,
                                              .user_id = member.user_id,
                                              .user_info = member.user_info});
        code = join ? ody__subscription_wish_on(hub, connection, join) : ODY_EMEMORY;
    }
    ody_member_data_fini(&member);
    return code;
}

void ody__server_subscribe_mail(ody_hub *hub, ody_mail *take_mail)
{
    ody_connection *connection = ody__connection_find(hub, take_mail->client);

    take_mail->code = 0;
    take_mail->number = connection && connection->app->number == take_mail->app &&
                        connection->greeted && connection->close_code == 0;
    if (take_mail->number && take_mail->kind == ODY_MAIL_SUBSCRIBE) {
        take_mail->code = subscribe(hub, connection, take_mail);
    } else if (take_mail->number) {
        ody__subscription_wish_off(hub, connection, take_mail->channel);
    }
    take_mail->kind = ODY_MAIL_ANSWER;
    if (ody__hub_post(hub, take_mail->origin, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}
