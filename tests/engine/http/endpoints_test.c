/* SPDX-License-Identifier: MIT */
/* Each endpoint: what it asks the hub, and what it answers, byte for byte. */
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "live_http.h"

static live_http live;

static void open_live(void)
{
    live_init(&live);
    live_open(&live, false);
}

#define EVENT "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\"}"

TEST(publishes_an_event)
{
    open_live();
    live_api(&live, "POST", "/apps/1/events", EVENT, 200, "{}");
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW("publish 0 c e d 0\n"));
    live_close(&live);
}

TEST(publishes_to_several_channels_but_to_one_client)
{
    open_live();
    live_api(&live, "POST", "/apps/1/events",
             "{\"name\":\"e\",\"data\":\"{}\",\"channels\":[\"c\",\"private-d\"],"
             "\"socket_id\":\"5.7\"}",
             200, "{}");
    CHECK_VIEW(ody_view_of(live.asked),
               ODY_VIEW("publish 0 c e {} 5\npublish 0 private-d e {} 5\n"));
    live_close(&live);
}

TEST(publishing_to_nobody_is_a_success)
{
    open_live();
    live_api(&live, "POST", "/apps/1/events",
             "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"missing\"}", 200, "{}");
    live_close(&live);
}

TEST(tells_of_channels_what_is_asked_for)
{
    open_live();
    live_api(&live, "POST", "/apps/1/events",
             "{\"name\":\"e\",\"data\":\"d\",\"channels\":[\"c\",\"presence-p\",\"presence-empty\","
             "\"c\"],\"info\":\"user_count,subscription_count\"}",
             200,
             "{\"channels\":{\"c\":{\"subscription_count\":3},"
             "\"presence-p\":{\"user_count\":2,\"subscription_count\":3},"
             "\"presence-empty\":{\"user_count\":0,\"subscription_count\":0}}}");
    live_api(&live, "POST", "/apps/1/events",
             "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\",\"info\":\"user_count\"}", 200,
             "{\"channels\":{\"c\":{}}}");
    live_close(&live);
}

TEST(tells_how_many_an_event_was_sent_to)
{
    open_live();
    live_api(&live, "POST", "/apps/1/events",
             "{\"name\":\"e\",\"data\":\"d\",\"channels\":[\"c\",\"d\"],\"info\":\"sent_to\"}", 200,
             "{\"channels\":{\"c\":{},\"d\":{}},\"sent_to\":6}");
    live_api(&live, "POST", "/apps/1/batch_events",
             "{\"batch\":[{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\",\"info\":"
             "\"subscription_count,sent_to\"}]}",
             200, "{\"batch\":[{\"subscription_count\":3,\"sent_to\":3}]}");
    live_api(&live, "GET", "/apps/1/channels/c?info=sent_to", NULL, 400,
             "The attribute sent_to can only be asked of an event");
    live_close(&live);
}

TEST(parameters_of_an_event_may_stand_in_the_query)
{
    open_live();
    live_api(&live, "POST", "/apps/1/events?name=e&data=d&channel=c&info=subscription_count", NULL,
             200, "{\"channels\":{\"c\":{\"subscription_count\":3}}}");
    live_close(&live);
}

TEST(apps_are_kept_apart)
{
    char request[16384];

    open_live();
    live_sign_as(request, "key2", "secret2", ody_clock_unix_ms() / 1000, "POST", "/apps/2/events",
                 EVENT);
    live_ask(&live, "192.0.2.1", request, 200, "{}");
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW("publish 1 c e d 0\n"));
    live_sign_as(request, "key2", "secret2", ody_clock_unix_ms() / 1000, "POST", "/apps/1/events",
                 EVENT);
    live_ask(&live, "192.0.2.1", request, 401, "Unknown auth_key \"key2\" for this app");
    live_close(&live);
}

