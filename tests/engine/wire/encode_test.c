/* SPDX-License-Identifier: MIT */
/* What the server sends: the exact frames of the protocol, and escaping against jansson. */
#include "wire/encode.h"
#include "base/memory.h"
#include "guard.h"
#include "support.h"

#define CHECK_FRAME(bytes, literal)                                                                \
    do {                                                                                           \
        CHECK(!(bytes).failed);                                                                    \
        CHECK_TEXT(ody_bytes_view(&(bytes)), literal);                                             \
        ody_bytes_clear(&(bytes));                                                                 \
    } while (0)

/* Encodes text and decodes it again. */
static void check_round_trip(ody_view text)
{
    ody_bytes out = {0};
    json_t *string;

    ody_encode_string(&out, text);
    string = decode(ody_bytes_view(&out));
    CHECK_VIEW(string_of(string), text);
    json_decref(string);
    ody_bytes_fini(&out);
}

TEST(escapes_only_what_json_requires)
{
    ody_bytes out = {0};

    ody_encode_string(&out, ODY_VIEW("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f\0 é😀"));
    CHECK_FRAME(out, "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000 é😀\"");
    ody_encode_string(&out, ODY_VIEW_NONE);
    CHECK_FRAME(out, "\"\"");
    ody_bytes_fini(&out);
}

TEST(round_trips_every_byte_at_every_place_of_a_word)
{
    for (int byte = 0; byte < 128; byte++) {
        for (size_t at = 0; at < 19; at++) {
            char text[19];

            memset(text, 'x', sizeof(text));
            text[at] = (char)byte;
            check_round_trip(ody_test_guarded((ody_view){text, sizeof(text)}));
        }
    }
}

TEST(round_trips_neighbours)
{
    static const char bytes[] = {0, 1, 0x1f, 0x20, '!', '"', '#', '[', '\\', ']', 0x7f};

    for (size_t a = 0; a < sizeof(bytes); a++) {
        for (size_t b = 0; b < sizeof(bytes); b++) {
            char text[] = {bytes[a], bytes[b], bytes[a], bytes[a], bytes[b],
                           'x',      bytes[b], bytes[a], bytes[b]};

            check_round_trip((ody_view){text, sizeof(text)});
        }
    }
}

TEST(round_trips_every_two_byte_character)
{
    for (unsigned code = 0x80; code < 0x800; code++) {
        char text[] = {'"', (char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f)), '"'};

        check_round_trip((ody_view){text, sizeof(text)});
    }
    check_round_trip(ODY_VIEW("\xe2\x80\xa8\xe2\x80\xa9\xef\xbf\xbf\xf4\x8f\xbf\xbf"));
}

TEST(round_trips_a_megabyte_of_the_worst)
{
    size_t length = 1 << 20;
    char *text = ody_malloc(length);

    CHECK(text);
    memset(text, 1, length);
    check_round_trip((ody_view){text, length});
    memset(text, '"', length);
    check_round_trip((ody_view){text, length});
    memset(text, 'x', length);
    check_round_trip((ody_view){text, length});
    ody_free(text);
}

TEST(writes_an_event)
{
    ody_bytes out = {0};

    ody_encode_event(&out, ODY_VIEW("new-message"), ODY_VIEW("my-channel"),
                     ODY_VIEW("{\"text\":\"Hello \\\"world\\\"!\"}"), ODY_VIEW_NONE);
    CHECK_FRAME(out, "{\"event\":\"new-message\",\"data\":\"{\\\"text\\\":\\\"Hello "
                     "\\\\\\\"world\\\\\\\"!\\\"}\",\"channel\":\"my-channel\"}");
    ody_encode_event(&out, ODY_VIEW("client-x"), ODY_VIEW("presence-a"), ODY_VIEW_NONE,
                     ODY_VIEW("a\"b"));
    CHECK_FRAME(out, "{\"event\":\"client-x\",\"data\":\"\",\"channel\":\"presence-a\","
                     "\"user_id\":\"a\\\"b\"}");
    ody_encode_event(&out, ODY_VIEW("e"), ODY_VIEW_NONE, ODY_VIEW("[]"), ODY_VIEW_NONE);
    CHECK_FRAME(out, "{\"event\":\"e\",\"data\":\"[]\"}");
    ody_bytes_fini(&out);
}

