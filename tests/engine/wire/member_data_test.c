/* SPDX-License-Identifier: MIT */
/* Presence members out of channel_data: normalised ids, opaque info, limits. */
#include "base/memory.h"
#include "guard.h"
#include "support.h"
#include "wire/message.h"

static void check_member(ody_view text, ody_view user_id, ody_view user_info)
{
    ody_member_data member;
    ody_error error;
    int result = ody_member_data_parse(ody_test_guarded(text), &test_limits, &member, &error);

    if (result != 0) {
        FAIL("%.*s: %s", (int)text.length, text.data, error.message);
    }
    CHECK_VIEW(member.user_id, user_id);
    CHECK_VIEW(member.user_info, user_info);
    ody_member_data_fini(&member);
    CHECK(!member.owned);
    ody_member_data_fini(&member);
}

TEST(normalises_user_ids)
{
    ody_view none = ODY_VIEW("{}");

    check_member(ODY_VIEW("{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}"),
                 ODY_VIEW("10"), ODY_VIEW("{\"name\":\"Mr. Channels\"}"));
    check_member(ODY_VIEW("{\"user_id\":\"10\"}"), ODY_VIEW("10"), none);
    check_member(ODY_VIEW("{\"user_id\":0}"), ODY_VIEW("0"), none);
    check_member(ODY_VIEW("{\"user_id\":-7}"), ODY_VIEW("-7"), none);
    check_member(ODY_VIEW("{\"user_id\":9223372036854775807}"), ODY_VIEW("9223372036854775807"),
                 none);
    check_member(ODY_VIEW("{\"user_id\":-9223372036854775808}"), ODY_VIEW("-9223372036854775808"),
                 none);
    check_member(ODY_VIEW("{\"user_id\":\"\\u00e9\\\"\"}"), ODY_VIEW("é\""), none);
    check_member(ODY_VIEW(" { \"user_id\" : \"a b\" } "), ODY_VIEW("a b"), none);
}

TEST(keeps_user_info_as_it_was_spelled)
{
    ody_view one = ODY_VIEW("1");

    check_member(ODY_VIEW("{\"user_info\": { \"a\" : 0.10 , \"b\":\" \\u00e9\" },\"user_id\":1}"),
                 one, ODY_VIEW("{\"a\":0.10,\"b\":\" \\u00e9\"}"));
    check_member(ODY_VIEW("{\"user_id\":1,\"user_info\":true}"), one, ODY_VIEW("true"));
    check_member(ODY_VIEW("{\"user_id\":1,\"user_info\":null}"), one, ODY_VIEW("null"));
    check_member(ODY_VIEW("{\"user_id\":1,\"user_info\":\"x\"}"), one, ODY_VIEW("\"x\""));
    check_member(ODY_VIEW("{\"user_id\":1,\"x\":{\"user_info\":2},\"user_info\":[3]}"), one,
                 ODY_VIEW("[3]"));
}

#define USER_ID_TYPE                                                                               \
    ODY_EINVALID, "Invalid channel_data (user_id must be a non-empty string or an integer)"

static const struct {
    ody_view text;
    int code;
    const char *sentence;
} rows[] = {
    {{NULL, 0}, ODY_EJSON, "Invalid channel_data (not valid JSON)"},
    {ODY_VIEW("x"), ODY_EJSON, "Invalid channel_data (not valid JSON)"},
    {ODY_VIEW("{\"user_id\":1}\0"), ODY_EJSON, "Invalid channel_data (not valid JSON)"},
    {ODY_VIEW("{\"user_id\":9223372036854775808}"), ODY_EJSON,
     "Invalid channel_data (a number is out of range)"},
    {ODY_VIEW("{\"user_id\":1,\"user_id\":2}"), ODY_EJSON,
     "Invalid channel_data (an object has the same key twice)"},
    {ODY_VIEW("{\"user_id\":\"\xff\"}"), ODY_EENCODING, "Invalid channel_data (not valid UTF-8)"},
    {ODY_VIEW("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["), ODY_EDEPTH,
     "Invalid channel_data (nested deeper than 32 levels)"},
    {ODY_VIEW("[]"), ODY_EINVALID, "Invalid channel_data (must be a JSON object)"},
    {ODY_VIEW("{}"), USER_ID_TYPE},
    {ODY_VIEW("{\"user_id\":\"\"}"), USER_ID_TYPE},
    {ODY_VIEW("{\"user_id\":null}"), USER_ID_TYPE},
    {ODY_VIEW("{\"user_id\":true}"), USER_ID_TYPE},
    {ODY_VIEW("{\"user_id\":1.0}"), USER_ID_TYPE},
    {ODY_VIEW("{\"user_id\":1e3}"), USER_ID_TYPE},
    {ODY_VIEW("{\"user_id\":{}}"), USER_ID_TYPE},
    {ODY_VIEW("{\"user_id\":[1]}"), USER_ID_TYPE},
    {ODY_VIEW("{\"user_id\":\"a\\u0000b\"}"), ODY_EINVALID,
     "Invalid channel_data (user_id contains a NUL character)"},
};

static void check_refused(ody_view text, int code, const char *sentence)
{
    ody_member_data member;
    ody_error error;
    int result = ody_member_data_parse(ody_test_guarded(text), &test_limits, &member, &error);

    if (result != code) {
        FAIL("%.*s gives %d", (int)text.length, text.data, result);
    }
    CHECK_VIEW(ody_view_of(error.message), ody_view_of(sentence));
    CHECK(!member.owned);
}

TEST(refuses_each_bad_member_with_its_sentence)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_refused(rows[i].text, rows[i].code, rows[i].sentence);
    }
}

/* A member whose id is a string of id_length bytes, and whose info takes info_length. */
static ody_view sized(size_t id_length, size_t info_length, char *text)
{
    int length = sprintf(text, "{\"user_id\":\"%0*d\",\"user_info\": [ \"%0*d\" ] }",
                         (int)id_length, 0, (int)info_length - 4, 0);

    return (ody_view){text, (size_t)length};
}

TEST(members_end_at_their_limits)
{
    char text[2048];
    ody_member_data member;

    CHECK_EQUAL(ody_member_data_parse(sized(128, 1024, text), &test_limits, &member, NULL), 0);
    CHECK_EQUAL(member.user_id.length, 128);
    CHECK_EQUAL(member.user_info.length, 1024);
    ody_member_data_fini(&member);
    check_refused(sized(129, 1024, text), ODY_ELIMIT,
                  "Invalid channel_data (user_id is longer than 128 bytes)");
    check_refused(sized(128, 1025, text), ODY_ELIMIT,
                  "Invalid channel_data (user_info is larger than 1024 bytes)");
}

TEST(survives_a_failed_allocation)
{
    ody_view text = ODY_VIEW("{\"user_id\":10,\"user_info\":{}}");
    ody_member_data member;

    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_member_data_parse(text, &test_limits, &member, NULL), ODY_EMEMORY);
    CHECK(!member.owned);
    ody_memory_fail_at(2);
    CHECK_EQUAL(ody_member_data_parse(text, &test_limits, &member, NULL), 0);
    ody_member_data_fini(&member);
    ody_memory_fail_at(0);
    fail_json_at(1, false);
    CHECK_EQUAL(ody_member_data_parse(text, &test_limits, &member, NULL), ODY_EMEMORY);
}
