/* SPDX-License-Identifier: MIT */
/* The JSON of each event, and the body around them. */
#include "webhook/body.h"
#include "test.h"

static void expect(const ody_webhook_notice *notice, const char *json)
{
    ody_bytes out = {0};

    ody__webhook_event(&out, notice);
    CHECK_VIEW(ody_bytes_view(&out), ody_view_of(json));
    ody_bytes_fini(&out);
}

TEST(each_event_has_its_fields)
{
    static const struct {
        ody_webhook_event kind;
        const char *name;
    } plain[] = {
        {ODY_WEBHOOK_CHANNEL_OCCUPIED, "channel_occupied"},
        {ODY_WEBHOOK_CHANNEL_VACATED, "channel_vacated"},
        {ODY_WEBHOOK_CACHE_MISS, "cache_miss"},
    };

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        char json[100];

        snprintf(json, sizeof(json), "{\"name\":\"%s\",\"channel\":\"cache-a\"}", plain[i].name);
        expect(&(ody_webhook_notice){.kind = plain[i].kind, .channel = ODY_VIEW("cache-a")}, json);
    }
    expect(&(ody_webhook_notice){.kind = ODY_WEBHOOK_MEMBER_ADDED,
                                 .channel = ODY_VIEW("presence-a"),
                                 .user_id = ODY_VIEW("u")},
           "{\"name\":\"member_added\",\"channel\":\"presence-a\",\"user_id\":\"u\"}");
    expect(&(ody_webhook_notice){.kind = ODY_WEBHOOK_MEMBER_REMOVED,
                                 .channel = ODY_VIEW("presence-a"),
                                 .user_id = ODY_VIEW("\"")},
           "{\"name\":\"member_removed\",\"channel\":\"presence-a\",\"user_id\":\"\\\"\"}");
    expect(&(ody_webhook_notice){.kind = ODY_WEBHOOK_SUBSCRIPTION_COUNT,
                                 .channel = ODY_VIEW("a"),
                                 .data = ODY_VIEW("17")},
           "{\"name\":\"subscription_count\",\"channel\":\"a\",\"subscription_count\":17}");
}

TEST(pitfall_27_only_a_client_event_on_a_presence_channel_has_a_user)
{
    ody_webhook_notice notice = {
        .kind = ODY_WEBHOOK_CLIENT_EVENT,
        .channel = ODY_VIEW("private-a"),
        .event = ODY_VIEW("client-e"),
        .data = ODY_VIEW("{\"a\":\"\xc3\xa4\"}"),
        .socket_id = ODY_VIEW("1.2"),
    };

    expect(&notice, "{\"name\":\"client_event\",\"channel\":\"private-a\",\"event\":\"client-e\","
                    "\"data\":\"{\\\"a\\\":\\\"\xc3\xa4\\\"}\",\"socket_id\":\"1.2\"}");
    notice.channel = ODY_VIEW("presence-a");
    notice.user_id = ODY_VIEW("7");
    expect(&notice,
           "{\"name\":\"client_event\",\"channel\":\"presence-a\",\"event\":\"client-e\","
           "\"data\":\"{\\\"a\\\":\\\"\xc3\xa4\\\"}\",\"socket_id\":\"1.2\",\"user_id\":\"7\"}");
}

TEST(a_body_holds_its_events_with_commas_between)
{
    ody_bytes out = {0};

    ody__webhook_body_begin(&out, 1700000000123);
    ody__webhook_body_add(&out, ODY_VIEW("{\"a\":1}"));
    ody__webhook_body_add(&out, ODY_VIEW("{\"b\":2}"));
    ody__webhook_body_end(&out);
    CHECK_TEXT(ody_bytes_view(&out),
               "{\"time_ms\":1700000000123,\"events\":[{\"a\":1},{\"b\":2}]}");
    ody_bytes_fini(&out);
}
