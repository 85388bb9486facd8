/* SPDX-License-Identifier: MIT */
/* What clients send, in the spellings of real clients: every field, every optional one left out. */
#include "wire/message.h"
#include "base/memory.h"
#include "guard.h"
#include "support.h"

/* Parses text that must be fine. */
static ody_message parse(ody_view text)
{
    ody_message message;
    ody_error error;
    int result = ody_message_parse(ody_test_guarded(text), &test_limits, &message, &error);

    if (result != 0) {
        FAIL("%.*s: %s", (int)text.length, text.data, error.message);
    }
    return message;
}

TEST(reads_ping_and_pong_in_any_spelling)
{
    static const struct {
        ody_view text;
        ody_message_kind kind;
    } rows[] = {
        {ODY_VIEW("{\"event\":\"pusher:ping\",\"data\":{}}"), ODY_MESSAGE_PING},
        {ODY_VIEW("{\"event\":\"pusher:pong\",\"data\":{}}"), ODY_MESSAGE_PONG},
        {ODY_VIEW("{\"event\":\"pusher:ping\"}"), ODY_MESSAGE_PING},
        {ODY_VIEW("{\"event\":\"pusher:ping\",\"data\":\"{}\"}"), ODY_MESSAGE_PING},
        {ODY_VIEW("{\"event\":\"pusher:ping\",\"data\":\"\"}"), ODY_MESSAGE_PING},
        {ODY_VIEW("{\"event\":\"pusher:ping\",\"data\":null}"), ODY_MESSAGE_PING},
        {ODY_VIEW(" { \"data\" : [ ] , \"event\" : \"pusher:pong\" }\n"), ODY_MESSAGE_PONG},
        {ODY_VIEW("{\"event\":\"pusher\\u003aping\"}"), ODY_MESSAGE_PING},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ody_message message = parse(rows[i].text);

        CHECK_EQUAL(message.kind, rows[i].kind);
        CHECK_EQUAL(message.event.length, 11);
        CHECK(!message.channel.data && !message.data.data);
        ody_message_fini(&message);
    }
}

TEST(the_fixed_spelling_costs_no_allocation)
{
    ody_message message;

    ody_memory_fail_at(1);
    fail_json_at(1, false);
    CHECK_EQUAL(ody_message_parse(ODY_VIEW("{\"event\":\"pusher:ping\",\"data\":{}}"), &test_limits,
                                  &message, NULL),
                0);
    CHECK_TEXT(message.event, "pusher:ping");
    CHECK(!message.owned);
    ody_message_fini(&message);
}

TEST(reads_a_subscription)
{
    ody_message message = parse(
        ODY_VIEW("{\"event\":\"pusher:subscribe\",\"data\":{\"auth\":\"key:abc\",\"channel_data\":"
                 "\"{\\\"user_id\\\": 10}\",\"channel\":\"presence-foobar\"}}"));

    CHECK_EQUAL(message.kind, ODY_MESSAGE_SUBSCRIBE);
    CHECK_TEXT(message.event, "pusher:subscribe");
    CHECK_TEXT(message.channel, "presence-foobar");
    CHECK_TEXT(message.auth, "key:abc");
    CHECK_TEXT(message.channel_data, "{\"user_id\": 10}");
    ody_message_fini(&message);
    CHECK(!message.owned);
    ody_message_fini(&message);
}

TEST(absent_null_and_empty_auth_are_absent)
{
    static const ody_view texts[] = {
        ODY_VIEW("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"c\",\"auth\":\"\"}}"),
        ODY_VIEW("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"c\",\"auth\":null,"
                 "\"channel_data\":null}}"),
        ODY_VIEW("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"c\"}}"),
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        ody_message message = parse(texts[i]);

        CHECK_TEXT(message.channel, "c");
        CHECK(!message.auth.data && !message.channel_data.data);
        ody_message_fini(&message);
    }
}

TEST(reads_data_that_came_as_a_string)
{
    ody_message message = parse(ODY_VIEW(
        "{\"event\":\"pusher:subscribe\",\"data\":\"{\\\"channel\\\":\\\"a\\\",\\\"auth\\\":"
        "\\\"k:s\\\",\\\"channel_data\\\":\\\"{\\\\\\\"user_id\\\\\\\":1}\\\"}\"}"));

    CHECK_TEXT(message.channel, "a");
    CHECK_TEXT(message.auth, "k:s");
    CHECK_TEXT(message.channel_data, "{\"user_id\":1}");
    ody_message_fini(&message);
}

TEST(an_empty_channel_is_for_the_grammar_to_judge)
{
    ody_message message =
        parse(ODY_VIEW("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"\"}}"));

    CHECK(message.channel.data);
    CHECK_EQUAL(message.channel.length, 0);
    ody_message_fini(&message);
}

TEST(reads_unsubscribe_and_signin)
{
    ody_message message =
        parse(ODY_VIEW("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"a\"}}"));

    CHECK_EQUAL(message.kind, ODY_MESSAGE_UNSUBSCRIBE);
    CHECK_TEXT(message.channel, "a");
    ody_message_fini(&message);
    message = parse(ODY_VIEW("{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"k:s\","
                             "\"user_data\":\"{\\\"id\\\":\\\"12345\\\"}\"}}"));
    CHECK_EQUAL(message.kind, ODY_MESSAGE_SIGNIN);
    CHECK_TEXT(message.auth, "k:s");
    CHECK_TEXT(message.user_data, "{\"id\":\"12345\"}");
    ody_message_fini(&message);
}

