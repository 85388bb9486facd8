/* SPDX-License-Identifier: MIT */
/* What other processes may ask for: each request is checked, and becomes mail to whoever knows. */
#include "hub/request.h"

#include "hub/request_checks.h"

int ody_requests_publish(ody_requests *requests, const ody_publish *publish, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error)
{
    ody_request about = {.kind = ODY_REQUEST_PUBLISH,
                         .skip_missing = publish->skip_missing,
                         .info = publish->info,
                         .callback = callback,
                         .context = context};
    ody_socket_id except = {0};
    ody_mail *first = NULL;
    int code = ody__request_publish_check(publish, &except, error);

    if (code < 0) {
        return code;
    }
    /* From the last to the first: the chain grows at its front, and mail goes out in order. */
    for (size_t i = publish->channel_count; i-- > 0;) {
        const ody_mail_texts texts = {
            .app = publish->app->number,
            .channel = publish->channels[i],
            .event = publish->event,
            .data = publish->data,
        };

        if (!ody__request_mail_add(requests, &first, ODY_MAIL_PUBLISH,
                                   ody_mail_home(texts.app, texts.channel, requests->shards),
                                   &texts)) {
            break;
        }
        first->info = publish->info;
        first->position = (uint16_t)i;
    }
    return ody__request_begin(requests, first, except, &about, now, ticket, error);
}

int ody_requests_whisper(ody_requests *requests, const ody_app *app, ody_view socket_id,
                         ody_view event, ody_view data, ody_view channel, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error)
{
    const ody_mail_texts texts = {
        .app = app->number, .channel = channel, .event = event, .data = data};
    ody_request about = {.kind = ODY_REQUEST_YES_OR_NO, .callback = callback, .context = context};
    ody_mail *first = NULL;
    ody_socket_id client;
    int code = ody__request_event_check(app, event, data, error);

    if (code == 0) {
        code = ody__request_id_read(socket_id, &client, error);
    }
    if (code == 0 && channel.data) {
        code = ody__request_name_check(app, channel, error);
    }
    if (code < 0) {
        return code;
    }
    /* A shard that does not exist has no clients; any other one can say so. */
    ody__request_mail_add(requests, &first, ODY_MAIL_WHISPER,
                          ody_socket_id_shard(client) % requests->shards, &texts);
    return ody__request_begin(requests, first, client, &about, now, ticket, error);
}

/* A question about one channel, to its home. */
static int ask_home(ody_requests *requests, const ody_app *app, ody_mail_kind kind,
                    ody_view channel, ody_socket_id client, ody_request *about, uint64_t now,
                    uint64_t *ticket, ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .channel = channel};
    ody_mail *first = NULL;
    int code = ody__request_name_check(app, channel, error);

    if (code < 0) {
        return code;
    }
    ody__request_mail_add(requests, &first, kind,
                          ody_mail_home(app->number, channel, requests->shards), &texts);
    return ody__request_begin(requests, first, client, about, now, ticket, error);
}

int ody_requests_subscribers(ody_requests *requests, const ody_app *app, ody_view channel,
                             uint64_t now, ody_reply_callback callback, void *context,
                             uint64_t *ticket, ody_error *error)
{
    ody_request about = {.kind = ODY_REQUEST_SUBSCRIBERS, .callback = callback, .context = context};

    return ask_home(requests, app, ODY_MAIL_SUBSCRIBERS, channel, (ody_socket_id){0}, &about, now,
                    ticket, error);
}

int ody_requests_users(ody_requests *requests, const ody_app *app, ody_view channel, uint64_t now,
                       ody_reply_callback callback, void *context, uint64_t *ticket,
                       ody_error *error)
{
    ody_request about = {.kind = ODY_REQUEST_USERS, .callback = callback, .context = context};

    return ask_home(requests, app, ODY_MAIL_USERS, channel, (ody_socket_id){0}, &about, now, ticket,
                    error);
}

int ody_requests_is_subscribed(ody_requests *requests, const ody_app *app, ody_view socket_id,
                               ody_view channel, uint64_t now, ody_reply_callback callback,
                               void *context, uint64_t *ticket, ody_error *error)
{
    ody_request about = {.kind = ODY_REQUEST_YES_OR_NO, .callback = callback, .context = context};
    ody_socket_id client;
    int code = ody__request_id_read(socket_id, &client, error);

    return code < 0 ? code
                    : ask_home(requests, app, ODY_MAIL_IS_SUBSCRIBED, channel, client, &about, now,
                               ticket, error);
}

/* What concerns one client and one channel, to the client's shard. */
static int ask_shard(ody_requests *requests, const ody_app *app, ody_mail_kind kind,
                     ody_view socket_id, const ody_mail_texts *texts, ody_request *about,
                     uint64_t now, uint64_t *ticket, ody_error *error)
{
    ody_mail *first = NULL;
    ody_socket_id client;
    int code = ody__request_id_read(socket_id, &client, error);

    if (code == 0) {
        code = ody__request_name_check(app, texts->channel, error);
    }
    if (code < 0) {
        return code;
    }
    ody__request_mail_add(requests, &first, kind, ody_socket_id_shard(client) % requests->shards,
                          texts);
    return ody__request_begin(requests, first, client, about, now, ticket, error);
}

int ody_requests_subscribe(ody_requests *requests, const ody_app *app, ody_view socket_id,
                           ody_view channel, ody_view data, uint64_t now,
                           ody_reply_callback callback, void *context, uint64_t *ticket,
                           ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .channel = channel, .data = data};
    ody_request about = {.kind = ODY_REQUEST_YES_OR_NO, .callback = callback, .context = context};

    if (data.length > requests->options->limits.message_size) {
        return ody__request_refuse(error, ODY_EPAYLOAD_SIZE);
    }
    return ask_shard(requests, app, ODY_MAIL_SUBSCRIBE, socket_id, &texts, &about, now, ticket,
                     error);
}

