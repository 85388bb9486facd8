/* SPDX-License-Identifier: MIT */
/*
 * The name of a connection, on the wire ("first.second") and between threads. `first` says where it
 * lives (shard and slot), `second` is 52 random bits that make it unguessable and serve as the
 * slot's generation: a stale name never finds the connection that has the slot now.
 */
#ifndef ODY_HUB_SOCKET_ID_H
#define ODY_HUB_SOCKET_ID_H

#include <stdint.h>
#include "channel/id.h"
#include "ody/view.h"

#define ODY_SHARDS_MAX 64
#define ODY_SOCKET_ID_TEXT 40 /* bytes that the text form needs, with its NUL */

/** Writes the text form. @param out ODY_SOCKET_ID_TEXT bytes. @return the view of it. */
ody_view ody_socket_id_format(ody_socket_id id, char *out);
/** Reads the text form. @return whether text is one (it may name nobody). */
bool ody_socket_id_parse(ody_view text, ody_socket_id *id);
/** The shard that a connection of that name would live on, below ODY_SHARDS_MAX. */
unsigned ody_socket_id_shard(ody_socket_id id);

#endif
