/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: the parts of the inspector. Each handler answers one request of its page,
 * which was let in; what the page sends stands in exchange->query.
 */
#ifndef ODY_HTTP_INSPECTOR_H
#define ODY_HTTP_INSPECTOR_H

#include "http/room.h"

typedef void ody_inspector_handler(ody_http_exchange *exchange);

/** Whether there is an inspector, for whoever asks; else refuses. */
bool ody__http_inspector_stands(ody_http_exchange *exchange);
/** Whether its page asks, with a session where one is needed; else refuses.
 *  @param before_login a session is not needed. */
bool ody__http_inspector_admits(ody_http_exchange *exchange, bool before_login);
/** The app that the page names by its id, or the first one. @return NULL: refused. */
const ody_app *ody__http_inspector_app(ody_http_exchange *exchange);
/** Reads a number that the page sends, if it does: what number holds before must be in the same
 *  bounds. @return false: refused. */
bool ody__http_inspector_number(ody_http_exchange *exchange, const char *name, uint64_t least,
                                uint64_t most, uint64_t *number);

ody_inspector_handler ody__http_inspector_login;
ody_inspector_handler ody__http_inspector_logout;
/* Lists. */
ody_inspector_handler ody__http_inspector_connections;
ody_inspector_handler ody__http_inspector_channels;
ody_inspector_handler ody__http_inspector_users;
ody_inspector_handler ody__http_inspector_subscribers;
ody_inspector_handler ody__http_inspector_members;
ody_inspector_handler ody__http_inspector_user;
ody_inspector_handler ody__http_inspector_connection;
ody_inspector_handler ody__http_inspector_subscriptions;
/* Tails. */
ody_inspector_handler ody__http_inspector_tail_open;
ody_inspector_handler ody__http_inspector_tail_read;
ody_inspector_handler ody__http_inspector_tail_close;

#endif
