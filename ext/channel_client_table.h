/* SPDX-License-Identifier: MIT */
/*
 * The connections of this thread, one per socket and timeouts, kept from request to request, so
 * that a web request does not pay for connecting. Entries are found by name at each call and never
 * held on to, so the table may drop any of them between two calls.
 */
#ifndef ODY_EXT_CHANNEL_CLIENT_TABLE_H
#define ODY_EXT_CHANNEL_CLIENT_TABLE_H

#include "php_ody_websocket.h"
#include "ody/client.h"

/** What a connection is known by. */
typedef struct php_ody_client_address {
    zend_string *socket_path;
    uint32_t connect_timeout; /* ms */
    uint32_t timeout;         /* ms */
} php_ody_client_address;

/** Makes the table of a thread; GINIT only. */
void php_ody_client_table_init(HashTable *table);

/** Closes and frees all of them; GSHUTDOWN only. */
void php_ody_client_table_fini(HashTable *table);

/**
 * The client for that address, made where missing; it connects by itself.
 * @return owned by the table, valid until the next call of a function here; NULL without memory.
 */
ody_client *php_ody_client_table_find(const php_ody_client_address *address);

/** Closes and forgets the client of that address, for when a call was broken off in its middle. */
void php_ody_client_table_drop(const php_ody_client_address *address);

#endif