TEST(writes_the_connection_s_frames)
{
    ody_bytes out = {0};

    ody_encode_established(&out, ODY_VIEW("123.456"), 120);
    CHECK_FRAME(out, "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":"
                     "\\\"123.456\\\",\\\"activity_timeout\\\":120}\"}");
    ody_encode_pong(&out);
    CHECK_FRAME(out, "{\"event\":\"pusher:pong\",\"data\":\"{}\"}");
    ody_encode_ping(&out);
    CHECK_FRAME(out, "{\"event\":\"pusher:ping\",\"data\":\"{}\"}");
    ody_encode_error(&out, 4001, ODY_VIEW("App key \"x\" not in this cluster"));
    CHECK_FRAME(out, "{\"event\":\"pusher:error\",\"data\":{\"code\":4001,\"message\":\"App key "
                     "\\\"x\\\" not in this cluster\"}}");
    ody_encode_error(&out, 0, ODY_VIEW("Missing parameter: data.user"));
    CHECK_FRAME(out, "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"Missing "
                     "parameter: data.user\"}}");
    ody_encode_signin_success(&out, ODY_VIEW("{\"id\":\"12345\"}"));
    CHECK_FRAME(out, "{\"event\":\"pusher:signin_success\",\"data\":\"{\\\"user_data\\\":"
                     "\\\"{\\\\\\\"id\\\\\\\":\\\\\\\"12345\\\\\\\"}\\\"}\"}");
    ody_bytes_fini(&out);
}

TEST(writes_the_channel_s_frames)
{
    ody_bytes out = {0};

    ody_encode_succeeded(&out, ODY_VIEW("my-channel"));
    CHECK_FRAME(out, "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\","
                     "\"channel\":\"my-channel\"}");
    ody_encode_cache_miss(&out, ODY_VIEW("cache-a"));
    CHECK_FRAME(out, "{\"event\":\"pusher:cache_miss\",\"data\":\"{}\",\"channel\":\"cache-a\"}");
    ody_encode_subscription_error(&out, ODY_VIEW("private-a"), ODY_VIEW("AuthError"),
                                  ODY_VIEW("say \"no\""), 401);
    CHECK_FRAME(out, "{\"event\":\"pusher:subscription_error\",\"data\":\"{\\\"type\\\":"
                     "\\\"AuthError\\\",\\\"error\\\":\\\"say \\\\\\\"no\\\\\\\"\\\","
                     "\\\"status\\\":401}\",\"channel\":\"private-a\"}");
    ody_encode_member_added(&out, ODY_VIEW("presence-a"), ODY_VIEW("10"),
                            ODY_VIEW("{\"name\":\"Mr. Channels\"}"));
    CHECK_FRAME(out, "{\"event\":\"pusher_internal:member_added\",\"data\":\"{\\\"user_id\\\":"
                     "\\\"10\\\",\\\"user_info\\\":{\\\"name\\\":\\\"Mr. Channels\\\"}}\","
                     "\"channel\":\"presence-a\"}");
    ody_encode_member_removed(&out, ODY_VIEW("presence-a"), ODY_VIEW("10"));
    CHECK_FRAME(out, "{\"event\":\"pusher_internal:member_removed\",\"data\":\"{\\\"user_id\\\":"
                     "\\\"10\\\"}\",\"channel\":\"presence-a\"}");
    ody_bytes_fini(&out);
}

static const ody_encode_member members[] = {
    {{"1", 1}, {"{\"name\":\"A \\\"B\\\"\"}", 18}},
    {{"a\"\\\n", 4}, {"true", 4}},
    {{"ü", 2}, {"{}", 2}},
};

typedef struct walk {
    size_t at;
    size_t count;
} walk;

static void restart(void *context)
{
    ((walk *)context)->at = 0;
}

static bool next(void *context, ody_encode_member *member)
{
    walk *position = context;

    if (position->at == position->count) {
        return false;
    }
    *member = members[position->at++];
    return true;
}

