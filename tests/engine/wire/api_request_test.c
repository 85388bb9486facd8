/* SPDX-License-Identifier: MIT */
/* Bodies of the HTTP API: what good ones say, and what hostile ones are told. */
#include "base/memory.h"
#include "guard.h"
#include "support.h"
#include "wire/api_request.h"

static const ody_app_limits limits = {
    .channels_per_publish = 3, .events_per_batch = 2, .json_depth = 8};

static const ody_query nothing;

/* The one event of a body that must be good. */
static ody_api_events good(const char *body, const ody_query *query)
{
    ody_api_events events;
    ody_error error;

    if (ody_api_event_parse(ody_test_guarded(ody_view_of(body)), query, &limits, &events, &error) <
        0) {
        FAIL("%s: %s", body, error.message);
    }
    CHECK_EQUAL(events.count, 1);
    return events;
}

TEST(reads_an_event_with_one_channel)
{
    ody_api_events events = good("{\"name\":\"e\",\"data\":\"{\\\"a\\\":1 }\",\"channel\":\"c\","
                                 "\"socket_id\":\"1.2\",\"info\":\"user_count\",\"more\":[1]}",
                                 &nothing);
    const ody_api_event *event = events.events;

    CHECK_TEXT(event->name, "e");
    CHECK_TEXT(event->data, "{\"a\":1 }");
    CHECK_TEXT(event->socket_id, "1.2");
    CHECK_TEXT(event->info, "user_count");
    CHECK_EQUAL(event->channel_count, 1);
    CHECK_TEXT(event->channels[0], "c");
    ody_api_events_fini(&events);
}

TEST(reads_an_event_with_several_channels)
{
    ody_api_events events =
        good("{\"name\":\"e\",\"data\":\"\",\"channels\":[\"c\",\"d\",\"c\"]}", &nothing);

    CHECK_EQUAL(events.events->channel_count, 3);
    CHECK_TEXT(events.events->channels[1], "d");
    CHECK(events.events->data.data && events.events->data.length == 0);
    CHECK(!events.events->socket_id.data && !events.events->info.data);
    ody_api_events_fini(&events);
}

TEST(null_is_as_good_as_absent)
{
    ody_api_events events = good("{\"name\":\"e\",\"data\":\"\",\"channels\":null,\"channel\":"
                                 "\"c\",\"socket_id\":null,\"info\":null}",
                                 &nothing);

    CHECK_EQUAL(events.events->channel_count, 1);
    CHECK(!events.events->socket_id.data);
    ody_api_events_fini(&events);
}

TEST(the_query_gives_what_the_body_leaves_out)
{
    ody_query query;
    ody_api_events events;

    CHECK_EQUAL(ody_query_parse(ODY_VIEW("name=n&data=d&channels[]=a&channels[]=b&info=user_count&"
                                         "socket_id=3.4"),
                                &query, NULL),
                0);
    events = good("", &query);
    CHECK_TEXT(events.events->name, "n");
    CHECK_TEXT(events.events->data, "d");
    CHECK_TEXT(events.events->info, "user_count");
    CHECK_TEXT(events.events->socket_id, "3.4");
    CHECK_EQUAL(events.events->channel_count, 2);
    CHECK_TEXT(events.events->channels[1], "b");
    ody_api_events_fini(&events);
    events = good("{\"name\":\"mine\",\"channel\":\"x\"}", &query);
    CHECK_TEXT(events.events->name, "mine");
    CHECK_EQUAL(events.events->channel_count, 1);
    CHECK_TEXT(events.events->channels[0], "x");
    ody_api_events_fini(&events);
    ody_query_fini(&query);
}

TEST(a_single_channel_may_stand_in_the_query)
{
    ody_query query;
    ody_api_events events;

    CHECK_EQUAL(ody_query_parse(ODY_VIEW("channel=a"), &query, NULL), 0);
    events = good("{\"name\":\"n\",\"data\":\"d\"}", &query);
    CHECK_EQUAL(events.events->channel_count, 1);
    CHECK_TEXT(events.events->channels[0], "a");
    ody_api_events_fini(&events);
    ody_query_fini(&query);
}

typedef struct hostile_row {
    ody_view body;
    int code;
    const char *sentence;
} hostile_row;

#define EVENT(rest) ODY_VIEW("{\"name\":\"e\",\"data\":\"d\"" rest "}")

