/* SPDX-License-Identifier: MIT */
/*
 * What other processes ask for, on the API thread: a request goes as mail to the homes that know,
 * the partial answers are gathered, and a callback gets the whole. Both ipc/ and http/ speak to
 * this. Bounded: so many requests at once, each with a deadline. Pure: mail goes through a
 * function, time is passed in. One thread.
 */
#ifndef ODY_HUB_REQUESTS_H
#define ODY_HUB_REQUESTS_H

#include "base/bytes.h"
#include "ody/error.h"
#include "hub/browse.h"
#include "hub/hub.h"

typedef struct ody_requests ody_requests;

/** Requests unanswered at once; one more is refused with ODY_EOVERLOADED. */
#define ODY_REQUESTS_MAX 16384
/** How long an answer may take (ms). */
#define ODY_REQUEST_TIME 10000

/** What is known of one channel. */
typedef struct ody_channel_entry {
    ody_view name;
    const char *type;     /* ody_channel_kind_name */
    uint64_t subscribers; /* connections */
    uint64_t users;       /* distinct users of a presence channel */
    ody_view cached;      /* channel: data of the cached event as a JSON string with its quotes, or
                             ODY_VIEW_NONE */
    uint64_t cached_for;  /* ms that it stays */
} ody_channel_entry;

/** The whole answer; everything in it lives during the callback only. */
typedef struct ody_reply {
    int code;                        /* 0 or one of ODY_E… */
    const char *message;             /* with a code: the sentence for the caller */
    uint64_t reached;                /* publish: subscribers numbered for; terminate: connections
                                        that were closed */
    bool answer;                     /* whisper: delivered; is_subscribed, channel_exists;
                                        disconnect: it was there */
    const ody_socket_id *socket_ids; /* subscribers */
    size_t socket_id_count;
    ody_view users;                    /* a JSON list of {"user_id":…,"user_info":…} */
    const ody_channel_entry *channels; /* a listing; publish with info: its channels in their order;
                                          channel: that one, also when it is empty */
    size_t channel_count;
    ody_browse_page page; /* browse */
} ody_reply;

/** Called exactly once for each accepted request, from ody_requests_mail or _advance; never from
 *  within the call that made the request. */
typedef void (*ody_reply_callback)(void *context, const ody_reply *reply);

/** A publish to one or several channels. Borrowed for the length of the call. */
typedef struct ody_publish {
    const ody_app *app;
    const ody_view *channels;
    size_t channel_count;
    ody_view event;
    ody_view data;
    ody_view except;   /* socket id text or ODY_VIEW_NONE */
    bool skip_missing; /* a channel without subscribers counts 0 instead of failing */
    bool info;         /* the reply lists the channels as they were then */
} ody_publish;

/**
 * @param shards their number; mail to them goes through transport->post with targets 0 … shards-1.
 * @param options borrowed.
 * @return NULL without memory.
 */
ody_requests *ody_requests_new(const ody_options *options, unsigned shards,
                               const ody_transport *transport, void *context);
/** Other options take the place of those that it has. @param options borrowed. */
void ody_requests_reload(ody_requests *requests, const ody_options *options);
/** Drops what is unanswered, without calling back. */
void ody_requests_free(ody_requests *requests);

/**
 * Checks a publish without publishing.
 * @return 0, or what ody_requests_publish would refuse it with, but for ODY_EOVERLOADED and
 *         ODY_EMEMORY.
 */
int ody_requests_check(const ody_publish *publish, ody_error *error);
/**
 * Checks the name that a list is about: a list of nobody would look like one of somebody alone.
 * @param app the one that browse names by its number.
 * @return 0, or ODY_ECHANNEL_NAME or ODY_EINVALID with a sentence for the caller.
 */
int ody_requests_check_browse(const ody_app *app, const ody_browse *browse, ody_error *error);
/**
 * Publishes. What is published first comes first in each channel. Like all requests below, it
 * returns 0 and sets *ticket (never 0), or refuses at once with a negative code and error filled:
 * ODY_ECHANNEL_NAME, ODY_EEVENT_NAME, ODY_EPAYLOAD_SIZE, ODY_EENCODING, ODY_EINVALID,
 * ODY_EOVERLOADED, ODY_EMEMORY. With several channels all names are checked before anything is
 * sent. With skip_missing false, a publish to several channels of which one is missing answers
 * ODY_ECHANNEL_NOT_FOUND although the others got it; the message names the missing one.
 */
