/* SPDX-License-Identifier: MIT */
/* The address of a Redis as configuration writes it. Stateless; any thread. */
#ifndef ODY_REDIS_H
#define ODY_REDIS_H

#include "ody/error.h"

/**
 * Whether a server could use url: redis://[[user]:password@]host[:port][/database], or
 * unix://[[user]:password@]/path[?database=number]. tcp:// is another word for redis://.
 * @return 0, or ODY_ECONFIGURATION with a sentence that shows nothing of the url's secrets, or
 *         ODY_EMEMORY.
 */
int ody_redis_url_check(const char *url, ody_error *error);

#endif
