/* SPDX-License-Identifier: MIT */
/* The run-time version of libmicrohttpd, which only this room may call. */
#include <microhttpd.h>
#include "ody/server.h"

const char *ody_version_libmicrohttpd(void)
{
    return MHD_get_version();
}