TEST(publishes_a_batch_in_order)
{
    open_live();
    live_api(&live, "POST", "/apps/1/batch_events",
             "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\"},"
             "{\"name\":\"b\",\"data\":\"2\",\"channel\":\"missing\",\"socket_id\":\"9.1\"},"
             "{\"name\":\"c\",\"data\":\"3\",\"channel\":\"c\"}]}",
             200, "{}");
    CHECK_VIEW(ody_view_of(live.asked),
               ODY_VIEW("publish 0 c a 1 0\npublish 0 missing b 2 9\npublish 0 c c 3 0\n"));
    live_api(&live, "POST", "/apps/1/batch_events", "{\"batch\":[]}", 200, "{}");
    live_close(&live);
}

TEST(a_batch_s_attributes_stand_where_its_events_stood)
{
    open_live();
    live_api(&live, "POST", "/apps/1/batch_events",
             "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\",\"info\":"
             "\"subscription_count\"},{\"name\":\"b\",\"data\":\"2\",\"channel\":\"d\"},"
             "{\"name\":\"c\",\"data\":\"3\",\"channel\":\"presence-e\",\"info\":\"user_count\"}]}",
             200, "{\"batch\":[{\"subscription_count\":3},{},{\"user_count\":2}]}");
    live_close(&live);
}

TEST(one_bad_event_refuses_the_whole_batch)
{
    open_live();
    live_api(&live, "POST", "/apps/1/batch_events",
             "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\"},"
             "{\"name\":\"b\",\"data\":\"2\",\"channel\":\"not a name\"}]}",
             400,
             "[Event 1] invalid channel name: 1 to 200 of the characters A-Z a-z 0-9 _ - = @ , . ; "
             "are allowed");
    live_api(&live, "POST", "/apps/1/batch_events",
             "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\",\"info\":\"cache\"}]}",
             400,
             "[Event 0] Invalid info attribute: cache can be asked of a channel, not of an event");
    live_api(&live, "POST", "/apps/1/batch_events", "{\"batch\":[1,2,3,4,5,6,7,8,9,10,11]}", 413,
             "Batch too large: it has 11 events, at most 10 are allowed");
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW(""));
    live_close(&live);
}

TEST(the_deprecated_way_takes_its_data_bare)
{
    open_live();
    live_api(&live, "POST", "/apps/1/channels/c/events?name=e&socket_id=5.7", "{\"any\": 1}", 202,
             "");
    live_api(&live, "POST", "/apps/1/channels/c/events?name=e", NULL, 202, "");
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW("publish 0 c e {\"any\": 1} 5\n"
                                                 "publish 0 c e  0\n"));
    live_api(&live, "POST", "/apps/1/channels/c/events", "x", 400,
             "Missing required parameter: name");
    live_close(&live);
}

TEST(lists_channels)
{
    open_live();
    live_api(&live, "GET", "/apps/1/channels", NULL, 200,
             "{\"channels\":{\"orders\":{},\"presence-room\":{}}}");
    live_api(&live, "GET", "/apps/1/channels?info=subscription_count", NULL, 200,
             "{\"channels\":{\"orders\":{\"subscription_count\":3},"
             "\"presence-room\":{\"subscription_count\":5}}}");
    live_api(&live, "GET", "/apps/1/channels?filter_by_prefix=presence-&info=user_count", NULL, 200,
             "{\"channels\":{\"presence-room\":{\"user_count\":4}}}");
    live_api(&live, "GET", "/apps/1/channels?info=user_count", NULL, 400,
             "When requesting user_count, filter_by_prefix must begin with presence-");
    live_api(&live, "GET", "/apps/1/channels?filter_by_prefix=presence&info=user_count", NULL, 400,
             NULL);
    live_api(&live, "GET", "/apps/1/channels?info=cache", NULL, 400, NULL);
    live_api(&live, "GET", "/apps/1/channels?info=x", NULL, 400, NULL);
    live_close(&live);
}

