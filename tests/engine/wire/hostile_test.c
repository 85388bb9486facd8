/* SPDX-License-Identifier: MIT */
/* Messages that must be refused, each with its code and the sentence that the client reads. */
#include "base/memory.h"
#include "base/utf8.h"
#include "guard.h"
#include "support.h"
#include "wire/message.h"

typedef struct hostile_row {
    ody_view text;
    int code;
    const char *sentence;
} hostile_row;

#define NOT_JSON ODY_EJSON, "Invalid message (not valid JSON)"
#define BAD_NUMBER ODY_EJSON, "Invalid message (a number is out of range)"
#define TWICE ODY_EJSON, "Invalid message (an object has the same key twice)"
#define NOT_UTF8 ODY_EENCODING, "Invalid message (not valid UTF-8)"
#define NO_EVENT ODY_EINVALID, "Invalid message (must contain event as a string)"
#define CONTROL ODY_EEVENT_NAME, "Invalid event name (contains a control character)"
#define NO_CHANNEL ODY_EINVALID, "Missing parameter: data.channel"
#define NO_DATA ODY_EINVALID, "Missing parameter: data"
#define DATA_TYPE ODY_EINVALID, "Invalid parameter: data must be an object"
#define BAD_CLIENT_EVENT ODY_EINVALID, "Invalid client event (must contain channel and data)"
#define TYPE(key) ODY_EINVALID, "Invalid parameter: data." key " must be a string"
#define NUL(key) ODY_EINVALID, "Invalid parameter: data." key " contains a NUL character"

#define SUBSCRIBE(data) ODY_VIEW("{\"event\":\"pusher:subscribe\",\"data\":" data "}")
#define SIGNIN(data) ODY_VIEW("{\"event\":\"pusher:signin\",\"data\":" data "}")
#define CLIENT(rest) ODY_VIEW("{\"event\":\"client-x\"" rest "}")

