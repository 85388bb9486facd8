/* SPDX-License-Identifier: MIT */
/*
 * Lists for the inspector: connections, channels, users, and what belongs to one of them. A shard
 * is asked in steps; each walks a bounded part of a table and says where the next begins, so
 * browsing holds up nobody, however much there is. The tables change between two steps: what comes
 * or goes meanwhile may be missed, and what is moved may come twice.
 */
#ifndef ODY_HUB_BROWSE_H
#define ODY_HUB_BROWSE_H

#include "hub/socket_id.h"
#include "ody/options.h"

typedef enum ody_browse_kind {
    ODY_BROWSE_CONNECTIONS,   /* of a shard */
    ODY_BROWSE_CHANNELS,      /* of an app, at home on a shard; name: how they begin */
    ODY_BROWSE_USERS,         /* who has signed in to an app, at home on a shard; name: likewise */
    ODY_BROWSE_SUBSCRIBERS,   /* connections in the channel `name` */
    ODY_BROWSE_MEMBERS,       /* users in the presence channel `name` */
    ODY_BROWSE_USER,          /* connections that are signed in as the user `name` */
    ODY_BROWSE_CONNECTION,    /* one connection alone */
    ODY_BROWSE_SUBSCRIPTIONS, /* channels of one connection */
} ody_browse_kind;

/** One step. Borrowed for the length of the call. The app is named by its number, because there may
 *  be other options at the next step. */
typedef struct ody_browse {
    ody_browse_kind kind;
    uint32_t app;  /* number; CONNECTION, SUBSCRIPTIONS: not used */
    bool all_apps; /* CONNECTIONS: of all of them */
    ody_view name;
    ody_socket_id client; /* CONNECTION, SUBSCRIPTIONS */
    unsigned shard;       /* CONNECTIONS, CHANNELS, USERS */
    uint64_t cursor;      /* 0 at first, then what the last step said */
    uint32_t at_least;    /* leaves out what has a smaller `weight` */
} ody_browse;

/** One thing that was seen. What is said of no kind is 0. */
typedef struct ody_browse_entry {
    ody_socket_id id; /* of a connection */
    ody_view name;    /* of a channel; id of a user, or of whom a connection is signed in as */
    ody_view info;    /* MEMBERS: user_info, JSON text */
    const char *type; /* of a channel */
    uint32_t app;     /* number; CONNECTIONS, CONNECTION, SUBSCRIPTIONS */
    uint32_t weight; /* what lists are sorted by: bytes that a connection has not taken; connections
                        in a channel or of a user */
    uint32_t users;  /* distinct, in a presence channel */
    uint32_t watchers;   /* of a user */
    uint32_t channels;   /* of a connection */
    uint32_t age;        /* s since a connection came */
    uint32_t silence;    /* s since it said something, or since it was asked whether it is there */
    uint32_t slow;       /* ms for which it has been over the soft limit */
    uint8_t address[16]; /* of its client */
    uint8_t protocol;    /* that it speaks */
    bool on;             /* SUBSCRIPTIONS: it gets the channel's events */
} ody_browse_entry;

/** What a step has found; lives during the callback. */
typedef struct ody_browse_page {
    const ody_browse_entry *entries;
    size_t count;
    uint64_t next;     /* cursor of the next step; 0: that was all */
    uint32_t examined; /* how much was walked over */
    bool cut;          /* there is more, to which no step comes */
} ody_browse_page;

/** The most that a step walks over. */
#define ODY_BROWSE_STEP 512
/** A step ends when its texts are so long (bytes). */
#define ODY_BROWSE_TEXTS 65536

#endif
