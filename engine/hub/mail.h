/* SPDX-License-Identifier: MIT */
/*
 * What threads tell each other. A mail is made by one thread and owned by whoever has it; its texts
 * are inside of it. A question comes back as its own answer, so that answering needs no memory.
 */
#ifndef ODY_HUB_MAIL_H
#define ODY_HUB_MAIL_H

#include "base/mailbox.h"
#include "base/map.h"
#include "hub/frame.h"
#include "hub/socket_id.h"

typedef enum ody_mail_kind {
    /* A shard to a channel's home. */
    ODY_MAIL_JOIN,      /* client, channel, user_id and user_info: comes back JOINED or REFUSED */
    ODY_MAIL_LEAVE,     /* client, channel: comes back LEFT */
    ODY_MAIL_LEAVE_ALL, /* client is gone; data: names (hub/letters.h) */
    ODY_MAIL_CLIENT_EVENT, /* client, channel, event, data: comes back only when it is REJECTED */
    /* A shard to a user's home, or to that of the users that it wants to watch. */
    ODY_MAIL_SIGN_IN, /* client, user_id, data: user_data: comes back SIGNED_IN */
    ODY_MAIL_WATCH,   /* client, data: names: comes back WATCHING, which says who is online */
    /* A home to a shard. */
    ODY_MAIL_JOINED,  /* frame: the success; second: the cached event or the miss, or NULL */
    ODY_MAIL_REFUSED, /* code */
    ODY_MAIL_LEFT,
    ODY_MAIL_REJECTED,   /* code: why a client event was not published */
    ODY_MAIL_DELIVER,    /* frame for the subscribers of channel, but not for client */
    ODY_MAIL_SIGNED_IN,  /* code */
    ODY_MAIL_WATCHING,   /* code; the tags of the names say who is online */
    ODY_MAIL_WATCHED,    /* user_id, number: whether online now, frame for those who watch */
    ODY_MAIL_DISCONNECT, /* result: ody_socket_id[number] to be closed, because of their user */
    /* The API thread to a home, to all homes, or (WHISPER) to the shard of a client. */
    ODY_MAIL_PUBLISH, /* channel, event, data; client does not get it */
    ODY_MAIL_WHISPER, /* client, event, data, channel or none */
    ODY_MAIL_SUBSCRIBERS,
    ODY_MAIL_USERS,
    ODY_MAIL_IS_SUBSCRIBED,
    ODY_MAIL_CHANNEL_EXISTS,
    ODY_MAIL_CHANNEL,   /* comes back with `result`: the cached data, `number`: ms that it stays */
    ODY_MAIL_CHANNELS,  /* data: the prefix of the names */
    ODY_MAIL_TERMINATE, /* user_id */
    /* The API thread to a shard, for the inspector. */
    ODY_MAIL_BROWSE,    /* position: ody_browse_kind, number: cursor, subscribers: the least weight,
                         info: of all apps; client, channel, user_id; data: how names begin. Comes
                         back with `result`: ody_browse_entry[subscribers], number: the next cursor,
                         users: how much was examined, info: the list is cut */
    ODY_MAIL_DISMISS,   /* client is to be closed: comes back with number 1 if it is there */
    ODY_MAIL_OBSERVE,   /* ticket, info: whether it is a user; channel or user_id */
    ODY_MAIL_UNOBSERVE, /* ticket */
    /* The API thread to the shard of a client. */
    ODY_MAIL_SUBSCRIBE,   /* client, channel, data: channel_data or none */
    ODY_MAIL_UNSUBSCRIBE, /* client, channel */
    /* The API thread to a shard, about PHP workers. */
    ODY_MAIL_VERDICT,  /* client, channel, ticket: ody_call_kind, code: ody_verdict, number: the
                          worker's code, data, event: the message for the client */
    ODY_MAIL_INTEREST, /* result: ody_interest */
    /* A shard or a home to the API thread, for PHP workers: number: ody_call_kind, client, channel,
     * event, data, user_id; of a handshake user_id is the address and user_info the head. */
    ODY_MAIL_CALL,    /* comes back as VERDICT */
    ODY_MAIL_NOTICE,  /* nobody waits */
    ODY_MAIL_WEBHOOK, /* the same for webhooks; number: ody_webhook_event */
    /* A shard to the API thread: number: the descriptor of a socket with an HTTP request, which
     * belongs to the mail. Nothing has been read from it. */
    ODY_MAIL_SOCKET,
    /* A shard to the API thread: what an observer has seen. ticket, position: ody_sight, client,
     * channel, event, user_id, data: its beginning, stamp: its length, subscribers: who got it;
     * number: what was left out before it. */
    ODY_MAIL_OBSERVED,
    /* The API thread to a shard: number: the descriptor of a socket, likewise; data: the head of a
     * request for a WebSocket that came on it. */
    ODY_MAIL_UPGRADE,
    /* To the API thread: the question with its answer. */
    ODY_MAIL_ANSWER, /* ticket, code, number, and `result` for lists */
} ody_mail_kind;