TEST(describes_a_channel)
{
    open_live();
    live_api(&live, "GET", "/apps/1/channels/c", NULL, 200, "{\"occupied\":true}");
    live_api(&live, "GET", "/apps/1/channels/empty", NULL, 200, "{\"occupied\":false}");
    live_api(&live, "GET", "/apps/1/channels/c?info=subscription_count", NULL, 200,
             "{\"occupied\":true,\"subscription_count\":3}");
    live_api(&live, "GET", "/apps/1/channels/presence-p?info=user_count,subscription_count", NULL,
             200, "{\"occupied\":true,\"user_count\":2,\"subscription_count\":3}");
    live_api(&live, "GET", "/apps/1/channels/cache-c?info=cache", NULL, 200,
             "{\"occupied\":true,\"cache\":{\"data\":\"{\\\"a\\\":1}\",\"ttl\":60}}");
    live_api(&live, "GET", "/apps/1/channels/private-cache-c?info=cache", NULL, 200,
             "{\"occupied\":true,\"cache\":null}");
    live_api(&live, "GET", "/apps/1/channels/c?info=user_count", NULL, 400,
             "Cannot retrieve the user count unless the channel is a presence channel");
    live_api(&live, "GET", "/apps/1/channels/c?info=cache", NULL, 400,
             "Cannot retrieve the cache unless the channel is a cache channel");
    live_api(&live, "GET", "/apps/1/channels/not%20a%20name", NULL, 400, NULL);
    live_close(&live);
}

TEST(lists_the_users_of_a_presence_channel)
{
    open_live();
    live_api(&live, "GET", "/apps/1/channels/presence-p/users", NULL, 200,
             "{\"users\":[{\"id\":\"1\"},{\"id\":\"b\"}]}");
    live_api(&live, "GET", "/apps/1/channels/presence-empty/users", NULL, 200, "{\"users\":[]}");
    live_api(&live, "GET", "/apps/1/channels/c/users", NULL, 400,
             "Users can only be retrieved for presence channels");
    live_close(&live);
}

TEST(terminates_the_connections_of_a_user)
{
    char request[16384];

    open_live();
    live_api(&live, "POST", "/apps/1/users/u%2F1/terminate_connections", "{}", 200, "{}");
    live_api(&live, "POST", "/apps/1/users/u/terminate_connections", NULL, 200, "{}");
    live_api(&live, "POST", "/users/u/terminate_connections", "{}", 200, "{}");
    live_api(&live, "POST", "/apps/1/users/%ff/terminate_connections", NULL, 400,
             "Invalid user id");
    live_sign_as(request, "nobody", "x", ody_clock_unix_ms() / 1000, "POST",
                 "/users/u/terminate_connections", "{}");
    live_ask(&live, "192.0.2.1", request, 404, "There is no such app");
    live_close(&live);
}

TEST(counts_the_connections_of_an_app)
{
    open_live();
    atomic_store(&ody_shared_app(live.shared, 0)->connections, 17);
    live_api(&live, "GET", "/apps/1/connections", NULL, 200, "{\"connections\":17}");
    live_close(&live);
}

TEST(lists_subscribers)
{
    open_live();
    live_api(&live, "GET", "/apps/1/channels/c/subscribers", NULL, 200,
             "{\"subscribers\":[\"1.7\",\"65.8\",\"129.9\"]}");
    live_api(&live, "GET", "/apps/1/channels/empty/subscribers", NULL, 200, "{\"subscribers\":[]}");
    live_close(&live);
}

TEST(says_whether_a_connection_is_subscribed)
{
    open_live();
    live_api(&live, "GET", "/apps/1/connections/1.2/channels/yes", NULL, 200,
             "{\"subscribed\":true}");
    live_api(&live, "GET", "/apps/1/connections/1.2/channels/no", NULL, 200,
             "{\"subscribed\":false}");
    live_api(&live, "GET", "/apps/1/connections/x/channels/no", NULL, 400,
             "invalid socket id: two numbers with a dot between are expected");
    live_close(&live);
}

