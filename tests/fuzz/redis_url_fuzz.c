/* SPDX-License-Identifier: MIT */
/* Any text as the URL of a Redis: what is accepted says the same when it is written anew. */
#include <stdlib.h>
#include <string.h>
#include "cluster/redis_url.h"
#include "fuzz.h"

static void append_escaped(char *out, ody_view text)
{
    out += strlen(out);
    for (size_t i = 0; i < text.length; i++) {
        out += sprintf(out, "%%%02x", (unsigned char)text.data[i]);
    }
}

/* The same address in the plainest spelling. */
static char *write_anew(const ody_redis_address *address)
{
    char *url = calloc(1, 16384);
    bool colons = address->host && strchr(address->host, ':');

    strcpy(url, address->path ? "unix://" : "redis://");
    if (address->password.data) {
        append_escaped(url, address->user);
        strcat(url, ":");
        append_escaped(url, address->password);
        strcat(url, "@");
    }
    if (address->path) {
        strcat(url, "/");
        append_escaped(url, ody_view_of(address->path + 1));
    } else {
        sprintf(url + strlen(url), "%s%s%s:%u", colons ? "[" : "", address->host, colons ? "]" : "",
                address->port);
    }
    sprintf(url + strlen(url), "?database=%u", address->database);
    return url;
}

static void must_be_equal(const char *one, const char *other)
{
    MUST(!one == !other);
    MUST(!one || strcmp(one, other) == 0);
}

static void check(const ody_redis_address *address)
{
    char shown[ODY_REDIS_ADDRESS_TEXT];
    char *url = write_anew(address);
    ody_redis_address *again;

    MUST(!address->host != !address->path);
    MUST(!address->path || (address->path[0] == '/' && strlen(address->path) < 108));
    MUST(!address->host || (strlen(address->host) > 0 && strlen(address->host) <= 253));
    MUST(address->port > 0 && address->database <= 999999);
    MUST(!address->user.data || address->password.data);
    ody_redis_address_show(address, shown);
    MUST(strlen(shown) < ODY_REDIS_ADDRESS_TEXT - 1);
    if (strlen(url) <= 4096) {
        MUST(ody_redis_url_read(url, &again, NULL) == 0);
        must_be_equal(address->host, again->host);
        must_be_equal(address->path, again->path);
        MUST(address->port == again->port && address->database == again->database);
        MUST(ody_view_equal(address->user, again->user));
        MUST(ody_view_equal(address->password, again->password));
        ody_redis_address_free(again);
    }
    free(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = malloc(size + 1);
    ody_redis_address *address;
    ody_error error;
    int code;

    memcpy(url, data, size);
    url[size] = '\0';
    code = ody_redis_url_read(url, &address, &error);
    if (code == 0) {
        check(address);
        ody_redis_address_free(address);
    } else {
        MUST(code == ODY_ECONFIGURATION && strncmp(error.message, "\"redis.url\" ", 12) == 0);
    }
    free(url);
    return 0;
}
