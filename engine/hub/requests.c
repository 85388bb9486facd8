/* SPDX-License-Identifier: MIT */
/*
 * Requests of other processes: sent to the homes that know, answered as a whole. All mail of a
 * request is made before the first is posted, so a request is sent completely or not at all.
 */
#include "hub/requests.h"

#include "base/memory.h"
#include "hub/mail.h"
#include "hub/request_checks.h"
#include "wire/channel_name.h"

/* What the answers are made into. */
typedef enum request_kind {
    REQUEST_PUBLISH,
    REQUEST_YES_OR_NO,
    REQUEST_SUBSCRIBERS,
    REQUEST_USERS,
    REQUEST_TERMINATE,
    REQUEST_CHANNEL,
    REQUEST_CHANNELS,
    REQUEST_BROWSE,
} request_kind;

typedef struct request {
    uint64_t ticket;
    uint64_t deadline;
    ody_list_node node; /* in requests->by_age */
    request_kind kind;
    bool skip_missing;
    bool info;
    unsigned outstanding;
    unsigned parts;       /* in first_part */
    uint64_t number;      /* sum over the answers */
    ody_error error;      /* code 0: none so far */
    ody_mail *first_part; /* answers with lists, until all are there */
    ody_reply_callback callback;
    void *context;
} request;

struct ody_requests {
    const ody_options *options;
    unsigned shards;
    const ody_transport *transport;
    void *context;
    uint64_t last_ticket;
    ody_map by_ticket;
    ody_list by_age; /* all wait equally long, so the first to run out is first */
};

ody_requests *ody_requests_new(const ody_options *options, unsigned shards,
                               const ody_transport *transport, void *context)
{
    ody_requests *requests = ody_calloc(1, sizeof(*requests));

    if (!requests) {
        return NULL;
    }
    requests->options = options;
    requests->shards = shards;
    requests->transport = transport;
    requests->context = context;
    ody_map_init(&requests->by_ticket);
    ody_list_init(&requests->by_age);
    return requests;
}

void ody_requests_reload(ody_requests *requests, const ody_options *options)
{
    requests->options = options;
}

static ody_view ticket_key(const uint64_t *ticket)
{
    return (ody_view){(const char *)ticket, sizeof(*ticket)};
}

static void mails_free(ody_mail *first)
{
    while (first) {
        ody_mail *next = (ody_mail *)first->node.next;

        ody_mail_free(first);
        first = next;
    }
}

static void request_free(request *self)
{
    mails_free(self->first_part);
    ody_free(self);
}

/* Nobody finds it from now on; the callback may make new requests. */
static void request_unlink(ody_requests *requests, request *self)
{
    ody_list_remove(&self->node);
    ody_map_remove(&requests->by_ticket, ticket_key(&self->ticket));
}

void ody_requests_free(ody_requests *requests)
{
    if (!requests) {
        return;
    }
    while (!ody_list_empty(&requests->by_age)) {
        request *self = ody_container_of(requests->by_age.next, request, node);

        request_unlink(requests, self);
        request_free(self);
    }
    ody_map_fini(&requests->by_ticket);
    ody_free(requests);
}

static request *request_new(ody_requests *requests, request_kind kind, uint64_t now,
                            ody_reply_callback callback, void *context)
{
    request *self = ody_calloc(1, sizeof(*self));

    if (!self) {
        return NULL;
    }
    self->ticket = ++requests->last_ticket;
    self->deadline = now + ODY_REQUEST_TIME;
    self->kind = kind;
    self->callback = callback;
    self->context = context;
    if (ody_map_put(&requests->by_ticket, ticket_key(&self->ticket), self) < 0) {
        ody_free(self);
        return NULL;
    }
    ody_list_append(&requests->by_age, &self->node);
    return self;
}

/* Adds mail in front of a chain. Returns false, and frees the chain, without memory. */
static bool mail_add(const ody_requests *requests, ody_mail **first, ody_mail_kind kind,
                     unsigned target, const ody_mail_texts *texts)
{
    ody_mail *mail = ody_mail_new(kind, requests->shards, texts);

    if (!mail) {
        mails_free(*first);
        *first = NULL;
        return false;
    }
    mail->target = (uint8_t)target;
    mail->node.next = *first ? &(*first)->node : NULL;
    *first = mail;
    return true;
}