static const hostile_row rows[] = {
    {{"", 0}, NOT_JSON},
    {ODY_VIEW(" "), NOT_JSON},
    {ODY_VIEW("\0"), NOT_JSON},
    {ODY_VIEW("{"), NOT_JSON},
    {ODY_VIEW("}"), NOT_JSON},
    {ODY_VIEW("]]]]"), NOT_JSON},
    {ODY_VIEW("\""), NOT_JSON},
    {ODY_VIEW("{\"event\":\"\\"), NOT_JSON},
    {ODY_VIEW("hello"), NOT_JSON},
    {ODY_VIEW("\"pusher:ping\""), NOT_JSON},
    {ODY_VIEW("5"), NOT_JSON},
    {ODY_VIEW("null"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"pusher:ping\",}"), NOT_JSON},
    {ODY_VIEW("{'event':'pusher:ping'}"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"pusher:ping\"}x"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"pusher:ping\"}{}"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"pusher:ping\"}\0"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"pusher:\nping\"}"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"pusher:\0ping\"}"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"\\ud800\"}"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"\\ud800\\u0041\"}"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"\\udc00\"}"), NOT_JSON},
    {ODY_VIEW("{\"event\":\"\\x41\"}"), NOT_JSON},
    {ODY_VIEW("{\"ev\\u0000ent\":1}"), NOT_JSON},
    {ODY_VIEW("\xef\xbb\xbf{\"event\":\"pusher:ping\"}"), NOT_JSON},
    {ODY_VIEW("{\"n\":01}"), NOT_JSON},
    {ODY_VIEW("{\"n\":NaN}"), NOT_JSON},
    {ODY_VIEW("{\"n\":Infinity}"), NOT_JSON},
    {ODY_VIEW("{\"n\":+1}"), NOT_JSON},
    {ODY_VIEW("{\"n\":9223372036854775808}"), BAD_NUMBER},
    {ODY_VIEW("{\"n\":-9223372036854775809}"), BAD_NUMBER},
    {ODY_VIEW("{\"n\":1e400}"), BAD_NUMBER},
    {ODY_VIEW("{\"n\":1e99999999999999999999}"), BAD_NUMBER},
    {ODY_VIEW("{\"event\":\"pusher:ping\",\"event\":\"client-x\"}"), TWICE},
    {ODY_VIEW("{\"event\":\"pusher:ping\",\"\\u0065vent\":\"client-x\"}"), TWICE},
    {CLIENT(",\"channel\":\"c\",\"data\":{\"a\":{\"b\":1,\"b\":1}}"), TWICE},
    {ODY_VIEW("{\"event\":\"\xff\"}"), NOT_UTF8},
    {ODY_VIEW("{\"event\":\"\xed\xa0\x80\"}"), NOT_UTF8},
    {ODY_VIEW("{\"event\":\"\xc0\xaf\"}"), NOT_UTF8},
    {ODY_VIEW("{\"event\":\"\xf4\x90\x80\x80\"}"), NOT_UTF8},
    {ODY_VIEW("{\"event\":\"\xe2\x82"), NOT_UTF8},
    {ODY_VIEW("[]"), ODY_EINVALID, "Invalid message (must be a JSON object)"},
    {ODY_VIEW("{}"), NO_EVENT},
    {ODY_VIEW("{\"event\":null}"), NO_EVENT},
    {ODY_VIEW("{\"event\":5}"), NO_EVENT},
    {ODY_VIEW("{\"event\":[\"pusher:ping\"]}"), NO_EVENT},
    {ODY_VIEW("{\"Event\":\"pusher:ping\"}"), NO_EVENT},
    {ODY_VIEW("{\"event\":\"\"}"), ODY_EEVENT_NAME, "Invalid event name (must not be empty)"},
    {ODY_VIEW("{\"event\":\"pusher:ping\\u0000\"}"), CONTROL},
    {ODY_VIEW("{\"event\":\"client-\\n\",\"channel\":\"c\",\"data\":1}"), CONTROL},
    {ODY_VIEW("{\"event\":\"client-\x7f\"}"), CONTROL},
    {ODY_VIEW("{\"event\":\"pusher:subscribe\"}"), NO_DATA},
    {ODY_VIEW("{\"event\":\"pusher:unsubscribe\"}"), NO_DATA},
    {ODY_VIEW("{\"event\":\"pusher:signin\"}"), NO_DATA},
    {SUBSCRIBE("null"), NO_DATA},
    {SUBSCRIBE("[]"), DATA_TYPE},
    {SUBSCRIBE("5"), DATA_TYPE},
    {SUBSCRIBE("\"\""), ODY_EJSON, "Invalid data (not valid JSON)"},
    {SUBSCRIBE("\"{\""), ODY_EJSON, "Invalid data (not valid JSON)"},
    {SUBSCRIBE("\"\\u0000\""), ODY_EJSON, "Invalid data (not valid JSON)"},
    {SUBSCRIBE("\"[]\""), ODY_EINVALID, "Invalid data (must be a JSON object)"},
    {SUBSCRIBE("\"{\\\"a\\\":1,\\\"a\\\":1}\""), ODY_EJSON,
     "Invalid data (an object has the same key twice)"},
    {SUBSCRIBE("{}"), NO_CHANNEL},
    {SUBSCRIBE("\"{}\""), NO_CHANNEL},
    {SUBSCRIBE("{\"channel\":null}"), NO_CHANNEL},
    {SUBSCRIBE("{\"channel\":[\"a\"]}"), TYPE("channel")},
    {SUBSCRIBE("{\"channel\":\"a\\u0000b\"}"), NUL("channel")},
    {SUBSCRIBE("{\"channel\":\"a\",\"auth\":{}}"), TYPE("auth")},
    {SUBSCRIBE("{\"channel\":\"a\",\"auth\":1}"), TYPE("auth")},
    {SUBSCRIBE("{\"channel\":\"a\",\"auth\":\"k:\\u0000\"}"), NUL("auth")},
    {SUBSCRIBE("{\"channel\":\"a\",\"channel_data\":{\"user_id\":1}}"), TYPE("channel_data")},
    {SUBSCRIBE("{\"channel\":\"a\",\"channel_data\":[]}"), TYPE("channel_data")},
    {ODY_VIEW("{\"event\":\"pusher:unsubscribe\",\"data\":{}}"), NO_CHANNEL},
    {ODY_VIEW("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":1}}"), TYPE("channel")},
    {SIGNIN("{}"), ODY_EINVALID, "Missing parameter: data.user"},
    {SIGNIN("{\"auth\":\"k:s\"}"), ODY_EINVALID, "Missing parameter: data.user"},
    {SIGNIN("{\"user_data\":\"{}\"}"), ODY_EINVALID, "Missing parameter: data.auth"},
    {SIGNIN("{\"user_data\":\"{}\",\"auth\":\"\"}"), ODY_EINVALID, "Missing parameter: data.auth"},
    {SIGNIN("{\"user_data\":{},\"auth\":\"a\"}"), TYPE("user_data")},
    {CLIENT(""), BAD_CLIENT_EVENT},
    {CLIENT(",\"channel\":\"c\""), BAD_CLIENT_EVENT},
    {CLIENT(",\"data\":{}"), BAD_CLIENT_EVENT},
    {CLIENT(",\"channel\":1,\"data\":{}"), BAD_CLIENT_EVENT},
    {CLIENT(",\"channel\":null,\"data\":{}"), BAD_CLIENT_EVENT},
    {CLIENT(",\"channel\":\"c\\u0000\",\"data\":{}"), ODY_EINVALID,
     "Invalid client event (channel contains a NUL character)"},
};

