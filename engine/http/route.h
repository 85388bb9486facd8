/* SPDX-License-Identifier: MIT */
/* Which endpoint a path names. Pure; any thread. */
#ifndef ODY_HTTP_ROUTE_H
#define ODY_HTTP_ROUTE_H

#include "ody/view.h"

typedef enum ody_http_endpoint {
    ODY_HTTP_NOWHERE, /* 404 */
    ODY_HTTP_ROOT,
    ODY_HTTP_UP,
    ODY_HTTP_READY,
    ODY_HTTP_ACCEPT_TRAFFIC,
    ODY_HTTP_USAGE,
    ODY_HTTP_METRICS,
    ODY_HTTP_BROADCAST,
    ODY_HTTP_WEBSOCKET, /* /app/{key}, asked for without an upgrade */
    ODY_HTTP_TEST_PAGE,
    ODY_HTTP_INSPECTOR,
    ODY_HTTP_INSPECTOR_API, /* name: of what is asked for */
    /* Signed by an app from here on. */
    ODY_HTTP_EVENTS,
    ODY_HTTP_BATCH_EVENTS,
    ODY_HTTP_CHANNELS,
    ODY_HTTP_CHANNEL,
    ODY_HTTP_CHANNEL_USERS,
    ODY_HTTP_CHANNEL_EVENTS, /* deprecated: the body is the data of one event */
    ODY_HTTP_CHANNEL_SUBSCRIBERS,
    ODY_HTTP_TERMINATE,
    ODY_HTTP_CONNECTIONS,
    ODY_HTTP_CONNECTION_CHANNEL,
    ODY_HTTP_CONNECTION_EVENTS,
    ODY_HTTP_ENDPOINTS,
} ody_http_endpoint;

/** Methods that an endpoint takes: bits of a set. Whoever takes GET takes HEAD. */
enum ody_http_methods { ODY_HTTP_GET = 1, ODY_HTTP_POST = 2, ODY_HTTP_OPTIONS = 4 };

typedef struct ody_http_route {
    ody_http_endpoint endpoint;
    int methods;
    ody_view app_id;  /* or ODY_VIEW_NONE: the endpoint is not signed, or its path names no app */
    ody_view name;    /* of the channel or user, or the socket id */
    ody_view channel; /* CONNECTION_CHANNEL: of the connection `name` */
} ody_http_route;

/**
 * Finds the endpoint of a path, below the server's prefix or without it.
 * @param path without the query, percent-encoded.
 * @param prefix "" or "/prefix".
 * @param memory path.length bytes: what the views of the route point into, decoded.
 */
ody_http_route ody_http_route_find(ody_view path, ody_view prefix, char *memory);

/** Whether requests to the endpoint are signed by an app. */
static inline bool ody_http_is_signed(ody_http_endpoint endpoint)
{
    return endpoint >= ODY_HTTP_EVENTS;
}

#endif