static const hostile_row rows[] = {
    {ODY_VIEW("x"), ODY_EJSON, "Invalid request body (not valid JSON)"},
    {ODY_VIEW("[]"), ODY_EINVALID, "Invalid request body (must be a JSON object)"},
    {ODY_VIEW("{\"name\":\"\xff\"}"), ODY_EENCODING, "Invalid request body (not valid UTF-8)"},
    {ODY_VIEW("{\"name\":\"a\",\"name\":\"b\"}"), ODY_EJSON,
     "Invalid request body (an object has the same key twice)"},
    {ODY_VIEW("{\"a\":[[[[[[[[1]]]]]]]]}"), ODY_EDEPTH,
     "Invalid request body (nested deeper than 8 levels)"},
    {{"", 0}, ODY_EINVALID, "Missing required parameter: name"},
    {ODY_VIEW("{\"name\":null}"), ODY_EINVALID, "Missing required parameter: name"},
    {ODY_VIEW("{\"name\":1}"), ODY_EINVALID, "Expected name to be a string"},
    {ODY_VIEW("{\"name\":\"a\\u0000\"}"), ODY_EINVALID,
     "Invalid parameter: name contains a NUL character"},
    {ODY_VIEW("{\"name\":\"e\"}"), ODY_EINVALID, "Missing required parameter: data"},
    {ODY_VIEW("{\"name\":\"e\",\"data\":{}}"), ODY_EINVALID, "Expected data to be a string"},
    {EVENT(""), ODY_EINVALID, "Missing required parameter: channel"},
    {EVENT(",\"channels\":[]"), ODY_EINVALID, "Missing required parameter: channel"},
    {EVENT(",\"channel\":5"), ODY_EINVALID, "Expected channel name to be a string"},
    {EVENT(",\"channel\":[\"a\"]"), ODY_EINVALID, "Expected channel name to be a string"},
    {EVENT(",\"channel\":\"a\\u0000\""), ODY_EINVALID,
     "Invalid channel name (contains a NUL character)"},
    {EVENT(",\"channels\":\"a\""), ODY_EINVALID, "Expected channels to be an array of strings"},
    {EVENT(",\"channels\":{\"0\":\"a\"}"), ODY_EINVALID,
     "Expected channels to be an array of strings"},
    {EVENT(",\"channels\":[\"a\",null]"), ODY_EINVALID, "Expected channel name to be a string"},
    {EVENT(",\"channels\":[\"a\"],\"channel\":\"b\""), ODY_EINVALID,
     "Only one of the parameters channel and channels can be used"},
    {EVENT(",\"channels\":[\"a\",\"b\",\"c\",\"d\"]"), ODY_EINVALID,
     "Too many channels: 4 in one event, at most 3"},
    {EVENT(",\"channel\":\"a\",\"socket_id\":1.2"), ODY_EINVALID,
     "Expected socket_id to be a string"},
    {EVENT(",\"channel\":\"a\",\"info\":[\"user_count\"]"), ODY_EINVALID,
     "Expected info to be a string"},
};

TEST(refuses_each_hostile_event_with_its_sentence)
{
    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        const hostile_row *row = &rows[index];
        ody_api_events events = {0};
        ody_error error;
        int code =
            ody_api_event_parse(ody_test_guarded(row->body), &nothing, &limits, &events, &error);

        if (code != row->code) {
            FAIL("%.*s gives %d", (int)row->body.length, row->body.data, code);
        }
        CHECK_VIEW(ody_view_of(error.message), ody_view_of(row->sentence));
        CHECK(!events.owned);
        CHECK_EQUAL(ody_api_event_parse(row->body, &nothing, &limits, &events, NULL), row->code);
    }
}

TEST(too_many_channels_in_the_query_are_refused)
{
    ody_query query;
    ody_api_events events = {0};
    ody_error error;

    CHECK_EQUAL(ody_query_parse(ODY_VIEW("channels[]=a&channels[]=b&channels[]=c&channels[]=d"),
                                &query, NULL),
                0);
    CHECK_EQUAL(ody_api_event_parse(EVENT(""), &query, &limits, &events, &error), ODY_EINVALID);
    CHECK_TEXT(ody_view_of(error.message), "Too many channels: 4 in one event, at most 3");
    CHECK(!events.owned);
    ody_query_fini(&query);
}

TEST(reads_a_batch)
{
    ody_api_events events;

    CHECK_EQUAL(
        ody_api_batch_parse(ODY_VIEW("{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":"
                                     "\"x\"},{\"name\":\"b\",\"data\":\"2\",\"channel\":\"y\","
                                     "\"socket_id\":\"1.2\",\"info\":\"user_count\"}]}"),
                            &limits, &events, NULL),
        0);
    CHECK_EQUAL(events.count, 2);
    CHECK_TEXT(events.events[0].channels[0], "x");
    CHECK_TEXT(events.events[1].channels[0], "y");
    CHECK_TEXT(events.events[1].socket_id, "1.2");
    CHECK_TEXT(events.events[1].info, "user_count");
    ody_api_events_fini(&events);
    CHECK_EQUAL(ody_api_batch_parse(ODY_VIEW("{\"batch\":[]}"), &limits, &events, NULL), 0);
    CHECK_EQUAL(events.count, 0);
    ody_api_events_fini(&events);
}