int ody_requests_publish(ody_requests *requests, const ody_publish *publish, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error);
/** Sends an event to one connection. @param channel ODY_VIEW_NONE, or a channel that it must be
 *  subscribed to. */
int ody_requests_whisper(ody_requests *requests, const ody_app *app, ody_view socket_id,
                         ody_view event, ody_view data, ody_view channel, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error);
/** Asks for the socket ids of all subscribers of channel. */
int ody_requests_subscribers(ody_requests *requests, const ody_app *app, ody_view channel,
                             uint64_t now, ody_reply_callback callback, void *context,
                             uint64_t *ticket, ody_error *error);
/** Asks for the users of a presence channel; none when it is another channel, or empty. */
int ody_requests_users(ody_requests *requests, const ody_app *app, ody_view channel, uint64_t now,
                       ody_reply_callback callback, void *context, uint64_t *ticket,
                       ody_error *error);
/** Asks whether that connection is subscribed to channel. */
int ody_requests_is_subscribed(ody_requests *requests, const ody_app *app, ody_view socket_id,
                               ody_view channel, uint64_t now, ody_reply_callback callback,
                               void *context, uint64_t *ticket, ody_error *error);
/**
 * Subscribes that connection to channel: true in the reply when it is connected. From then on it is
 * a member for every later question.
 * @param data of a presence channel its channel_data, else ODY_VIEW_NONE.
 */
int ody_requests_subscribe(ody_requests *requests, const ody_app *app, ody_view socket_id,
                           ody_view channel, ody_view data, uint64_t now,
                           ody_reply_callback callback, void *context, uint64_t *ticket,
                           ody_error *error);
/** Takes that connection out of channel: true in the reply when it is connected. */
int ody_requests_unsubscribe(ody_requests *requests, const ody_app *app, ody_view socket_id,
                             ody_view channel, uint64_t now, ody_reply_callback callback,
                             void *context, uint64_t *ticket, ody_error *error);
/** Asks whether channel has a subscriber, or always exists. */
int ody_requests_channel_exists(ody_requests *requests, const ody_app *app, ody_view channel,
                                uint64_t now, ody_reply_callback callback, void *context,
                                uint64_t *ticket, ody_error *error);
/** Asks what is known of one channel, empty or not. */
int ody_requests_channel(ody_requests *requests, const ody_app *app, ody_view channel, uint64_t now,
                         ody_reply_callback callback, void *context, uint64_t *ticket,
                         ody_error *error);
/** Closes every connection that is signed in as that user, with 4009. Any of them that had been
 * told so before is found. */
int ody_requests_terminate(ody_requests *requests, const ody_app *app, ody_view user_id,
                           uint64_t now, ody_reply_callback callback, void *context,
                           uint64_t *ticket, ody_error *error);
/** Asks for the occupied channels whose names begin with prefix. */
int ody_requests_channels(ody_requests *requests, const ody_app *app, ody_view prefix, uint64_t now,
                          ody_reply_callback callback, void *context, uint64_t *ticket,
                          ody_error *error);

/** One step of browsing, in whichever shard knows. */
int ody_requests_browse(ody_requests *requests, const ody_browse *browse, uint64_t now,
                        ody_reply_callback callback, void *context, uint64_t *ticket,
                        ody_error *error);
/** Closes that connection, whichever app it is of, with 4009. */
int ody_requests_disconnect(ody_requests *requests, ody_view socket_id, uint64_t now,
                            ody_reply_callback callback, void *context, uint64_t *ticket,
                            ody_error *error);

/** The caller is gone: its callback will not be called. An unknown ticket is fine. */
void ody_requests_cancel(ody_requests *requests, uint64_t ticket);
/** Mail that came to the API thread. Takes it. */
void ody_requests_mail(ody_requests *requests, ody_mail *take_mail);
/** Answers what is past its deadline (10 s) with ODY_ETIMEOUT. Call about once a second. */
void ody_requests_advance(ody_requests *requests, uint64_t now);
/** How many are unanswered. */
size_t ody_requests_pending(const ody_requests *requests);

#endif
