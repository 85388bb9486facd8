/* SPDX-License-Identifier: MIT */
/* What others publish through Redis: every field, every refusal, every limit. */
#include "wire/redis_message.h"

#include <stdlib.h>
#include "base/memory.h"
#include "guard.h"
#include "support.h"

static const ody_app_limits limits = {.event_data_size = 10240, .json_depth = 32};

static ody_redis_message read_good(const char *text)
{
    ody_redis_message message;
    ody_error error;

    if (ody_redis_message_read(ody_test_guarded(ody_view_of(text)), &limits, &message, &error) !=
        0) {
        FAIL("%s: %s", text, error.message);
    }
    return message;
}

TEST(reads_one_channel)
{
    ody_redis_message message = read_good(
        "{\"channel\":\"my-channel\",\"event\":\"new-message\",\"data\":{\"text\": \"Hello\"}}");

    CHECK_EQUAL(message.channel_count, 1);
    CHECK_TEXT(message.channels[0], "my-channel");
    CHECK_TEXT(message.event, "new-message");
    CHECK_TEXT(message.data, "{\"text\":\"Hello\"}");
    CHECK(!message.socket_id.data);
    ody_redis_message_fini(&message);
    CHECK(!message.owned);
    ody_redis_message_fini(&message);
}

TEST(reads_several_channels_and_who_does_not_get_it)
{
    ody_redis_message message =
        read_good("{\"socket_id\":\"1.2\",\"data\":\"a\\u0000\\\"\",\"event\":\"\\u00e9\","
                  "\"channels\":[\"a\",\"b\",\"a\"],\"socket\":3}");

    CHECK_EQUAL(message.channel_count, 3);
    CHECK_TEXT(message.channels[0], "a");
    CHECK_TEXT(message.channels[1], "b");
    CHECK_TEXT(message.channels[2], "a");
    CHECK_TEXT(message.event, "é");
    CHECK_TEXT(message.data, "a\0\"");
    CHECK_TEXT(message.socket_id, "1.2");
    ody_redis_message_fini(&message);
}

static void check_data(const char *data, ody_view wanted)
{
    char text[200];
    ody_redis_message message;

    snprintf(text, sizeof(text), "{\"channel\":\"a\",\"event\":\"e\",\"data\": %s }", data);
    message = read_good(text);
    CHECK_VIEW(message.data, wanted);
    ody_redis_message_fini(&message);
}

TEST(data_pass_as_they_are_spelled)
{
    check_data("0.10", ODY_VIEW("0.10"));
    check_data("null", ODY_VIEW("null"));
    check_data("true", ODY_VIEW("true"));
    check_data("[ 1 , { \"a\" : \" b \" } ]", ODY_VIEW("[1,{\"a\":\" b \"}]"));
    check_data("\"{\\\"a\\\":1}\"", ODY_VIEW("{\"a\":1}"));
    check_data("\"\"", ODY_VIEW(""));
}

TEST(null_is_no_socket_id)
{
    ody_redis_message message =
        read_good("{\"channel\":\"a\",\"event\":\"e\",\"data\":1,\"socket_id\":null}");

    CHECK(!message.socket_id.data);
    ody_redis_message_fini(&message);
}