int ody_requests_unsubscribe(ody_requests *requests, const ody_app *app, ody_view socket_id,
                             ody_view channel, uint64_t now, ody_reply_callback callback,
                             void *context, uint64_t *ticket, ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .channel = channel};
    ody_request about = {.kind = ODY_REQUEST_YES_OR_NO, .callback = callback, .context = context};

    return ask_shard(requests, app, ODY_MAIL_UNSUBSCRIBE, socket_id, &texts, &about, now, ticket,
                     error);
}

int ody_requests_channel_exists(ody_requests *requests, const ody_app *app, ody_view channel,
                                uint64_t now, ody_reply_callback callback, void *context,
                                uint64_t *ticket, ody_error *error)
{
    ody_request about = {.kind = ODY_REQUEST_YES_OR_NO, .callback = callback, .context = context};

    return ask_home(requests, app, ODY_MAIL_CHANNEL_EXISTS, channel, (ody_socket_id){0}, &about,
                    now, ticket, error);
}

int ody_requests_channel(ody_requests *requests, const ody_app *app, ody_view channel, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error)
{
    ody_request about = {.kind = ODY_REQUEST_CHANNEL, .callback = callback, .context = context};

    return ask_home(requests, app, ODY_MAIL_CHANNEL, channel, (ody_socket_id){0}, &about, now,
                    ticket, error);
}

int ody_requests_terminate(ody_requests *requests, const ody_app *app, ody_view user_id,
                           uint64_t now, ody_reply_callback callback, void *context,
                           uint64_t *ticket, ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .user_id = user_id};
    ody_request about = {.kind = ODY_REQUEST_TERMINATE, .callback = callback, .context = context};
    ody_mail *first = NULL;
    int code = ody__request_user_check(user_id, error);

    if (code < 0) {
        return code;
    }
    ody__request_mail_add(requests, &first, ODY_MAIL_TERMINATE,
                          ody_mail_home(app->number, user_id, requests->shards), &texts);
    return ody__request_begin(requests, first, (ody_socket_id){0}, &about, now, ticket, error);
}

int ody_requests_channels(ody_requests *requests, const ody_app *app, ody_view prefix, uint64_t now,
                          ody_reply_callback callback, void *context, uint64_t *ticket,
                          ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .data = prefix};
    ody_request about = {.kind = ODY_REQUEST_CHANNELS, .callback = callback, .context = context};
    ody_mail *first = NULL;

    if (prefix.length > app->limits.channel_name_length) {
        return ody_error_set(error, ODY_ECHANNEL_NAME,
                             "invalid prefix: it is longer than a channel name may be");
    }
    for (unsigned shard = 0; shard < requests->shards; shard++) {
        if (!ody__request_mail_add(requests, &first, ODY_MAIL_CHANNELS, shard, &texts)) {
            break;
        }
    }
    return ody__request_begin(requests, first, (ody_socket_id){0}, &about, now, ticket, error);
}

/* The shard that has what a step walks over. */
static unsigned browsed_shard(const ody_requests *requests, const ody_browse *browse)
{
    switch (browse->kind) {
    case ODY_BROWSE_CONNECTIONS:
    case ODY_BROWSE_CHANNELS:
    case ODY_BROWSE_USERS:
        return browse->shard;
    case ODY_BROWSE_SUBSCRIBERS:
    case ODY_BROWSE_MEMBERS:
    case ODY_BROWSE_USER:
        return ody_mail_home(browse->app, browse->name, requests->shards);
    case ODY_BROWSE_CONNECTION:
    case ODY_BROWSE_SUBSCRIPTIONS:
        break;
    }
    return ody_socket_id_shard(browse->client);
}

int ody_requests_browse(ody_requests *requests, const ody_browse *browse, uint64_t now,
                        ody_reply_callback callback, void *context, uint64_t *ticket,
                        ody_error *error)
{
    const ody_mail_texts texts = {
        .app = browse->app,
        .channel = browse->name,
        .data = browse->name,
        .user_id = browse->name,
    };
    ody_request about = {.kind = ODY_REQUEST_BROWSE, .callback = callback, .context = context};
    ody_mail *first = NULL;

    /* A shard that does not exist has no clients; any other one can say so. */
    ody__request_mail_add(requests, &first, ODY_MAIL_BROWSE,
                          browsed_shard(requests, browse) % requests->shards, &texts);
    if (first) {
        first->position = (uint16_t)browse->kind;
        first->number = browse->cursor;
        first->subscribers = browse->at_least;
        first->info = browse->all_apps;
    }
    return ody__request_begin(requests, first, browse->client, &about, now, ticket, error);
}

int ody_requests_disconnect(ody_requests *requests, ody_view socket_id, uint64_t now,
                            ody_reply_callback callback, void *context, uint64_t *ticket,
                            ody_error *error)
{
    ody_request about = {.kind = ODY_REQUEST_YES_OR_NO, .callback = callback, .context = context};
    ody_mail *first = NULL;
    ody_socket_id client;
    int code = ody__request_id_read(socket_id, &client, error);

    if (code < 0) {
        return code;
    }
    ody__request_mail_add(requests, &first, ODY_MAIL_DISMISS,
                          ody_socket_id_shard(client) % requests->shards, &(ody_mail_texts){0});
    return ody__request_begin(requests, first, client, &about, now, ticket, error);
}
