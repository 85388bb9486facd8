/* SPDX-License-Identifier: MIT */
/*
 * Requests of other processes on their way: sent to the homes that know, answered as a whole. All
 * mail of a request is made before the first is posted, so a request is sent completely or not at
 * all. What can be asked for is in request_questions.c.
 */
#include "hub/request.h"

#include "base/memory.h"
#include "wire/channel_name.h"

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

static void request_free(ody_request *self)
{
    mails_free(self->first_part);
    ody_free(self);
}

/* Nobody finds it from now on; the callback may make new requests. */
static void request_unlink(ody_requests *requests, ody_request *self)
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
        ody_request *self = ody_container_of(requests->by_age.next, ody_request, node);

        request_unlink(requests, self);
        request_free(self);
    }
    ody_map_fini(&requests->by_ticket);
    ody_free(requests);
}

static ody_request *request_new(ody_requests *requests, ody_request_kind kind, uint64_t now,
                                ody_reply_callback callback, void *context)
{
    ody_request *self = ody_calloc(1, sizeof(*self));

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

bool ody__request_mail_add(const ody_requests *requests, ody_mail **first, ody_mail_kind kind,
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

int ody__request_refuse(ody_error *error, int code)
{
    return ody_error_set(error, code, "%s", ody_error_text(code));
}

/*
 * Makes the request and posts its mail. There was room in all mailboxes a moment ago, and what one
 * request adds is bounded, so that is not asked for again half-way.
 */
static int send_all(ody_requests *requests, ody_mail *take_first, ody_socket_id client,
                    ody_request *self)
{
    uint64_t stamp = self->kind == ODY_REQUEST_PUBLISH
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

int ody__request_begin(ody_requests *requests, ody_mail *take_first, ody_socket_id client,
                       const ody_request *about, uint64_t now, uint64_t *ticket, ody_error *error)
{
    ody_request *self;
    int code;

    if (!take_first) {
        return ody__request_refuse(error, ODY_EMEMORY);
    }
    if (requests->by_ticket.count >= ODY_REQUESTS_MAX || any_full(requests, take_first)) {
        mails_free(take_first);
        return ody__request_refuse(error, ODY_EOVERLOADED);
    }
    self = request_new(requests, about->kind, now, about->callback, about->context);
    if (!self) {
        mails_free(take_first);
        return ody__request_refuse(error, ODY_EMEMORY);
    }
    self->skip_missing = about->skip_missing;
    self->info = about->info;
    *ticket = self->ticket;
    code = send_all(requests, take_first, client, self);
    return code < 0 ? ody__request_refuse(error, code) : 0;
}

/* Notes why a request failed. Anything is worse news than a channel that does not exist. */
static void note_failure(ody_request *self, const ody_mail *mail)
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
        ody__request_refuse(&self->error, mail->code);
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
static ody_channel_entry *gather_channels(const ody_request *self)
{
    bool listing = self->kind == ODY_REQUEST_CHANNELS;
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

static bool has_channels(const ody_request *self)
{
    return self->kind == ODY_REQUEST_CHANNELS || self->kind == ODY_REQUEST_CHANNEL ||
           (self->kind == ODY_REQUEST_PUBLISH && self->info);
}

static bool keeps_parts(const ody_request *self)
{
    return has_channels(self) || self->kind == ODY_REQUEST_SUBSCRIBERS ||
           self->kind == ODY_REQUEST_USERS || self->kind == ODY_REQUEST_BROWSE;
}

static void fill(const ody_request *self, ody_reply *reply)
{
    switch (self->kind) {
    case ODY_REQUEST_PUBLISH:
    case ODY_REQUEST_TERMINATE:
        reply->reached = self->number;
        return;
    case ODY_REQUEST_YES_OR_NO:
        reply->answer = self->number > 0;
        return;
    case ODY_REQUEST_SUBSCRIBERS:
        reply->socket_ids = self->first_part->result;
        reply->socket_id_count = self->number;
        return;
    case ODY_REQUEST_USERS:
        reply->users = (ody_view){self->first_part->result, self->first_part->result_length};
        return;
    case ODY_REQUEST_BROWSE:
        reply->page = (ody_browse_page){
            .entries = self->first_part->result,
            .count = self->first_part->subscribers,
            .next = self->number,
            .examined = self->first_part->users,
            .cut = self->first_part->info,
        };
        return;
    case ODY_REQUEST_CHANNEL:
    case ODY_REQUEST_CHANNELS:
        return;
    }
}

static void call_back(ody_request *self)
{
    ody_channel_entry *entries = NULL;
    ody_reply reply = {0};

    if (has_channels(self) && self->error.code == 0) {
        entries = gather_channels(self);
        if (!entries) {
            ody__request_refuse(&self->error, ODY_EMEMORY);
        }
    }
    reply.code = self->error.code;
    reply.message = self->error.code ? self->error.message : NULL;
    if (entries) {
        reply.channels = entries;
        reply.channel_count = self->kind == ODY_REQUEST_CHANNELS ? self->number : self->parts;
    }
    if (self->error.code == 0 || self->kind == ODY_REQUEST_PUBLISH) {
        fill(self, &reply);
    }
    self->callback(self->context, &reply);
    ody_free(entries);
}

static void finish(ody_requests *requests, ody_request *self)
{
    request_unlink(requests, self);
    call_back(self);
    request_free(self);
}

void ody_requests_cancel(ody_requests *requests, uint64_t ticket)
{
    ody_request *self = ody_map_get(&requests->by_ticket, ticket_key(&ticket));

    if (self) {
        request_unlink(requests, self);
        request_free(self);
    }
}

void ody_requests_mail(ody_requests *requests, ody_mail *take_mail)
{
    ody_request *self = ody_map_get(&requests->by_ticket, ticket_key(&take_mail->ticket));

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
        ody_request *self = ody_container_of(requests->by_age.next, ody_request, node);

        if (now < self->deadline) {
            return;
        }
        ody__request_refuse(&self->error, ODY_ETIMEOUT);
        finish(requests, self);
    }
}

size_t ody_requests_pending(const ody_requests *requests)
{
    return requests->by_ticket.count;
}
