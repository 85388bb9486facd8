/* SPDX-License-Identifier: MIT */
/* Where a Redis is and who we are to it, read from one URL. Stateless; any thread. */
#ifndef ODY_CLUSTER_REDIS_URL_H
#define ODY_CLUSTER_REDIS_URL_H

#include <stdint.h>
#include "ody/error.h"
#include "ody/view.h"

/** What a URL says, with its escapes resolved. One block of memory. */
typedef struct ody_redis_address {
    const char *host; /* a name, or a numeric address without brackets; NULL: `path` it is */
    const char *path; /* of a Unix socket, or NULL */
    uint16_t port;
    uint32_t database;
    ody_view user;     /* ODY_VIEW_NONE: Redis' default user */
    ody_view password; /* ODY_VIEW_NONE: none. Never logged */
} ody_redis_address;

/**
 * Reads a URL (see ody/redis.h).
 * @param address on success the caller's, to be freed with ody_redis_address_free.
 * @return 0, ODY_ECONFIGURATION or ODY_EMEMORY. The sentence shows no secret.
 */
int ody_redis_url_read(const char *url, ody_redis_address **address, ody_error *error);
/** NULL is fine. */
void ody_redis_address_free(ody_redis_address *address);

/** Bytes that ody_redis_address_show may write, with the NUL. */
#define ODY_REDIS_ADDRESS_TEXT 320
/** Writes it for a log: host, port and database, or the path; no user and no password. */
void ody_redis_address_show(const ody_redis_address *address, char out[ODY_REDIS_ADDRESS_TEXT]);

#endif
