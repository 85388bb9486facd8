/* SPDX-License-Identifier: MIT */
/* The part of a URL that everybody may see. */
#include "webhook/origin.h"

#include <string.h>

void ody_webhook_origin(const char *url, char out[ODY_WEBHOOK_ORIGIN])
{
    const char *host = strstr(url, "://");
    size_t scheme = host ? (size_t)(host + 3 - url) : 0;
    const char *end;
    const char *user;
    size_t length;

    host = url + scheme;
    end = host + strcspn(host, "/?#\\");
    while ((user = memchr(host, '@', (size_t)(end - host)))) {
        host = user + 1;
    }
    length = (size_t)(end - host);
    if (scheme + length >= ODY_WEBHOOK_ORIGIN) {
        length = scheme < ODY_WEBHOOK_ORIGIN ? ODY_WEBHOOK_ORIGIN - 1 - scheme : 0;
        scheme = length > 0 ? scheme : 0;
    }
    memcpy(out, url, scheme);
    memcpy(out + scheme, host, length);
    out[scheme + length] = '\0';
}