static void check_refused(ody_view text, const ody_app_limits *limits, int code,
                          const char *sentence)
{
    ody_message message;
    ody_error error;
    int result = ody_message_parse(ody_test_guarded(text), limits, &message, &error);

    if (result != code) {
        FAIL("%.*s gives %d", text.length < 200 ? (int)text.length : 200, text.data, result);
    }
    CHECK_EQUAL(error.code, code);
    CHECK_VIEW(ody_view_of(error.message), ody_view_of(sentence));
    CHECK(!message.owned);
}

TEST(refuses_each_hostile_message_with_its_sentence)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_refused(rows[i].text, &test_limits, rows[i].code, rows[i].sentence);
    }
}

TEST(takes_a_null_error)
{
    ody_message message;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_EQUAL(ody_message_parse(rows[i].text, &test_limits, &message, NULL), rows[i].code);
    }
}

/* Every beginning of a good message is either refused or, by chance, good itself; none crashes. */
TEST(survives_every_cut)
{
    ody_view text = ODY_VIEW("{\"event\":\"client-\\u00e9\xc3\xa9\",\"channel\":\"c\",\"data\":"
                             "{\"a\":[1.5e3,true,null,\"\\\"\\\\\"]}}");

    for (size_t length = 0; length < text.length; length++) {
        ody_message message;

        CHECK(ody_message_parse(ody_test_guarded((ody_view){text.data, length}), &test_limits,
                                &message, NULL) != 0);
    }
}

/* Builds a client event whose data nests `depth` arrays. */
static ody_view nested(size_t depth, char open, char close, ody_bytes *out)
{
    ody_bytes_append_literal(out, "{\"event\":\"client-x\",\"channel\":\"c\",\"data\":");
    for (size_t i = 0; i < depth; i++) {
        ody_bytes_append_byte(out, open);
    }
    for (size_t i = 0; i < depth; i++) {
        ody_bytes_append_byte(out, close);
    }
    ody_bytes_append_byte(out, '}');
    return ody_bytes_view(out);
}

TEST(caps_depth_where_it_says)
{
    ody_bytes out = {0};
    ody_message message;

    CHECK_EQUAL(ody_message_parse(nested(31, '[', ']', &out), &test_limits, &message, NULL), 0);
    CHECK_EQUAL(message.data.length, 62);
    ody_message_fini(&message);
    ody_bytes_clear(&out);
    check_refused(nested(32, '[', ']', &out), &test_limits, ODY_EDEPTH,
                  "Invalid message (nested deeper than 32 levels)");
    ody_bytes_clear(&out);
    check_refused(nested(30000, '{', '}', &out), &test_limits, ODY_EDEPTH,
                  "Invalid message (nested deeper than 32 levels)");
    ody_bytes_clear(&out);
    check_refused(nested(500000, '[', '[', &out), &test_limits, ODY_EDEPTH,
                  "Invalid message (nested deeper than 32 levels)");
    ody_bytes_fini(&out);
}

TEST(caps_depth_of_data_in_a_string)
{
    ody_bytes out = {0};

    ody_bytes_append_literal(&out, "{\"event\":\"pusher:subscribe\",\"data\":\"");
    for (int i = 0; i < 40; i++) {
        ody_bytes_append_byte(&out, '[');
    }
    ody_bytes_append_literal(&out, "\"}");
    check_refused(ody_bytes_view(&out), &test_limits, ODY_EDEPTH,
                  "Invalid data (nested deeper than 32 levels)");
    ody_bytes_fini(&out);
}

