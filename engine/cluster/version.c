/* SPDX-License-Identifier: MIT */
/* The version of hiredis, which only this room may call, and which does not tell it at run time. */
#include <hiredis/hiredis.h>
#include "ody/server.h"

#define AS_TEXT(number) #number
#define VERSION(major, minor, patch) AS_TEXT(major) "." AS_TEXT(minor) "." AS_TEXT(patch)

const char *ody_version_hiredis(void)
{
    return VERSION(HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
}
