/* SPDX-License-Identifier: MIT */
/* The run-time version of jansson, which only this room may call. */
#include <jansson.h>
#include "ody/server.h"

const char *ody_version_jansson(void)
{
    return jansson_version_str();
}