TEST(writes_a_presence_snapshot)
{
    ody_bytes out = {0};
    walk none = {0, 0}, one = {0, 1};

    ody_encode_presence_succeeded(&out, ODY_VIEW("presence-a"), 0, restart, next, &none);
    CHECK_FRAME(out, "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":"
                     "\"{\\\"presence\\\":{\\\"count\\\":0,\\\"ids\\\":[],\\\"hash\\\":{}}}\","
                     "\"channel\":\"presence-a\"}");
    ody_encode_presence_succeeded(&out, ODY_VIEW("presence-a"), 1, restart, next, &one);
    CHECK_FRAME(out, "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":"
                     "\"{\\\"presence\\\":{\\\"count\\\":1,\\\"ids\\\":[\\\"1\\\"],\\\"hash\\\":"
                     "{\\\"1\\\":{\\\"name\\\":\\\"A \\\\\\\"B\\\\\\\"\\\"}}}}\","
                     "\"channel\":\"presence-a\"}");
    ody_bytes_fini(&out);
}

TEST(a_presence_snapshot_decodes_to_its_members)
{
    ody_bytes out = {0};
    walk all = {0, 3};
    json_t *frame, *data, *presence;

    ody_encode_presence_succeeded(&out, ODY_VIEW("presence-a"), 3, restart, next, &all);
    frame = decode(ody_bytes_view(&out));
    data = decode_member(frame, "data");
    presence = json_object_get(data, "presence");
    CHECK_EQUAL(json_integer_value(json_object_get(presence, "count")), 3);
    CHECK_EQUAL(json_array_size(json_object_get(presence, "ids")), 3);
    CHECK_EQUAL(json_object_size(json_object_get(presence, "hash")), 3);
    for (size_t i = 0; i < 3; i++) {
        json_t *id = json_array_get(json_object_get(presence, "ids"), i);
        json_t *info = json_object_get(json_object_get(presence, "hash"), json_string_value(id));
        json_t *wanted = decode(members[i].user_info);

        CHECK_VIEW(string_of(id), members[i].user_id);
        CHECK(json_equal(info, wanted));
        json_decref(wanted);
    }
    json_decref(data);
    json_decref(frame);
    ody_bytes_fini(&out);
}

static const ody_encode_watch watches[] = {
    {{"a", 1}, false},
    {{"b\"", 2}, true},
    {{"c", 1}, false},
    {{"d", 1}, true},
};

static bool next_watch(void *context, ody_encode_watch *watch)
{
    walk *position = context;

    if (position->at == position->count) {
        return false;
    }
    *watch = watches[position->at++];
    return true;
}

#define WATCHLIST(groups)                                                                          \
    "{\"event\":\"pusher_internal:watchlist_events\",\"data\":\"{\\\"events\\\":[" groups "]}\"}"
#define ONLINE(ids) "{\\\"name\\\":\\\"online\\\",\\\"user_ids\\\":[" ids "]}"
#define OFFLINE(ids) "{\\\"name\\\":\\\"offline\\\",\\\"user_ids\\\":[" ids "]}"

TEST(writes_a_watchlist_in_groups)
{
    ody_bytes out = {0};
    walk none = {0, 0}, one = {0, 1}, all = {0, 4};

    ody_encode_watchlist(&out, restart, next_watch, &all);
    CHECK_FRAME(
        out, WATCHLIST(ONLINE("\\\"b\\\\\\\"\\\",\\\"d\\\"") "," OFFLINE("\\\"a\\\",\\\"c\\\"")));
    ody_encode_watchlist(&out, restart, next_watch, &one);
    CHECK_FRAME(out, WATCHLIST(OFFLINE("\\\"a\\\"")));
    ody_encode_watchlist(&out, restart, next_watch, &none);
    CHECK_FRAME(out, WATCHLIST(""));
    ody_encode_watched(&out, ODY_VIEW("b\""), true);
    CHECK_FRAME(out, WATCHLIST(ONLINE("\\\"b\\\\\\\"\\\"")));
    ody_encode_watched(&out, ODY_VIEW("a"), false);
    CHECK_FRAME(out, WATCHLIST(OFFLINE("\\\"a\\\"")));
    ody_bytes_fini(&out);
}