TEST(reads_what_it_does_not_know)
{
    static const ody_view events[] = {
        ODY_VIEW("{\"event\":\"pusher:nonsense\",\"data\":5}"),
        ODY_VIEW("{\"event\":\"pusher_internal:member_added\"}"),
        ODY_VIEW("{\"event\":\"hello\"}"),
        ODY_VIEW("{\"event\":\"client\",\"channel\":7}"),
    };

    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        ody_message message = parse(events[i]);

        CHECK_EQUAL(message.kind, ODY_MESSAGE_UNKNOWN);
        ody_message_fini(&message);
    }
}

/* Checks the data of a client event; `json` is the value as a client spells it. */
static void check_data(const char *json, ody_view wanted)
{
    char text[512];
    ody_message message;

    snprintf(text, sizeof(text), "{ \"event\":\"client-x\", \"channel\":\"c\", \"data\" : %s }",
             json);
    message = parse(ody_view_of(text));
    CHECK_EQUAL(message.kind, ODY_MESSAGE_CLIENT_EVENT);
    CHECK_TEXT(message.event, "client-x");
    CHECK_TEXT(message.channel, "c");
    CHECK_VIEW(message.data, wanted);
    ody_message_fini(&message);
}

TEST(a_string_of_client_data_passes_verbatim)
{
    check_data("\"{ \\\"a\\\" : 1.10 }\"", ODY_VIEW("{ \"a\" : 1.10 }"));
    check_data("\"\"", ODY_VIEW(""));
    check_data("\"a\\u0000b\"", ODY_VIEW("a\0b"));
    check_data("\"\\ud83d\\ude00\"", ODY_VIEW("😀"));
}

TEST(other_client_data_becomes_compact_text_of_the_same_spelling)
{
    check_data("{ \"b\" : [ 1 , 0.1 , 1e-400 ] ,\n\t\"a\" : \" { , } \" }",
               ODY_VIEW("{\"b\":[1,0.1,1e-400],\"a\":\" { , } \"}"));
    check_data("{\"x\":\"\\ud83d\\ude00\\u0000\\\"]\"}",
               ODY_VIEW("{\"x\":\"\\ud83d\\ude00\\u0000\\\"]\"}"));
    check_data("{\"data\":{\"data\":\"}\"}}", ODY_VIEW("{\"data\":{\"data\":\"}\"}}"));
    check_data("null", ODY_VIEW("null"));
    check_data("true", ODY_VIEW("true"));
    check_data("-0.50", ODY_VIEW("-0.50"));
    check_data("[]", ODY_VIEW("[]"));
}

TEST(finds_client_data_wherever_it_stands)
{
    ody_message message = parse(ODY_VIEW(
        "{\"x\":{\"data\":1,\"y\":[{\"data\":2},\"\\\"data\\\":3\"]},\"d\\u0061ta\":{\"n\":4},"
        "\"event\":\"client-x\",\"user_id\":\"forged\",\"channel\":\"c\"}"));

    CHECK_TEXT(message.data, "{\"n\":4}");
    ody_message_fini(&message);
    message = parse(ODY_VIEW("{\"data\":[4],\"event\":\"client-x\",\"channel\":\"c\"}"));
    CHECK_TEXT(message.data, "[4]");
    ody_message_fini(&message);
}

/* Parses with each allocation failing in turn. */
static void check_faults(ody_view text)
{
    int result = ODY_EMEMORY;

    for (long n = 1; result != 0; n++) {
        ody_message message;
        ody_error error;

        CHECK(n < 10);
        ody_memory_fail_at(n);
        result = ody_message_parse(text, &test_limits, &message, &error);
        ody_memory_fail_at(0);
        if (result == 0) {
            CHECK(n > 1);
            ody_message_fini(&message);
        } else {
            CHECK_EQUAL(result, ODY_EMEMORY);
            CHECK_EQUAL(error.code, ODY_EMEMORY);
            CHECK(!message.owned);
        }
    }
}

static void check_json_faults(ody_view text, long parses, bool told)
{
    for (long n = 1; n <= parses + 1; n++) {
        ody_message message;

        fail_json_at(n, told);
        CHECK_EQUAL(ody_message_parse(text, &test_limits, &message, NULL),
                    n <= parses ? ODY_EMEMORY : 0);
        if (n > parses) {
            ody_message_fini(&message);
        }
    }
    fail_json_at(0, false);
}

TEST(survives_every_failed_allocation)
{
    ody_view object = ODY_VIEW("{\"event\":\"client-x\",\"channel\":\"c\",\"data\":{\"a\":1}}");
    ody_view string =
        ODY_VIEW("{\"event\":\"pusher:subscribe\",\"data\":\"{\\\"channel\\\":\\\"a\\\"}\"}");

    check_faults(object);
    check_faults(string);
    check_json_faults(object, 1, false);
    check_json_faults(object, 1, true);
    check_json_faults(string, 2, false);
    check_json_faults(string, 2, true);
}