TEST(sends_an_event_to_one_connection)
{
    open_live();
    live_api(&live, "POST", "/apps/1/connections/1.2/events",
             "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\"}", 200, "{\"delivered\":true}");
    live_api(&live, "POST", "/apps/1/connections/1.3/events", "{\"name\":\"e\",\"data\":\"d\"}",
             200, "{\"delivered\":false}");
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW("whisper 0 c e d 1\nwhisper 0  e d 1\n"));
    live_api(&live, "POST", "/apps/1/connections/1.3/events", "{\"name\":\"e\"}", 400,
             "Missing required parameter: data");
    live_close(&live);
}

TEST(health_pages_are_for_everybody)
{
    open_live();
    live_ask(&live, "192.0.2.1", "GET /up HTTP/1.1\r\nHost: x\r\n\r\n", 200, "{\"health\":\"OK\"}");
    live_ask(&live, "192.0.2.1", "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", 200,
             "{\"health\":\"OK\"}");
    live_ask(&live, "192.0.2.1", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "OK");
    live_ask(&live, "192.0.2.1", "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", 200, "OK");
    live_ask(&live, "192.0.2.1", "GET /accept-traffic HTTP/1.1\r\nHost: x\r\n\r\n", 200, "OK");
    live.not_ready = true;
    live_ask(&live, "192.0.2.1", "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", 503,
             "The server is starting");
    atomic_store(&live.shared->draining, true);
    live_ask(&live, "192.0.2.1", "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", 503,
             "The server is shutting down");
    live_close(&live);
}

TEST(traffic_is_wanted_until_the_connections_run_out)
{
    open_live();
    atomic_store(&live.shared->connection_limit, 100);
    atomic_store(&live.shared->connections, 85);
    live_ask(&live, "192.0.2.1", "GET /accept-traffic HTTP/1.1\r\nHost: x\r\n\r\n", 200, "OK");
    atomic_store(&live.shared->connections, 86);
    live_ask(&live, "192.0.2.1", "GET /accept-traffic HTTP/1.1\r\nHost: x\r\n\r\n", 503,
             "The server has too many connections");
    live_close(&live);
}

TEST(tells_how_much_memory_is_used)
{
    unsigned long long unused, used, total, percent;
    live_answer answer;
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, "GET /usage HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = live_read(&live, descriptor);
    CHECK_EQUAL(sscanf(answer.body,
                       "{\"memory\":{\"free\":%llu,\"used\":%llu,\"total\":%llu,\"percent\":%llu}}",
                       &unused, &used, &total, &percent),
                4);
    CHECK(used > 1 << 20 && total > used && unused == total - used &&
          percent == used * 100 / total);
    live_check(answer, 200, NULL);
    close(descriptor);
    live_close(&live);
}

TEST(a_websocket_address_needs_an_upgrade)
{
    live_answer answer;
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, "GET /app/key?protocol=7 HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Upgrade", "websocket");
    live_check_header(&answer, "Sec-WebSocket-Version", "13");
    live_check(answer, 426, "This is not a WebSocket request of RFC 6455, version 13.\n");
    close(descriptor);
    live_close(&live);
}

TEST(every_endpoint_is_found_below_the_prefix_too)
{
    char request[16384];

    live_init(&live);
    live.options.path = "/ws";
    live_open(&live, false);
    live_ask(&live, "192.0.2.1", "GET /ws/up HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    live_ask(&live, "192.0.2.1", "GET /up HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    live_api(&live, "POST", "/ws/apps/1/events", EVENT, 200, "{}");
    live_api(&live, "POST", "/apps/1/events", EVENT, 200, "{}");
    /* Signed without the prefix, sent with it. */
    live_sign(request, "GET", "/apps/1/channels", NULL);
    memmove(request + 7, request + 4, strlen(request + 4) + 1);
    memcpy(request + 4, "/ws", 3);
    live_ask(&live, "192.0.2.1", request, 200, NULL);
    live_close(&live);
}
