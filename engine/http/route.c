/* SPDX-License-Identifier: MIT */
/* The table of paths. */
#include "http/route.h"

#include "wire/percent.h"

#define SEGMENTS_MAX 6

/* A '*' stands for a segment that is not empty. */
static const struct {
    const char *path;
    ody_http_endpoint endpoint;
    int methods;
} table[] = {
    {"/", ODY_HTTP_ROOT, ODY_HTTP_GET},
    {"/up", ODY_HTTP_UP, ODY_HTTP_GET},
    {"/health", ODY_HTTP_UP, ODY_HTTP_GET},
    {"/ready", ODY_HTTP_READY, ODY_HTTP_GET},
    {"/accept-traffic", ODY_HTTP_ACCEPT_TRAFFIC, ODY_HTTP_GET},
    {"/usage", ODY_HTTP_USAGE, ODY_HTTP_GET},
    {"/metrics", ODY_HTTP_METRICS, ODY_HTTP_GET},
    {"/api/broadcast", ODY_HTTP_BROADCAST, ODY_HTTP_POST | ODY_HTTP_OPTIONS},
    {"/app/*", ODY_HTTP_WEBSOCKET, ODY_HTTP_GET},
    {"/test", ODY_HTTP_TEST_PAGE, ODY_HTTP_GET},
    {"/inspector", ODY_HTTP_INSPECTOR, ODY_HTTP_GET},
    {"/inspector/", ODY_HTTP_INSPECTOR, ODY_HTTP_GET},
    {"/inspector/api/*", ODY_HTTP_INSPECTOR_API, ODY_HTTP_GET | ODY_HTTP_POST},
    {"/apps/*/events", ODY_HTTP_EVENTS, ODY_HTTP_POST},
    {"/apps/*/batch_events", ODY_HTTP_BATCH_EVENTS, ODY_HTTP_POST},
    {"/apps/*/channels", ODY_HTTP_CHANNELS, ODY_HTTP_GET},
    {"/apps/*/channels/*", ODY_HTTP_CHANNEL, ODY_HTTP_GET},
    {"/apps/*/channels/*/users", ODY_HTTP_CHANNEL_USERS, ODY_HTTP_GET},
    {"/apps/*/channels/*/events", ODY_HTTP_CHANNEL_EVENTS, ODY_HTTP_POST},
    {"/apps/*/channels/*/subscribers", ODY_HTTP_CHANNEL_SUBSCRIBERS, ODY_HTTP_GET},
    {"/apps/*/users/*/terminate_connections", ODY_HTTP_TERMINATE, ODY_HTTP_POST},
    {"/apps/*/connections", ODY_HTTP_CONNECTIONS, ODY_HTTP_GET},
    {"/apps/*/connections/*/channels/*", ODY_HTTP_CONNECTION_CHANNEL, ODY_HTTP_GET},
    {"/apps/*/connections/*/events", ODY_HTTP_CONNECTION_EVENTS, ODY_HTTP_POST},
    /* Pusher's library for Python leaves the app out here. */
    {"/users/*/terminate_connections", ODY_HTTP_TERMINATE, ODY_HTTP_POST},
};

/* A path in its segments. */
typedef struct segments {
    ody_view list[SEGMENTS_MAX];
    size_t count;
} segments;

/* Splits at slashes. @return false for more segments than any endpoint has. */
static bool split(ody_view path, segments *out)
{
    out->count = 0;
    while (path.length > 0) {
        const char *end = memchr(path.data + 1, '/', path.length - 1);
        size_t length = end ? (size_t)(end - path.data) : path.length;

        if (path.data[0] != '/' || out->count == SEGMENTS_MAX) {
            return false;
        }
        out->list[out->count++] = (ody_view){path.data + 1, length - 1};
        path = (ody_view){path.data + length, path.length - length};
    }
    return true;
}

/* Takes the segment at the front off a pattern. */
static ody_view take_segment(const char **pattern)
{
    const char *begin = *pattern + 1;
    size_t length = strcspn(begin, "/");

    *pattern = begin + length;
    return (ody_view){begin, length};
}

/* @param captured gets what stands for the asterisks, in their order. */
static bool matches(const char *pattern, const segments *path, ody_view captured[3])
{
    for (size_t index = 0; index < path->count; index++) {
        ody_view wanted, given = path->list[index];

        if (*pattern == '\0') {
            return false;
        }
        wanted = take_segment(&pattern);
        if (!ody_view_equal(wanted, ODY_VIEW("*"))) {
            if (!ody_view_equal(wanted, given)) {
                return false;
            }
        } else if (given.length == 0) {
            return false;
        } else {
            *captured++ = given;
        }
    }
    return *pattern == '\0' && path->count > 0;
}

static void decode(ody_view captured[3], char *memory)
{
    for (size_t index = 0; index < 3 && captured[index].data; index++) {
        captured[index] = (ody_view){memory, ody_percent_decode(captured[index], false, memory)};
        memory += captured[index].length;
    }
}

static bool find(const segments *path, char *memory, ody_http_route *route)
{
    for (size_t index = 0; index < sizeof(table) / sizeof(table[0]); index++) {
        ody_view captured[3] = {ODY_VIEW_NONE, ODY_VIEW_NONE, ODY_VIEW_NONE};
        bool with_app = strncmp(table[index].path, "/apps/", 6) == 0;

        if (!matches(table[index].path, path, captured)) {
            continue;
        }
        decode(captured, memory);
        *route = (ody_http_route){
            .endpoint = table[index].endpoint,
            .methods = table[index].methods,
            .app_id = with_app ? captured[0] : ODY_VIEW_NONE,
            .name = captured[with_app],
            .channel = captured[with_app + 1],
        };
        return true;
    }
    return false;
}

ody_http_route ody_http_route_find(ody_view path, ody_view prefix, char *memory)
{
    ody_http_route route = {.endpoint = ODY_HTTP_NOWHERE};
    segments parts;

    if (prefix.length > 0 && ody_view_starts(path, prefix)) {
        ody_view rest = {path.data + prefix.length, path.length - prefix.length};

        if (split(rest, &parts) && find(&parts, memory, &route)) {
            return route;
        }
    }
    if (split(path, &parts)) {
        find(&parts, memory, &route);
    }
    return route;
}
