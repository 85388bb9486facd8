/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: one request of another process, between the file that asks
 * (request_questions.c) and the one that sends and gathers (requests.c). The API thread.
 */
#ifndef ODY_HUB_REQUEST_H
#define ODY_HUB_REQUEST_H

#include "hub/mail.h"
#include "hub/requests.h"

/* What the answers are made into. */
typedef enum ody_request_kind {
    ODY_REQUEST_PUBLISH,
    ODY_REQUEST_YES_OR_NO,
    ODY_REQUEST_SUBSCRIBERS,
    ODY_REQUEST_USERS,
    ODY_REQUEST_TERMINATE,
    ODY_REQUEST_CHANNEL,
    ODY_REQUEST_CHANNELS,
    ODY_REQUEST_BROWSE,
} ody_request_kind;

typedef struct ody_request {
    uint64_t ticket;
    uint64_t deadline;
    ody_list_node node; /* in requests->by_age */
    ody_request_kind kind;
    bool skip_missing;
    bool info;
    unsigned outstanding;
    unsigned parts;       /* in first_part */
    uint64_t number;      /* sum over the answers */
    ody_error error;      /* code 0: none so far */
    ody_mail *first_part; /* answers with lists, until all are there */
    ody_reply_callback callback;
    void *context;
} ody_request;

struct ody_requests {
    const ody_options *options;
    unsigned shards;
    const ody_transport *transport;
    void *context;
    uint64_t last_ticket;
    ody_map by_ticket;
    ody_list by_age; /* all wait equally long, so the first to run out is first */
};

/** Adds mail for a thread in front of a chain. @return false, with the chain freed, without memory.
 */
bool ody__request_mail_add(const ody_requests *requests, ody_mail **first, ody_mail_kind kind,
                           unsigned target, const ody_mail_texts *texts);
/**
 * Begins a request and posts its mail.
 * @param take_first the chain, taken in either case; NULL means that there was no memory for it.
 * @param client whom all of it is about; first 0: nobody.
 * @param about kind, skip_missing, info, callback and context are taken from it.
 * @return 0 with *ticket set, ODY_EMEMORY or ODY_EOVERLOADED with error filled.
 */
int ody__request_begin(ody_requests *requests, ody_mail *take_first, ody_socket_id client,
                       const ody_request *about, uint64_t now, uint64_t *ticket, ody_error *error);
/** Fills error with the general sentence of code. @return code. */
int ody__request_refuse(ody_error *error, int code);

#endif
