/* SPDX-License-Identifier: MIT */
/* Private to this room: how bytes get onto connections. The shard's thread. */
#ifndef ODY_HUB_DELIVER_H
#define ODY_HUB_DELIVER_H

#include "hub/state.h"

struct ody_local_channel;

/** Sends a text to one connection. Without memory the connection is cut. */
void ody__reply(ody_hub *hub, ody_connection *connection, ody_view text);
/** The same for hub->scratch, which may have failed. */
void ody__reply_scratch(ody_hub *hub, ody_connection *connection);
/** Sends an encoded frame to one connection. */
void ody__reply_frame(ody_hub *hub, ody_connection *connection, ody_frame *frame);
/** Queues a batch, such as the pong that all connections share. */
void ody__reply_batch(ody_hub *hub, ody_connection *connection, ody_batch *batch);
/** A sentence that was cut to fit may end in half a character: @return text without that. */
ody_view ody__text_valid(ody_view text);
/** Sends pusher:error and counts it. @param code 0 for null. @param message any bytes. */
void ody__reply_error(ody_hub *hub, ody_connection *connection, int code, ody_view message);
/** Answers a control PING with its payload. */
void ody__reply_pong(ody_hub *hub, ody_connection *connection, ody_view payload);
/** Sends a control PING and pusher:ping: some clients answer only one of the two. */
void ody__reply_probe(ody_hub *hub, ody_connection *connection);

/** Puts a frame onto every subscriber of a channel on this shard, but for `except` (may be NULL).
 */
void ody__deliver(ody_hub *hub, struct ody_local_channel *local, ody_frame *frame,
                  const ody_connection *except);
/** Mail DELIVER. Takes it. */
void ody__deliver_mail(ody_hub *hub, ody_mail *take_mail);
/** Mail WHISPER. Takes it. */
void ody__whisper_mail(ody_hub *hub, ody_mail *take_mail);

#endif