typedef struct ody_mail {
    ody_mailbox_node node;
    uint32_t size;     /* of the block, for the cost */
    uint8_t kind;      /* ody_mail_kind */
    uint8_t origin;    /* the thread that asked, where the answer goes */
    uint8_t target;    /* of mail that is made before it is sent */
    bool info;         /* PUBLISH: the answer says how many are there */
    uint16_t position; /* PUBLISH: of the channel among those of the request */
    uint32_t app;      /* number of the app that it is about; 0 where it is about none */
    int code;          /* 0 or ODY_E… */
    ody_socket_id client;
    uint64_t ticket;      /* of the API thread's request */
    uint32_t subscribers; /* CHANNEL, and PUBLISH with info: the channel's connections … */
    uint32_t users;       /* … and distinct users */
    uint64_t number;  /* JOINED and DELIVER: the channel's serial; answers: a count or 0 and 1 */
    uint64_t stamp;   /* PUBLISH, CLIENT_EVENT and their DELIVER: µs when it was accepted, or 0 */
    ody_frame *frame; /* one reference each, or NULL */
    ody_frame *second;
    void *result; /* owned; SUBSCRIBERS: ody_socket_id[number], CHANNELS: ody_channel_entry[number],
                     USERS and CHANNEL: JSON */
    size_t result_length;
    ody_view channel; /* the views point behind the struct */
    ody_view event;
    ody_view data;
    ody_view user_id;
    ody_view user_info;
    char text[];
} ody_mail;

/** What ody_mail_new copies; views may be ODY_VIEW_NONE. */
typedef struct ody_mail_texts {
    uint32_t app; /* number */
    ody_view channel;
    ody_view event;
    ody_view data;
    ody_view user_id;
    ody_view user_info;
} ody_mail_texts;

/** @return mail that the caller owns (ody_mail_free), or NULL without memory. Any thread. */
ody_mail *ody_mail_new(ody_mail_kind kind, unsigned origin, const ody_mail_texts *texts);
/** Mail whose data is `bytes` long and still to be written, at mail->text. @return NULL … */
ody_mail *ody_mail_new_sized(ody_mail_kind kind, unsigned origin, size_t bytes);
/**
 * The shard that a channel is at home on. It is taken from the upper half of the hash: the lower
 * one places entries in maps, where the channels of one home would else stand close together.
 */
static inline unsigned ody_mail_home(uint32_t app, ody_view channel, unsigned shards)
{
    return (unsigned)(((ody_hash(channel) >> 32) + app) % shards);
}
/** Frees mail SOCKET or UPGRADE but for its socket. @return the descriptor, which is the caller's.
 */
int ody_mail_take_socket(ody_mail *take_mail);
/** Sets the cost that a mailbox counts: the block, its frames and its result. Call before posting.
 */
void ody_mail_weigh(ody_mail *mail);

#endif