static bool any_full(const ody_requests *requests, const ody_mail *first)
{
    for (; first; first = (const ody_mail *)first->node.next) {
        if (requests->transport->full(requests->context, first->target)) {
            return true;
        }
    }
    return false;
}

static int refuse(ody_error *error, int code)
{
    return ody_error_set(error, code, "%s", ody_error_text(code));
}

/*
 * Makes the request and posts its mail. There was room in all mailboxes a moment ago, and what one
 * request adds is bounded, so that is not asked for again half-way.
 */
static int send_all(ody_requests *requests, ody_mail *take_first, ody_socket_id client,
                    request *self)
{
    uint64_t stamp = self->kind == REQUEST_PUBLISH
                         ? ody_transport_clock(requests->transport, requests->context)
                         : 0;

    while (take_first) {
        ody_mail *next = (ody_mail *)take_first->node.next;

        take_first->stamp = stamp;
        take_first->ticket = self->ticket;
        take_first->client = client;
        ody_mail_weigh(take_first);
        self->outstanding++;
        if (requests->transport->post(requests->context, take_first->target, take_first, true) <
            0) {
            ody_mail_free(take_first);
            mails_free(next);
            request_unlink(requests, self);
            request_free(self);
            return ODY_EOVERLOADED;
        }
        take_first = next;
    }
    return 0;
}

/* Takes the chain of mail in either case; NULL means that there was no memory for it. */
static int begin(ody_requests *requests, ody_mail *take_first, ody_socket_id client, request *about,
                 uint64_t now, uint64_t *ticket, ody_error *error)
{
    request *self;
    int code;

    if (!take_first) {
        return refuse(error, ODY_EMEMORY);
    }
    if (requests->by_ticket.count >= ODY_REQUESTS_MAX || any_full(requests, take_first)) {
        mails_free(take_first);
        return refuse(error, ODY_EOVERLOADED);
    }
    self = request_new(requests, about->kind, now, about->callback, about->context);
    if (!self) {
        mails_free(take_first);
        return refuse(error, ODY_EMEMORY);
    }
    self->skip_missing = about->skip_missing;
    self->info = about->info;
    *ticket = self->ticket;
    code = send_all(requests, take_first, client, self);
    return code < 0 ? refuse(error, code) : 0;
}

int ody_requests_publish(ody_requests *requests, const ody_publish *publish, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error)
{
    request about = {.kind = REQUEST_PUBLISH,
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

        if (!mail_add(requests, &first, ODY_MAIL_PUBLISH,
                      ody_mail_home(texts.app, texts.channel, requests->shards), &texts)) {
            break;
        }
        first->info = publish->info;
        first->position = (uint16_t)i;
    }
    return begin(requests, first, except, &about, now, ticket, error);
}

int ody_requests_whisper(ody_requests *requests, const ody_app *app, ody_view socket_id,
                         ody_view event, ody_view data, ody_view channel, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error)
{
    const ody_mail_texts texts = {
        .app = app->number, .channel = channel, .event = event, .data = data};
    request about = {.kind = REQUEST_YES_OR_NO, .callback = callback, .context = context};
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
    mail_add(requests, &first, ODY_MAIL_WHISPER, ody_socket_id_shard(client) % requests->shards,
             &texts);
    return begin(requests, first, client, &about, now, ticket, error);
}

/* A question about one channel, to its home. */
static int ask_home(ody_requests *requests, const ody_app *app, ody_mail_kind kind,
                    ody_view channel, ody_socket_id client, request *about, uint64_t now,
                    uint64_t *ticket, ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .channel = channel};
    ody_mail *first = NULL;
    int code = ody__request_name_check(app, channel, error);

    if (code < 0) {
        return code;
    }
    mail_add(requests, &first, kind, ody_mail_home(app->number, channel, requests->shards), &texts);
    return begin(requests, first, client, about, now, ticket, error);
}

