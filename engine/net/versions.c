/* SPDX-License-Identifier: MIT */
/* The run-time versions of the libraries that only this room may call. */
#include <ev.h>
#include <libwebsockets.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include "ody/server.h"

const char *ody_version_libwebsockets(void)
{
    return lws_get_library_version();
}

const char *ody_version_openssl(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

const char *ody_version_libev(void)
{
    static char text[16];

    snprintf(text, sizeof(text), "%d.%d", ev_version_major(), ev_version_minor());
    return text;
}
