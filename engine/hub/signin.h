/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: what a connection is signed in as, and whom it watches, as its own shard
 * sees it. Signing in goes to the user's home first: who was told that it is signed in is known
 * there, so that nothing that concerns the user misses it. A connection is one user for as long as
 * it is open. The shard's thread.
 */
#ifndef ODY_HUB_SIGNIN_H
#define ODY_HUB_SIGNIN_H

#include "hub/letters.h"
#include "wire/message.h"

typedef struct ody_signin ody_signin;

/** A user that connections of this shard watch. It exists while an ody_watch refers to it. */
typedef struct ody_watched {
    ody_hub_app *app;
    ody_list watchers; /* ody_watch */
    uint32_t references;
    uint16_t id_length;
    uint8_t home;
    char id[];
} ody_watched;

/** That a connection watches a user. */
typedef struct ody_watch {
    ody_list_node node; /* in watched->watchers */
    ody_watched *watched;
    ody_signin *signin;
    bool online; /* as the home said last */
} ody_watch;

struct ody_signin {
    ody_list_node node; /* in hub->partings, when it is an orphan */
    ody_hub_app *app;
    union {
        ody_connection *connection;
        ody_socket_id orphan; /* the connection is gone, and not all homes know it yet */
    };
    uint64_t untold;  /* orphan: bit 1 << home of those that do not know */
    uint32_t answers; /* of homes that have not said yet who is online */
    uint16_t id_length;
    uint8_t home;       /* of the user */
    bool on;            /* the home has it */
    bool watchlist_cut; /* it wanted to watch more */
    bool shown;         /* the client knows who of its watchlist is online */
    uint32_t info_length;
    const char *text; /* the id, then the info as JSON text; stands behind the watches */
    uint32_t watch_count;
    ody_watch watches[];
};

/** The client sends pusher:signin. */
void ody__client_signin(ody_hub *hub, ody_connection *connection, const ody_message *message);
/** Mail SIGNED_IN. Takes it. */
void ody__signin_mail(ody_hub *hub, ody_mail *take_mail);
/** Whether the connection is signed in as the user of that id. */
bool ody__signin_is(const ody_connection *connection, ody_view user_id);
/** Who the connection is as a member of a presence channel. @param member views are borrowed.
 *  @return false when it is not signed in. */
bool ody__signin_member(const ody_connection *connection, ody_member_data *member);
/** Mail DISCONNECT: closes what is signed in as a user. Takes it. */
void ody__signin_disconnect_mail(ody_hub *hub, ody_mail *take_mail);
/** Frees it with its watches. NULL is fine. */
void ody__signin_free(ody_signin *signin);
ody_view ody__signin_id(const ody_signin *signin);
/** Who the connection is signed in as; ODY_VIEW_NONE when it is not. */
ody_view ody__signin_id_of(const ody_connection *connection);

/**
 * Makes the watches of a sign-in, which homes do not know of yet.
 * @return 0 or ODY_EMEMORY; then those that were made are the sign-in's to free.
 */
int ody__watchlist_make(ody_hub *hub, ody_signin *signin, const ody_user_data *user);
/** Tells the homes. Without memory the connection is closed: it must miss nothing silently. */
void ody__watchlist_send(ody_hub *hub, ody_signin *signin);
/** Whether a home of a watched user takes no more mail. */
bool ody__watchlist_blocked(const ody_hub *hub, const ody_signin *signin);
/** Lets go of all watches. */
void ody__watchlist_free(ody_signin *signin);
/** Nobody is to be told any more; the ids stay known. */
void ody__watchlist_unlink(ody_signin *signin);
/** Mail WATCHING, the answer of a home, and WATCHED, news of a user. Takes it. */
void ody__watchlist_mail(ody_hub *hub, ody_mail *take_mail);
ody_view ody__watched_id(const ody_watched *watched);

/* In leaving.c. */

/** Measures what homes must know when the connection is gone. @param signin NULL: nothing. */
void ody__signin_measure(const ody_signin *signin, ody_letter *letters);
/** The connection is gone. Writes what was measured; where there is no mail for it, the sign-in
 *  becomes an orphan, else it is freed. */
void ody__signin_part(ody_hub *hub, ody_connection *connection, ody_letter *letters);
/** Tries again to tell the homes of orphans. @return whether none is left. */
bool ody__signin_retry(ody_hub *hub);
/** Frees the orphans. */
void ody__signin_free_orphans(ody_hub *hub);

#endif