int ody_requests_subscribers(ody_requests *requests, const ody_app *app, ody_view channel,
                             uint64_t now, ody_reply_callback callback, void *context,
                             uint64_t *ticket, ody_error *error)
{
    request about = {.kind = REQUEST_SUBSCRIBERS, .callback = callback, .context = context};

    return ask_home(requests, app, ODY_MAIL_SUBSCRIBERS, channel, (ody_socket_id){0}, &about, now,
                    ticket, error);
}

int ody_requests_users(ody_requests *requests, const ody_app *app, ody_view channel, uint64_t now,
                       ody_reply_callback callback, void *context, uint64_t *ticket,
                       ody_error *error)
{
    request about = {.kind = REQUEST_USERS, .callback = callback, .context = context};

    return ask_home(requests, app, ODY_MAIL_USERS, channel, (ody_socket_id){0}, &about, now, ticket,
                    error);
}

int ody_requests_is_subscribed(ody_requests *requests, const ody_app *app, ody_view socket_id,
                               ody_view channel, uint64_t now, ody_reply_callback callback,
                               void *context, uint64_t *ticket, ody_error *error)
{
    request about = {.kind = REQUEST_YES_OR_NO, .callback = callback, .context = context};
    ody_socket_id client;
    int code = ody__request_id_read(socket_id, &client, error);

    return code < 0 ? code
                    : ask_home(requests, app, ODY_MAIL_IS_SUBSCRIBED, channel, client, &about, now,
                               ticket, error);
}

/* What concerns one client and one channel, to the client's shard. */
static int ask_shard(ody_requests *requests, const ody_app *app, ody_mail_kind kind,
                     ody_view socket_id, const ody_mail_texts *texts, request *about, uint64_t now,
                     uint64_t *ticket, ody_error *error)
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
    mail_add(requests, &first, kind, ody_socket_id_shard(client) % requests->shards, texts);
    return begin(requests, first, client, about, now, ticket, error);
}

int ody_requests_subscribe(ody_requests *requests, const ody_app *app, ody_view socket_id,
                           ody_view channel, ody_view data, uint64_t now,
                           ody_reply_callback callback, void *context, uint64_t *ticket,
                           ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .channel = channel, .data = data};
    request about = {.kind = REQUEST_YES_OR_NO, .callback = callback, .context = context};

    if (data.length > requests->options->limits.message_size) {
        return refuse(error, ODY_EPAYLOAD_SIZE);
    }
    return ask_shard(requests, app, ODY_MAIL_SUBSCRIBE, socket_id, &texts, &about, now, ticket,
                     error);
}

int ody_requests_unsubscribe(ody_requests *requests, const ody_app *app, ody_view socket_id,
                             ody_view channel, uint64_t now, ody_reply_callback callback,
                             void *context, uint64_t *ticket, ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .channel = channel};
    request about = {.kind = REQUEST_YES_OR_NO, .callback = callback, .context = context};

    return ask_shard(requests, app, ODY_MAIL_UNSUBSCRIBE, socket_id, &texts, &about, now, ticket,
                     error);
}

int ody_requests_channel_exists(ody_requests *requests, const ody_app *app, ody_view channel,
                                uint64_t now, ody_reply_callback callback, void *context,
                                uint64_t *ticket, ody_error *error)
{
    request about = {.kind = REQUEST_YES_OR_NO, .callback = callback, .context = context};

    return ask_home(requests, app, ODY_MAIL_CHANNEL_EXISTS, channel, (ody_socket_id){0}, &about,
                    now, ticket, error);
}

int ody_requests_channel(ody_requests *requests, const ody_app *app, ody_view channel, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error)
{
    request about = {.kind = REQUEST_CHANNEL, .callback = callback, .context = context};

    return ask_home(requests, app, ODY_MAIL_CHANNEL, channel, (ody_socket_id){0}, &about, now,
                    ticket, error);
}