TEST(refuses_each_hostile_batch_with_its_sentence)
{
    static const hostile_row batches[] = {
        {{"", 0}, ODY_EINVALID, "Missing required parameter: batch"},
        {ODY_VIEW("{\"batch\":null}"), ODY_EINVALID, "Missing required parameter: batch"},
        {ODY_VIEW("{\"batch\":{}}"), ODY_EINVALID, "Expected batch to be an array of objects"},
        {ODY_VIEW("{\"batch\":[1]}"), ODY_EINVALID, "Expected batch[0] to be an object"},
        {ODY_VIEW("{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"x\"},{}]}"),
         ODY_EINVALID, "Missing required parameter: batch[1].name"},
        {ODY_VIEW("{\"batch\":[{\"name\":\"a\",\"data\":\"1\"}]}"), ODY_EINVALID,
         "Missing required parameter: batch[0].channel"},
        {ODY_VIEW("{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":1}]}"), ODY_EINVALID,
         "Expected channel name to be a string in batch[0]"},
        {ODY_VIEW("{\"batch\":[{\"name\":\"a\",\"data\":1,\"channel\":\"c\"}]}"), ODY_EINVALID,
         "Expected batch[0].data to be a string"},
        {ODY_VIEW("{\"batch\":[1,2,3]}"), ODY_EPAYLOAD_SIZE,
         "Batch too large: it has 3 events, at most 2 are allowed"},
    };

    for (size_t index = 0; index < sizeof(batches) / sizeof(batches[0]); index++) {
        ody_api_events events = {0};
        ody_error error;

        CHECK_EQUAL(
            ody_api_batch_parse(ody_test_guarded(batches[index].body), &limits, &events, &error),
            batches[index].code);
        CHECK_VIEW(ody_view_of(error.message), ody_view_of(batches[index].sentence));
        CHECK(!events.owned);
    }
}

TEST(reads_a_whisper_with_and_without_a_channel)
{
    ody_api_events events;

    CHECK_EQUAL(ody_api_whisper_parse(EVENT(""), &limits, &events, NULL), 0);
    CHECK_EQUAL(events.events->channel_count, 0);
    ody_api_events_fini(&events);
    CHECK_EQUAL(ody_api_whisper_parse(EVENT(",\"channel\":\"c\""), &limits, &events, NULL), 0);
    CHECK_TEXT(events.events->channels[0], "c");
    ody_api_events_fini(&events);
    CHECK_EQUAL(ody_api_whisper_parse(ODY_VIEW("{\"name\":\"e\"}"), &limits, &events, NULL),
                ODY_EINVALID);
}

#define BROADCAST(rest) ODY_VIEW("{\"channel\":\"c\",\"event\":\"e\",\"api_key\":\"k\"" rest "}")

static void check_broadcast_data(ody_view body, ody_view wanted)
{
    ody_api_broadcast broadcast;

    CHECK_EQUAL(ody_api_broadcast_parse(ody_test_guarded(body), 8, &broadcast, NULL), 0);
    CHECK_VIEW(broadcast.data, wanted);
    CHECK_TEXT(broadcast.channel, "c");
    CHECK_TEXT(broadcast.event, "e");
    CHECK_TEXT(broadcast.api_key, "k");
    ody_api_broadcast_fini(&broadcast);
}

TEST(broadcast_data_may_be_any_value)
{
    check_broadcast_data(BROADCAST(",\"data\":\"as \\u0069s\""), ODY_VIEW("as is"));
    check_broadcast_data(BROADCAST(",\"data\": {\"a\" : [1.50, \"x y\"]} "),
                         ODY_VIEW("{\"a\":[1.50,\"x y\"]}"));
    check_broadcast_data(BROADCAST(",\"data\":[]"), ODY_VIEW("[]"));
    check_broadcast_data(BROADCAST(",\"data\":null"), ODY_VIEW("null"));
    check_broadcast_data(BROADCAST(",\"data\": -0.10 "), ODY_VIEW("-0.10"));
    check_broadcast_data(ODY_VIEW("{\"data\":true,\"channel\":\"c\",\"event\":\"e\",\"api_key\":"
                                  "\"k\"}"),
                         ODY_VIEW("true"));
}

