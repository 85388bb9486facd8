/* SPDX-License-Identifier: MIT */
/*
 * Tails: what is said in one channel, or to and by one user, for somebody who looks. The API
 * thread's side: it asks the shards to observe, keeps what they have seen until it is read, and
 * lets go of a tail that nobody reads. Everything is bounded; what finds no room is counted and
 * told. It costs nothing while there is no tail. Pure: mail goes through a function, time is passed
 * in. One thread.
 */
#ifndef ODY_HUB_TAILS_H
#define ODY_HUB_TAILS_H

#include "hub/hub.h"
#include "ody/error.h"

typedef struct ody_tails ody_tails;

/** Tails at once; one more is refused with ODY_ELIMIT. */
#define ODY_TAILS_MAX 16
/** Messages that wait for the reader of a tail, and bytes that they take together. */
#define ODY_TAIL_MESSAGES 512
#define ODY_TAIL_BYTES (1u << 20)
/** A tail that is not read for so long (ms) ends. */
#define ODY_TAIL_TIME 15000
/** Messages of a tail that a shard tells in a second. */
#define ODY_TAIL_RATE 100
/** Bytes of a message's data that are told. */
#define ODY_TAIL_DATA 4096

/** What was seen. */
typedef enum ody_sight {
    ODY_SIGHT_EVENT,          /* an event that the application has published */
    ODY_SIGHT_CLIENT_EVENT,   /* an event of a client */
    ODY_SIGHT_WHISPER,        /* an event for one connection */
    ODY_SIGHT_MEMBER_ADDED,   /* a user came into a presence channel; data: user_info */
    ODY_SIGHT_MEMBER_REMOVED, /* a user left one */
    ODY_SIGHTS,
} ody_sight;

/** A message of a tail; lives during the callback. */
typedef struct ody_tail_message {
    uint64_t number;   /* counts from 1 in each tail */
    uint64_t at;       /* Unix ms */
    uint64_t left_out; /* messages between the one before and this */
    ody_sight sight;
    ody_socket_id client; /* who sent it, or gets it; first may be 0 */
    ody_view channel;
    ody_view event;
    ody_view user_id;
    ody_view data;        /* or its beginning */
    uint64_t data_length; /* of all of it */
    uint64_t reached;     /* connections that got it */
} ody_tail_message;

/** @param shards their number; mail goes through transport->post. @return NULL without memory. */
ody_tails *ody_tails_new(unsigned shards, const ody_transport *transport, void *context);
/** Frees all; shards keep what they observe until they end. NULL is fine. */
void ody_tails_free(ody_tails *tails);

/**
 * Begins a tail of a channel or of a user.
 * @param channel ODY_VIEW_NONE: of the user user_id.
 * @param tail gets its name, which cannot be guessed; never 0.
 * @return 0, ODY_ECHANNEL_NAME, ODY_EINVALID, ODY_ELIMIT, ODY_EMEMORY; error is filled.
 */
int ody_tails_open(ody_tails *tails, const ody_app *app, ody_view channel, ody_view user_id,
                   uint64_t now, uint64_t *tail, ody_error *error);
/** Ends a tail. An unknown one is fine. */
void ody_tails_close(ody_tails *tails, uint64_t tail);
/**
 * Reads what waits, the oldest first, and keeps it until a later read says that it has come.
 * @param after number of the last message that the reader has; 0: none.
 * @param each called for every message; NULL: only says whether there is one.
 * @param left_out gets what was left out behind the last of them, until ody_tails_told says so.
 * @return how many there are; ODY_EINVALID when there is no such tail (any more); ODY_EMEMORY when
 *         a shard could not begin to observe: the tail has ended.
 */
int ody_tails_read(ody_tails *tails, uint64_t tail, uint64_t after, uint64_t now,
                   void (*each)(void *context, const ody_tail_message *message), void *context,
                   uint64_t *left_out);
/** The reader has been told that so much was left out behind the last message. */
void ody_tails_told(ody_tails *tails, uint64_t tail, uint64_t left_out);
/**
 * Calls wake once when something is there to be read or the tail ends; never from within this call.
 * While somebody waits the tail counts as read. @param wake NULL: nobody waits any more.
 */
void ody_tails_wait(ody_tails *tails, uint64_t tail, void (*wake)(void *context), void *context);

/** Mail OBSERVED. Takes it. @param unix_now ms. */
void ody_tails_mail(ody_tails *tails, ody_mail *take_mail, uint64_t unix_now);
/** Ends tails that nobody reads. Call about once a second. */
void ody_tails_advance(ody_tails *tails, uint64_t now);
/** How many there are. */
size_t ody_tails_count(const ody_tails *tails);

#endif