int ody_requests_terminate(ody_requests *requests, const ody_app *app, ody_view user_id,
                           uint64_t now, ody_reply_callback callback, void *context,
                           uint64_t *ticket, ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .user_id = user_id};
    request about = {.kind = REQUEST_TERMINATE, .callback = callback, .context = context};
    ody_mail *first = NULL;
    int code = ody__request_user_check(user_id, error);

    if (code < 0) {
        return code;
    }
    mail_add(requests, &first, ODY_MAIL_TERMINATE,
             ody_mail_home(app->number, user_id, requests->shards), &texts);
    return begin(requests, first, (ody_socket_id){0}, &about, now, ticket, error);
}

int ody_requests_channels(ody_requests *requests, const ody_app *app, ody_view prefix, uint64_t now,
                          ody_reply_callback callback, void *context, uint64_t *ticket,
                          ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .data = prefix};
    request about = {.kind = REQUEST_CHANNELS, .callback = callback, .context = context};
    ody_mail *first = NULL;

    if (prefix.length > app->limits.channel_name_length) {
        return ody_error_set(error, ODY_ECHANNEL_NAME,
                             "invalid prefix: it is longer than a channel name may be");
    }
    for (unsigned shard = 0; shard < requests->shards; shard++) {
        if (!mail_add(requests, &first, ODY_MAIL_CHANNELS, shard, &texts)) {
            break;
        }
    }
    return begin(requests, first, (ody_socket_id){0}, &about, now, ticket, error);
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
    request about = {.kind = REQUEST_BROWSE, .callback = callback, .context = context};
    ody_mail *first = NULL;

    /* A shard that does not exist has no clients; any other one can say so. */
    mail_add(requests, &first, ODY_MAIL_BROWSE, browsed_shard(requests, browse) % requests->shards,
             &texts);
    if (first) {
        first->position = (uint16_t)browse->kind;
        first->number = browse->cursor;
        first->subscribers = browse->at_least;
        first->info = browse->all_apps;
    }
    return begin(requests, first, browse->client, &about, now, ticket, error);
}

int ody_requests_disconnect(ody_requests *requests, ody_view socket_id, uint64_t now,
                            ody_reply_callback callback, void *context, uint64_t *ticket,
                            ody_error *error)
{
    request about = {.kind = REQUEST_YES_OR_NO, .callback = callback, .context = context};
    ody_mail *first = NULL;
    ody_socket_id client;
    int code = ody__request_id_read(socket_id, &client, error);

    if (code < 0) {
        return code;
    }
    mail_add(requests, &first, ODY_MAIL_DISMISS, ody_socket_id_shard(client) % requests->shards,
             &(ody_mail_texts){0});
    return begin(requests, first, client, &about, now, ticket, error);
}

/* Notes why a request failed. Anything is worse news than a channel that does not exist. */
static void note_failure(request *self, const ody_mail *mail)
{
    int shown = (int)(mail->channel.length < 160 ? mail->channel.length : 160);

    if (self->error.code != 0 && self->error.code != ODY_ECHANNEL_NOT_FOUND) {
        return;
    }
    if (mail->code == ODY_ECHANNEL_NOT_FOUND) {
        if (self->skip_missing || self->error.code != 0) {
            return;
        }
        ody_error_set(&self->error, mail->code,
                      "channel \"%.*s\" does not exist: it has no subscribers", shown,
                      mail->channel.data);
    } else if (mail->channel.length > 0) {
        ody_error_set(&self->error, mail->code, "channel \"%.*s\": %s", shown, mail->channel.data,
                      ody_error_text(mail->code));
    } else {
        refuse(&self->error, mail->code);
    }
}

/* What a home has said of one channel. */
static ody_channel_entry describe(const ody_mail *part)
{
    ody_channel_kind kind = {0};
    ody_channel_entry entry = {
        .name = part->channel,
        .subscribers = part->subscribers,
        .users = part->users,
        .cached = {part->result, part->result_length},
        .cached_for = part->result ? part->number : 0,
    };

    (void)ody_channel_name_parse(part->channel, part->channel.length, &kind);
    entry.type = ody_channel_kind_name(kind);
    return entry;
}