TEST(brackets_in_strings_are_not_depth)
{
    ody_message message;
    ody_view text = ODY_VIEW("{\"event\":\"client-x\",\"channel\":\"c\",\"data\":\"\\\"[[[[[[[[[[["
                             "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{{{{{{{{{\\\\\"}");

    CHECK_EQUAL(ody_message_parse(text, &test_limits, &message, NULL), 0);
    ody_message_fini(&message);
}

TEST(a_raised_depth_meets_the_parser_s_own)
{
    ody_app_limits limits = test_limits;
    ody_bytes out = {0};

    limits.json_depth = 5000;
    check_refused(nested(4000, '[', ']', &out), &limits, ODY_EDEPTH,
                  "Invalid message (nested too deeply)");
    ody_bytes_fini(&out);
}

/* Appends count bytes. */
static void append_many(ody_bytes *out, char byte, size_t count)
{
    CHECK(ody_bytes_reserve(out, count));
    memset(out->data + out->length, byte, count);
    out->length += count;
}

TEST(event_names_end_at_their_limit)
{
    ody_bytes out = {0};
    ody_message message;

    ody_bytes_append_literal(&out, "{\"event\":\"");
    append_many(&out, 'x', 200);
    ody_bytes_append_literal(&out, "\"}");
    CHECK_EQUAL(ody_message_parse(ody_bytes_view(&out), &test_limits, &message, NULL), 0);
    ody_message_fini(&message);
    ody_bytes_clear(&out);
    ody_bytes_append_literal(&out, "{\"event\":\"");
    append_many(&out, 'x', 201);
    ody_bytes_append_literal(&out, "\"}");
    check_refused(ody_bytes_view(&out), &test_limits, ODY_EEVENT_NAME,
                  "Invalid event name (longer than 200 bytes)");
    ody_bytes_fini(&out);
}

/* A client event with count bytes of data, as a string or as an array of one string. */
static ody_view sized_event(size_t count, bool in_array, ody_bytes *out)
{
    ody_bytes_clear(out);
    ody_bytes_append_literal(out, "{\"event\":\"client-x\",\"channel\":\"c\",\"data\":");
    ody_bytes_append(out, "[\"", in_array ? 2 : 0);
    ody_bytes_append(out, "\"", in_array ? 0 : 1);
    append_many(out, 'x', in_array ? count - 4 : count);
    ody_bytes_append_literal(out, "\"");
    ody_bytes_append(out, "  ]  ", in_array ? 5 : 0);
    ody_bytes_append_literal(out, "}");
    return ody_bytes_view(out);
}

TEST(client_data_ends_at_its_limit)
{
    static const char sentence[] =
        "The data content of this event exceeds the allowed maximum (10240 bytes)";
    ody_bytes out = {0};

    for (int in_array = 0; in_array < 2; in_array++) {
        ody_message message;

        CHECK_EQUAL(
            ody_message_parse(sized_event(10240, in_array, &out), &test_limits, &message, NULL), 0);
        CHECK_EQUAL(message.data.length, 10240);
        ody_message_fini(&message);
        check_refused(sized_event(10241, in_array, &out), &test_limits, ODY_EPAYLOAD_SIZE,
                      sentence);
    }
    ody_bytes_fini(&out);
}

TEST(megabyte_strings_are_answered)
{
    ody_bytes out = {0};
    ody_app_limits limits = test_limits;
    ody_message message;

    limits.client_event_data_size = 2 << 20;
    CHECK_EQUAL(ody_message_parse(sized_event(1 << 20, false, &out), &limits, &message, NULL), 0);
    CHECK_EQUAL(message.data.length, 1 << 20);
    ody_message_fini(&message);
    CHECK_EQUAL(ody_message_parse(sized_event(1 << 20, true, &out), &limits, &message, NULL), 0);
    ody_message_fini(&message);
    ody_bytes_clear(&out);
    ody_bytes_append_literal(&out, "{\"event\":\"");
    append_many(&out, 'x', 1 << 20);
    check_refused(ody_bytes_view(&out), &limits, NOT_JSON);
    ody_bytes_append_literal(&out, "\"}");
    check_refused(ody_bytes_view(&out), &limits, ODY_EEVENT_NAME,
                  "Invalid event name (longer than 200 bytes)");
    ody_bytes_fini(&out);
}