static const struct {
    ody_view text;
    int code;
    const char *sentence;
} rows[] = {
    {{NULL, 0}, ODY_EJSON, "Invalid message (not valid JSON)"},
    {ODY_VIEW("{\"channel\":\"a\",\"channel\":\"b\"}"), ODY_EJSON,
     "Invalid message (an object has the same key twice)"},
    {ODY_VIEW("\"\xff\""), ODY_EENCODING, "Invalid message (not valid UTF-8)"},
    {ODY_VIEW("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["), ODY_EDEPTH,
     "Invalid message (nested deeper than 32 levels)"},
    {ODY_VIEW("[]"), ODY_EINVALID, "Invalid message (must be a JSON object)"},
    {ODY_VIEW("{}"), ODY_EINVALID, "Missing parameter: channel"},
    {ODY_VIEW("{\"channel\":\"a\",\"channels\":[\"a\"]}"), ODY_EINVALID,
     "Invalid parameter: channel and channels exclude each other"},
    {ODY_VIEW("{\"channels\":\"a\"}"), ODY_EINVALID,
     "Invalid parameter: channels must be a list of names"},
    {ODY_VIEW("{\"channels\":[]}"), ODY_EINVALID,
     "Invalid parameter: channels must be a list of names"},
    {ODY_VIEW("{\"channels\":[\"a\",1]}"), ODY_EINVALID,
     "Invalid parameter: channel must be a string"},
    {ODY_VIEW("{\"channel\":null}"), ODY_EINVALID, "Invalid parameter: channel must be a string"},
    {ODY_VIEW("{\"channel\":[\"a\"]}"), ODY_EINVALID,
     "Invalid parameter: channel must be a string"},
    {ODY_VIEW("{\"channel\":\"a\\u0000\"}"), ODY_EINVALID,
     "Invalid parameter: channel contains a NUL character"},
    {ODY_VIEW("{\"channel\":\"a\",\"data\":1}"), ODY_EINVALID, "Missing parameter: event"},
    {ODY_VIEW("{\"channel\":\"a\",\"event\":1,\"data\":1}"), ODY_EINVALID,
     "Invalid parameter: event must be a string"},
    {ODY_VIEW("{\"channel\":\"a\",\"event\":\"\\u0000\",\"data\":1}"), ODY_EINVALID,
     "Invalid parameter: event contains a NUL character"},
    {ODY_VIEW("{\"channel\":\"a\",\"event\":\"e\"}"), ODY_EINVALID, "Missing parameter: data"},
    {ODY_VIEW("{\"channel\":\"a\",\"event\":\"e\",\"data\":1,\"socket_id\":1.2}"), ODY_EINVALID,
     "Invalid parameter: socket_id must be a string"},
};

static void check_refused(ody_view text, int code, const char *sentence)
{
    ody_redis_message message;
    ody_error error;
    int result = ody_redis_message_read(ody_test_guarded(text), &limits, &message, &error);

    if (result != code) {
        FAIL("%.*s gives %d", (int)text.length, text.data, result);
    }
    if (sentence) {
        CHECK_VIEW(ody_view_of(error.message), ody_view_of(sentence));
    }
    CHECK(!message.owned && !message.channels);
}

TEST(refuses_each_bad_redis_message_with_its_sentence)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_refused(rows[i].text, rows[i].code, rows[i].sentence);
    }
}

static ody_view with_data(size_t length, char *text)
{
    int written =
        sprintf(text, "{\"channel\":\"a\",\"event\":\"e\",\"data\":\"%0*d\"}", (int)length, 0);

    return (ody_view){text, (size_t)written};
}

TEST(redis_messages_end_at_their_limits)
{
    size_t largest = limits.event_data_size;
    ody_view small = ODY_VIEW("{\"channel\":\"a\",\"event\":\"e\",\"data\":1}");
    size_t whole = 6 * largest + 65536;
    char *text = malloc(whole + 100);
    ody_redis_message message;

    CHECK_EQUAL(ody_redis_message_read(with_data(largest, text), &limits, &message, NULL), 0);
    CHECK_EQUAL(message.data.length, largest);
    ody_redis_message_fini(&message);
    check_refused(with_data(largest + 1, text), ODY_EPAYLOAD_SIZE, NULL);
    memset(text, ' ', whole + 100);
    memcpy(text, small.data, small.length);
    CHECK_EQUAL(ody_redis_message_read((ody_view){text, whole}, &limits, &message, NULL), 0);
    ody_redis_message_fini(&message);
    check_refused((ody_view){text, whole + 1}, ODY_EPAYLOAD_SIZE, NULL);
    free(text);
}

TEST(without_memory_a_redis_message_is_refused)
{
    ody_view text = ODY_VIEW("{\"channels\":[\"a\",\"b\"],\"event\":\"e\",\"data\":[1,2]}");
    ody_redis_message message;
    ody_error error;
    long n = 0;
    int code;

    do {
        ody_memory_fail_at(++n);
        code = ody_redis_message_read(text, &limits, &message, &error);
        ody_memory_fail_at(0);
        CHECK(code == 0 || code == ODY_EMEMORY);
    } while (code != 0 && n < 50);
    CHECK(n > 2);
    ody_redis_message_fini(&message);
    for (int told = 0; told < 2; told++) {
        fail_json_at(1, told);
        CHECK_EQUAL(ody_redis_message_read(text, &limits, &message, &error), ODY_EMEMORY);
        fail_json_at(0, false);
    }
}
