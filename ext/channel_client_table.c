/* SPDX-License-Identifier: MIT */
/* The connections of this thread, by address. */
#include "channel_client_table.h"

/* A process speaks to one server, seldom to a few. The bound keeps a script that makes up socket
 * paths from holding more and more descriptors. */
#define CLIENTS_MAX 16

static void client_release(zval *entry)
{
    ody_client_free(Z_PTR_P(entry));
}

void php_ody_client_table_init(HashTable *table)
{
    zend_hash_init(table, 1, NULL, client_release, true);
}

void php_ody_client_table_fini(HashTable *table)
{
    zend_hash_destroy(table);
}

/* The path comes last: it may hold any byte but NUL, the numbers before it end at their commas. */
static zend_string *table_key(const php_ody_client_address *address)
{
    return strpprintf(0, "%u,%u,%s", address->connect_timeout, address->timeout,
                      ZSTR_VAL(address->socket_path));
}

ody_client *php_ody_client_table_find(const php_ody_client_address *address)
{
    HashTable *table = &ODY_WEBSOCKET_G(clients);
    zend_string *key = table_key(address);
    ody_client *client = zend_hash_find_ptr(table, key);

    if (!client) {
        if (zend_hash_num_elements(table) >= CLIENTS_MAX) {
            zend_hash_clean(table);
        }
        client = ody_client_new(ZSTR_VAL(address->socket_path), address->connect_timeout,
                                address->timeout);
        if (client) {
            /* By bytes, so that the table makes a key of its own that outlives the request. */
            zend_hash_str_add_new_ptr(table, ZSTR_VAL(key), ZSTR_LEN(key), client);
        }
    }
    zend_string_release(key);
    return client;
}

void php_ody_client_table_drop(const php_ody_client_address *address)
{
    zend_string *key = table_key(address);

    zend_hash_del(&ODY_WEBSOCKET_G(clients), key);
    zend_string_release(key);
}