/* Puts the parts of a listing together. Returns NULL without memory. */
static ody_channel_entry *gather_channels(const request *self)
{
    bool listing = self->kind == REQUEST_CHANNELS;
    ody_channel_entry *entries =
        ody_malloc((listing ? self->number : self->parts) * sizeof(*entries));
    size_t count = 0;

    for (const ody_mail *part = self->first_part; entries && part;
         part = (const ody_mail *)part->node.next) {
        if (!listing) {
            entries[part->position] = describe(part);
        } else if (part->number > 0) {
            memcpy(entries + count, part->result, part->number * sizeof(*entries));
            count += part->number;
        }
    }
    return entries;
}

static bool has_channels(const request *self)
{
    return self->kind == REQUEST_CHANNELS || self->kind == REQUEST_CHANNEL ||
           (self->kind == REQUEST_PUBLISH && self->info);
}

static bool keeps_parts(const request *self)
{
    return has_channels(self) || self->kind == REQUEST_SUBSCRIBERS || self->kind == REQUEST_USERS ||
           self->kind == REQUEST_BROWSE;
}

static void fill(const request *self, ody_reply *reply)
{
    switch (self->kind) {
    case REQUEST_PUBLISH:
    case REQUEST_TERMINATE:
        reply->reached = self->number;
        return;
    case REQUEST_YES_OR_NO:
        reply->answer = self->number > 0;
        return;
    case REQUEST_SUBSCRIBERS:
        reply->socket_ids = self->first_part->result;
        reply->socket_id_count = self->number;
        return;
    case REQUEST_USERS:
        reply->users = (ody_view){self->first_part->result, self->first_part->result_length};
        return;
    case REQUEST_BROWSE:
        reply->page = (ody_browse_page){
            .entries = self->first_part->result,
            .count = self->first_part->subscribers,
            .next = self->number,
            .examined = self->first_part->users,
            .cut = self->first_part->info,
        };
        return;
    case REQUEST_CHANNEL:
    case REQUEST_CHANNELS:
        return;
    }
}

static void call_back(request *self)
{
    ody_channel_entry *entries = NULL;
    ody_reply reply = {0};

    if (has_channels(self) && self->error.code == 0) {
        entries = gather_channels(self);
        if (!entries) {
            refuse(&self->error, ODY_EMEMORY);
        }
    }
    reply.code = self->error.code;
    reply.message = self->error.code ? self->error.message : NULL;
    if (entries) {
        reply.channels = entries;
        reply.channel_count = self->kind == REQUEST_CHANNELS ? self->number : self->parts;
    }
    if (self->error.code == 0 || self->kind == REQUEST_PUBLISH) {
        fill(self, &reply);
    }
    self->callback(self->context, &reply);
    ody_free(entries);
}

static void finish(ody_requests *requests, request *self)
{
    request_unlink(requests, self);
    call_back(self);
    request_free(self);
}

void ody_requests_cancel(ody_requests *requests, uint64_t ticket)
{
    request *self = ody_map_get(&requests->by_ticket, ticket_key(&ticket));

    if (self) {
        request_unlink(requests, self);
        request_free(self);
    }
}

void ody_requests_mail(ody_requests *requests, ody_mail *take_mail)
{
    request *self = ody_map_get(&requests->by_ticket, ticket_key(&take_mail->ticket));

    if (!self || take_mail->kind != ODY_MAIL_ANSWER) {
        ody_mail_free(take_mail);
        return;
    }
    if (take_mail->code < 0) {
        note_failure(self, take_mail);
    }
    self->number += take_mail->number;
    if (keeps_parts(self)) {
        self->parts++;
        take_mail->node.next = self->first_part ? &self->first_part->node : NULL;
        self->first_part = take_mail;
    } else {
        ody_mail_free(take_mail);
    }
    if (--self->outstanding == 0) {
        finish(requests, self);
    }
}

void ody_requests_advance(ody_requests *requests, uint64_t now)
{
    while (!ody_list_empty(&requests->by_age)) {
        request *self = ody_container_of(requests->by_age.next, request, node);

        if (now < self->deadline) {
            return;
        }
        refuse(&self->error, ODY_ETIMEOUT);
        finish(requests, self);
    }
}

size_t ody_requests_pending(const ody_requests *requests)
{
    return requests->by_ticket.count;
}