TEST(reads_the_key_of_a_broadcast)
{
    ody_api_broadcast broadcast;

    CHECK_EQUAL(ody_api_broadcast_parse(BROADCAST(",\"data\":1,\"broadcast_key\":\"s\""), 8,
                                        &broadcast, NULL),
                0);
    CHECK_TEXT(broadcast.broadcast_key, "s");
    ody_api_broadcast_fini(&broadcast);
    CHECK_EQUAL(ody_api_broadcast_parse(BROADCAST(",\"data\":1"), 8, &broadcast, NULL), 0);
    CHECK(!broadcast.broadcast_key.data);
    ody_api_broadcast_fini(&broadcast);
}

TEST(refuses_each_hostile_broadcast_with_its_sentence)
{
    static const hostile_row broadcasts[] = {
        {{"", 0}, ODY_EJSON, "Invalid request body (not valid JSON)"},
        {ODY_VIEW("{}"), ODY_EINVALID, "Missing required field: channel"},
        {ODY_VIEW("{\"channel\":\"\"}"), ODY_EINVALID, "Missing required field: channel"},
        {ODY_VIEW("{\"channel\":\"c\"}"), ODY_EINVALID, "Missing required field: event"},
        {ODY_VIEW("{\"channel\":\"c\",\"event\":\"e\"}"), ODY_EINVALID,
         "Missing required field: api_key"},
        {BROADCAST(""), ODY_EINVALID, "Missing required field: data"},
        {BROADCAST(",\"data\":1,\"broadcast_key\":1"), ODY_EINVALID,
         "Expected broadcast_key to be a string"},
        {ODY_VIEW("{\"channel\":[],\"event\":\"e\"}"), ODY_EINVALID,
         "Expected channel to be a string"},
        {ODY_VIEW("{\"channel\":\"a\\u0000\",\"event\":\"e\"}"), ODY_EINVALID,
         "Invalid channel (contains a NUL character)"},
        {BROADCAST(",\"data\":[[[[[[[[1]]]]]]]]"), ODY_EDEPTH,
         "Invalid request body (nested deeper than 8 levels)"},
    };

    for (size_t index = 0; index < sizeof(broadcasts) / sizeof(broadcasts[0]); index++) {
        ody_api_broadcast broadcast;
        ody_error error;

        CHECK_EQUAL(ody_api_broadcast_parse(ody_test_guarded(broadcasts[index].body), 8, &broadcast,
                                            &error),
                    broadcasts[index].code);
        CHECK_VIEW(ody_view_of(error.message), ody_view_of(broadcasts[index].sentence));
        CHECK(!broadcast.owned);
    }
}

TEST(a_broadcast_may_be_a_form)
{
    ody_query form;
    ody_api_broadcast broadcast;
    ody_error error;

    CHECK_EQUAL(ody_query_parse(ODY_VIEW("channel=c&event=e&data=%7B%7D&api_key=k"), &form, NULL),
                0);
    CHECK_EQUAL(ody_api_broadcast_form(&form, &broadcast, &error), 0);
    CHECK_TEXT(broadcast.data, "{}");
    CHECK_TEXT(broadcast.api_key, "k");
    ody_api_broadcast_fini(&broadcast);
    ody_query_fini(&form);
    CHECK_EQUAL(ody_query_parse(ODY_VIEW("channel=c&event=e&api_key=k"), &form, NULL), 0);
    CHECK_EQUAL(ody_api_broadcast_form(&form, &broadcast, &error), ODY_EINVALID);
    CHECK_TEXT(ody_view_of(error.message), "Missing required field: data");
    ody_query_fini(&form);
}

static int read_anything(int which)
{
    ody_api_events events = {0};
    ody_api_broadcast broadcast = {0};
    int code;

    switch (which) {
    case 0:
        code = ody_api_event_parse(EVENT(",\"channels\":[\"a\",\"b\"]"), &nothing, &limits, &events,
                                   NULL);
        break;
    case 1:
        code = ody_api_batch_parse(
            ODY_VIEW("{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"x\"}]}"), &limits,
            &events, NULL);
        break;
    case 2:
        code = ody_api_whisper_parse(EVENT(""), &limits, &events, NULL);
        break;
    default:
        code = ody_api_broadcast_parse(BROADCAST(",\"data\":{}"), 8, &broadcast, NULL);
    }
    ody_api_events_fini(&events);
    ody_api_broadcast_fini(&broadcast);
    return code;
}

TEST(survives_a_lack_of_memory_anywhere)
{
    for (int which = 0; which < 4; which++) {
        ody_memory_fail_at(1);
        CHECK_EQUAL(read_anything(which), ODY_EMEMORY);
        ody_memory_fail_at(0);
        for (int told = 0; told < 2; told++) {
            fail_json_at(1, told);
            CHECK_EQUAL(read_anything(which), ODY_EMEMORY);
        }
        CHECK_EQUAL(read_anything(which), 0);
    }
}
