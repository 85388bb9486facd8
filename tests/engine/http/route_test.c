/* SPDX-License-Identifier: MIT */
/* Paths and the endpoints that they name. */
#include "http/route.h"
#include "guard.h"

static ody_http_route find(const char *path, const char *prefix)
{
    static char memory[1024];

    return ody_http_route_find(ody_test_guarded(ody_view_of(path)), ody_view_of(prefix), memory);
}

TEST(finds_every_endpoint)
{
    static const struct {
        const char *path;
        ody_http_endpoint endpoint;
        int methods;
    } rows[] = {
        {"/", ODY_HTTP_ROOT, ODY_HTTP_GET},
        {"/up", ODY_HTTP_UP, ODY_HTTP_GET},
        {"/health", ODY_HTTP_UP, ODY_HTTP_GET},
        {"/ready", ODY_HTTP_READY, ODY_HTTP_GET},
        {"/accept-traffic", ODY_HTTP_ACCEPT_TRAFFIC, ODY_HTTP_GET},
        {"/usage", ODY_HTTP_USAGE, ODY_HTTP_GET},
        {"/metrics", ODY_HTTP_METRICS, ODY_HTTP_GET},
        {"/api/broadcast", ODY_HTTP_BROADCAST, ODY_HTTP_POST | ODY_HTTP_OPTIONS},
        {"/app/key", ODY_HTTP_WEBSOCKET, ODY_HTTP_GET},
        {"/test", ODY_HTTP_TEST_PAGE, ODY_HTTP_GET},
        {"/inspector", ODY_HTTP_INSPECTOR, ODY_HTTP_GET},
        {"/inspector/", ODY_HTTP_INSPECTOR, ODY_HTTP_GET},
        {"/inspector/api/overview", ODY_HTTP_INSPECTOR_API, ODY_HTTP_GET | ODY_HTTP_POST},
        {"/apps/1/events", ODY_HTTP_EVENTS, ODY_HTTP_POST},
        {"/apps/1/batch_events", ODY_HTTP_BATCH_EVENTS, ODY_HTTP_POST},
        {"/apps/1/channels", ODY_HTTP_CHANNELS, ODY_HTTP_GET},
        {"/apps/1/channels/c", ODY_HTTP_CHANNEL, ODY_HTTP_GET},
        {"/apps/1/channels/c/users", ODY_HTTP_CHANNEL_USERS, ODY_HTTP_GET},
        {"/apps/1/channels/c/events", ODY_HTTP_CHANNEL_EVENTS, ODY_HTTP_POST},
        {"/apps/1/channels/c/subscribers", ODY_HTTP_CHANNEL_SUBSCRIBERS, ODY_HTTP_GET},
        {"/apps/1/users/u/terminate_connections", ODY_HTTP_TERMINATE, ODY_HTTP_POST},
        {"/users/u/terminate_connections", ODY_HTTP_TERMINATE, ODY_HTTP_POST},
        {"/apps/1/connections", ODY_HTTP_CONNECTIONS, ODY_HTTP_GET},
        {"/apps/1/connections/1.2/channels/c", ODY_HTTP_CONNECTION_CHANNEL, ODY_HTTP_GET},
        {"/apps/1/connections/1.2/events", ODY_HTTP_CONNECTION_EVENTS, ODY_HTTP_POST},
    };

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        ody_http_route route = find(rows[index].path, "");

        CHECK_EQUAL(route.endpoint, rows[index].endpoint);
        CHECK_EQUAL(route.methods, rows[index].methods);
        CHECK_EQUAL(ody_http_is_signed(route.endpoint), index >= 13);
    }
}

TEST(everything_else_is_nowhere)
{
    static const char *const paths[] = {
        "",
        "x",
        "//",
        "/up/",
        "//up",
        "/UP",
        "/up2",
        "/u",
        "/apps",
        "/apps/",
        "/apps/1",
        "/apps//events",
        "/apps/1/events/",
        "/apps/1/channels/",
        "/apps/1/channels//users",
        "/apps/1/channels/a/b/users",
        "/apps/1/channels/a/users/b",
        "/apps/1/connections/1.2/channels/c/d",
        "/apps/1/connections/1.2/channels/c/d/e/f",
        "/app",
        "/app/",
        "/app/key/more",
        "/api",
        "/api/broadcast/x",
    };

    for (size_t index = 0; index < sizeof(paths) / sizeof(paths[0]); index++) {
        if (find(paths[index], "").endpoint != ODY_HTTP_NOWHERE) {
            FAIL("%s leads somewhere", paths[index]);
        }
    }
}

TEST(decodes_what_it_captures)
{
    ody_http_route route = find("/apps/a%20b/channels/c%2Fd%40+/users", "");

    CHECK_TEXT(route.app_id, "a b");
    CHECK_TEXT(route.name, "c/d@+");
    CHECK(!route.channel.data);
    route = find("/apps/1/connections/1.2/channels/%23server-to-user-1", "");
    CHECK_TEXT(route.app_id, "1");
    CHECK_TEXT(route.name, "1.2");
    CHECK_TEXT(route.channel, "#server-to-user-1");
    route = find("/users/u%31/terminate_connections", "");
    CHECK(!route.app_id.data);
    CHECK_TEXT(route.name, "u1");
}

TEST(a_segment_is_split_before_it_is_decoded)
{
    CHECK_EQUAL(find("/apps%2F1/events", "").endpoint, ODY_HTTP_NOWHERE);
    CHECK_EQUAL(find("/%75p", "").endpoint, ODY_HTTP_NOWHERE);
    CHECK_TEXT(find("/apps/1/users/..%2f..%2f/terminate_connections", "").name, "../../");
}

TEST(the_prefix_may_be_there_or_not)
{
    CHECK_EQUAL(find("/ws/up", "/ws").endpoint, ODY_HTTP_UP);
    CHECK_EQUAL(find("/up", "/ws").endpoint, ODY_HTTP_UP);
    CHECK_EQUAL(find("/ws/", "/ws").endpoint, ODY_HTTP_ROOT);
    CHECK_EQUAL(find("/ws", "/ws").endpoint, ODY_HTTP_NOWHERE);
    CHECK_EQUAL(find("/wsup", "/ws").endpoint, ODY_HTTP_NOWHERE);
    CHECK_EQUAL(find("/ws/ws/up", "/ws").endpoint, ODY_HTTP_NOWHERE);
    CHECK_EQUAL(find("/apps/events", "/apps/1").endpoint, ODY_HTTP_NOWHERE);
    CHECK_EQUAL(find("/apps/1/events", "/apps").endpoint, ODY_HTTP_EVENTS);
    CHECK_TEXT(find("/a/b/apps/1/channels/c", "/a/b").name, "c");
}
