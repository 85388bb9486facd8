/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: a connection that waits for the application. While PHP decides about what a
 * client said, what it says next is held back, in order; other connections do not wait. Without PHP
 * workers nothing of this ever runs. The shard's thread.
 */
#ifndef ODY_HUB_GATE_H
#define ODY_HUB_GATE_H

#include "hub/interest.h"
#include "hub/state.h"
#include "wire/message.h"

/** What a connection holds while it waits; none otherwise. */
typedef struct ody_gate {
    ody_list held;     /* messages that came meanwhile */
    size_t held_bytes; /* with what each message costs besides its text */
    uint8_t kind;      /* ody_call_kind that is asked, 0: none */
    bool paused;       /* the transport reads no more */
    char *text;        /* owned: the message that is decided about */
    size_t length;
} ody_gate;

/** Whether a new connection must be let in by the application. @param app NULL: whichever it is. */
bool ody__gate_handshakes(const ody_hub *hub, const ody_hub_app *app);
/**
 * Asks the application. Until the verdict comes, all that the client says is held back.
 * @param texts what the call says besides the client.
 * @param text the message that goes on when the verdict is to pass; copied.
 * @return 0; ODY_EMEMORY or ODY_EOVERLOADED: nothing was asked.
 */
int ody__gate_ask(ody_hub *hub, ody_connection *connection, ody_call_kind kind,
                  const ody_mail_texts *texts, ody_view text);
/** Whether the application is being asked about it. */
bool ody__gate_waiting(const ody_connection *connection);
/** The connection is to be closed: what it holds back counts no more, and it is read again, so that
 *  its own close frame is seen. */
void ody__gate_close(ody_hub *hub, ody_connection *connection);
/** Holds a message back when the connection waits. @return false when it does not wait. */
bool ody__gate_hold(ody_hub *hub, ody_connection *connection, ody_view text);
/** Mail VERDICT or INTEREST. Takes it. */
void ody__gate_mail(ody_hub *hub, ody_mail *take_mail);
/** There are no PHP workers any more, or for the first time: what earlier ones wanted is void. */
void ody__gate_forget(ody_hub *hub);
/** Frees what the connection holds. */
void ody__gate_free(ody_connection *connection);

/** Tells the application something that nobody waits for, if it wants to know; webhooks too. */
void ody__notice(ody_hub *hub, const ody_hub_app *app, ody_call_kind kind, ody_socket_id client,
                 const ody_mail_texts *texts);
/** Tells the handler of a channel that a client is out of it, if it has one. */
void ody__notice_unsubscribed(ody_hub *hub, const ody_hub_app *app, ody_socket_id client,
                              ody_view channel);

/* What the verdicts lead to, in connection.c and client_message.c. */

/** The application lets the connection in. */
void ody__connection_greet(ody_hub *hub, ody_connection *connection);
/** Or it does not. @param code 4000 to 4299, or 0. @param message may be empty. */
void ody__connection_turn_away(ody_hub *hub, ody_connection *connection, uint16_t code,
                               ody_view message);
/** A message that the middleware has passed. */
void ody__client_message_passed(ody_hub *hub, ody_connection *connection, ody_view text);
/** A handler lets the client into the channel of that message.
 *  @param channel_data in place of the message's, or ODY_VIEW_NONE. */
void ody__client_subscribe_passed(ody_hub *hub, ody_connection *connection, ody_view text,
                                  ody_view channel_data);
/** Or it does not. @param status 0: as usual for the code. */
void ody__client_subscribe_refused(ody_hub *hub, ody_connection *connection, ody_view text,
                                   int code, int status, ody_view message);
/** A handler lets the client event go out. @param data in place of the message's, or none. */
void ody__client_event_passed(ody_hub *hub, ody_connection *connection, ody_view text,
                              ody_view data);

#endif