TEST(writes_how_many_are_subscribed)
{
    ody_bytes out = {0};

    ody_encode_subscription_count(&out, ODY_VIEW("my-channel"), 12);
    CHECK_FRAME(out, "{\"event\":\"pusher_internal:subscription_count\",\"data\":"
                     "\"{\\\"subscription_count\\\":12}\",\"channel\":\"my-channel\"}");
    ody_bytes_fini(&out);
}

/* User ids longer than a piece of the escaper, so that strings in strings cross its border. */
TEST(round_trips_a_string_in_a_string)
{
    char text[1000];
    ody_bytes out = {0};
    json_t *frame, *data;

    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (char)(i % 128);
    }
    ody_encode_member_removed(&out, ODY_VIEW("c"), (ody_view){text, sizeof(text)});
    frame = decode(ody_bytes_view(&out));
    data = decode_member(frame, "data");
    CHECK_VIEW(string_of(json_object_get(data, "user_id")), ((ody_view){text, sizeof(text)}));
    json_decref(data);
    json_decref(frame);
    ody_bytes_fini(&out);
}

static void write_everything(ody_bytes *out)
{
    walk all = {0, 3};

    ody_encode_event(out, ODY_VIEW("e"), ODY_VIEW("c"), ODY_VIEW("\"\"\""), ODY_VIEW("u"));
    ody_encode_established(out, ODY_VIEW("1.2"), 1);
    ody_encode_error(out, 1, ODY_VIEW("m"));
    ody_encode_subscription_error(out, ODY_VIEW("c"), ODY_VIEW("t"), ODY_VIEW("e"), 401);
    ody_encode_presence_succeeded(out, ODY_VIEW("c"), 3, restart, next, &all);
    ody_encode_member_added(out, ODY_VIEW("c"), ODY_VIEW("u"), ODY_VIEW("{}"));
}

TEST(a_failed_allocation_stays_in_the_buffer)
{
    bool failed = true;

    for (long n = 1; failed; n++) {
        ody_bytes out = {0};

        CHECK(n < 100);
        ody_memory_fail_at(n);
        write_everything(&out);
        ody_memory_fail_at(0);
        failed = out.failed;
        CHECK(failed || n > 2);
        ody_bytes_fini(&out);
    }
}

TEST(frame_headers_at_every_border)
{
    static const struct {
        size_t payload;
        size_t header;
        uint8_t bytes[ODY_FRAME_HEADER_MAX];
    } rows[] = {
        {0, 2, {0x81, 0}},
        {125, 2, {0x81, 125}},
        {126, 4, {0x81, 126, 0, 126}},
        {65535, 4, {0x81, 126, 0xff, 0xff}},
        {65536, 10, {0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}},
        {0x0102030405060708, 10, {0x81, 127, 1, 2, 3, 4, 5, 6, 7, 8}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t out[ODY_FRAME_HEADER_MAX] = {0};

        CHECK_EQUAL(ody_encode_frame_header(out, ODY_OPCODE_TEXT, rows[i].payload), rows[i].header);
        CHECK_EQUAL(memcmp(out, rows[i].bytes, rows[i].header), 0);
        CHECK_EQUAL(ody_frame_length(out, rows[i].header), rows[i].header + rows[i].payload);
        for (size_t available = 0; available < rows[i].header; available++) {
            ody_view part = ody_test_guarded((ody_view){(char *)out, available});

            CHECK_EQUAL(ody_frame_length((const uint8_t *)part.data, available), 0);
        }
    }
}

TEST(frame_headers_carry_the_opcode)
{
    uint8_t out[ODY_FRAME_HEADER_MAX];

    ody_encode_frame_header(out, ODY_OPCODE_CLOSE, 2);
    CHECK_EQUAL(out[0], 0x88);
    ody_encode_frame_header(out, ODY_OPCODE_PING, 0);
    CHECK_EQUAL(out[0], 0x89);
    ody_encode_frame_header(out, ODY_OPCODE_PONG, 0);
    CHECK_EQUAL(out[0], 0x8a);
}
