/* SPDX-License-Identifier: MIT */
/* Who signs in, out of user_data: ids, opaque info, watchlists, limits. */
#include "base/memory.h"
#include "guard.h"
#include "support.h"
#include "wire/message.h"

static ody_user_data read_user(ody_view text)
{
    ody_user_data user;
    ody_error error;
    int result = ody_user_data_parse(ody_test_guarded(text), &test_limits, &user, &error);

    if (result != 0) {
        FAIL("%.*s: %s", (int)text.length, text.data, error.message);
    }
    return user;
}

TEST(reads_who_signs_in)
{
    ody_user_data user = read_user(ODY_VIEW("{\"id\":\"12345\"}"));

    CHECK_TEXT(user.id, "12345");
    CHECK_TEXT(user.user_info, "{}");
    CHECK_EQUAL(user.watchlist_length, 0);
    CHECK(!user.watchlist_cut);
    ody_user_data_fini(&user);
    CHECK(!user.owned);
    ody_user_data_fini(&user);

    user = read_user(ODY_VIEW(" { \"watchlist\" : [\"a\", \"\\u00e9\\\"\", \"a\"],"
                              "\"user_info\" : { \"n\" : 0.10 } , \"id\":\" b \", \"x\":[1]}"));
    CHECK_TEXT(user.id, " b ");
    CHECK_TEXT(user.user_info, "{\"n\":0.10}");
    CHECK_EQUAL(user.watchlist_length, 3);
    CHECK_TEXT(user.watchlist[0], "a");
    CHECK_TEXT(user.watchlist[1], "é\"");
    CHECK_TEXT(user.watchlist[2], "a");
    ody_user_data_fini(&user);
}

TEST(what_is_null_is_absent)
{
    ody_user_data user = read_user(ODY_VIEW("{\"id\":\"1\",\"watchlist\":null}"));

    CHECK_EQUAL(user.watchlist_length, 0);
    ody_user_data_fini(&user);
    user = read_user(ODY_VIEW("{\"id\":\"1\",\"watchlist\":[],\"user_info\":true}"));
    CHECK_EQUAL(user.watchlist_length, 0);
    CHECK_TEXT(user.user_info, "true");
    ody_user_data_fini(&user);
}

#define ID_TYPE ODY_EINVALID, "Invalid user_data (id must be a non-empty string)"
#define WATCHLIST_TYPE                                                                             \
    ODY_EINVALID, "Invalid user_data (watchlist must be a list of non-empty strings)"

static const struct {
    ody_view text;
    int code;
    const char *sentence;
} rows[] = {
    {{NULL, 0}, ODY_EJSON, "Invalid user_data (not valid JSON)"},
    {ODY_VIEW("x"), ODY_EJSON, "Invalid user_data (not valid JSON)"},
    {ODY_VIEW("{\"id\":\"1\"}\0"), ODY_EJSON, "Invalid user_data (not valid JSON)"},
    {ODY_VIEW("{\"id\":\"1\",\"id\":\"2\"}"), ODY_EJSON,
     "Invalid user_data (an object has the same key twice)"},
    {ODY_VIEW("{\"id\":\"\xff\"}"), ODY_EENCODING, "Invalid user_data (not valid UTF-8)"},
    {ODY_VIEW("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["), ODY_EDEPTH,
     "Invalid user_data (nested deeper than 32 levels)"},
    {ODY_VIEW("[]"), ODY_EINVALID, "Invalid user_data (must be a JSON object)"},
    {ODY_VIEW("{}"), ID_TYPE},
    {ODY_VIEW("{\"id\":\"\"}"), ID_TYPE},
    {ODY_VIEW("{\"id\":null}"), ID_TYPE},
    {ODY_VIEW("{\"id\":1}"), ID_TYPE},
    {ODY_VIEW("{\"id\":[\"1\"]}"), ID_TYPE},
    {ODY_VIEW("{\"user_id\":\"1\"}"), ID_TYPE},
    {ODY_VIEW("{\"id\":\"a\\u0000b\"}"), ODY_EINVALID,
     "Invalid user_data (id contains a NUL character)"},
    {ODY_VIEW("{\"id\":\"1\",\"watchlist\":\"2\"}"), WATCHLIST_TYPE},
    {ODY_VIEW("{\"id\":\"1\",\"watchlist\":{}}"), WATCHLIST_TYPE},
    {ODY_VIEW("{\"id\":\"1\",\"watchlist\":[\"2\",3]}"), WATCHLIST_TYPE},
    {ODY_VIEW("{\"id\":\"1\",\"watchlist\":[\"2\",\"\"]}"), WATCHLIST_TYPE},
    {ODY_VIEW("{\"id\":\"1\",\"watchlist\":[null]}"), WATCHLIST_TYPE},
    {ODY_VIEW("{\"id\":\"1\",\"watchlist\":[\"2\\u0000\"]}"), ODY_EINVALID,
     "Invalid user_data (watchlist contains a NUL character)"},
};

static void check_refused(ody_view text, int code, const char *sentence)
{
    ody_user_data user;
    ody_error error;
    int result = ody_user_data_parse(ody_test_guarded(text), &test_limits, &user, &error);

    if (result != code) {
        FAIL("%.*s gives %d", (int)text.length, text.data, result);
    }
    CHECK_VIEW(ody_view_of(error.message), ody_view_of(sentence));
    CHECK(!user.owned && !user.watchlist && user.watchlist_length == 0);
}

TEST(refuses_each_bad_user_with_its_sentence)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_refused(rows[i].text, rows[i].code, rows[i].sentence);
    }
}

/* A user with an id, a watched id and info of these lengths. */
static ody_view sized(size_t id, size_t watched, size_t info, char *text)
{
    int length =
        sprintf(text, "{\"id\":\"%0*d\",\"watchlist\":[\"%0*d\"],\"user_info\": [ \"%0*d\" ] }",
                (int)id, 0, (int)watched, 0, (int)info - 4, 0);

    return (ody_view){text, (size_t)length};
}

TEST(users_end_at_their_limits)
{
    char text[2048];
    ody_user_data user = read_user(sized(128, 128, 1024, text));

    CHECK_EQUAL(user.id.length, 128);
    CHECK_EQUAL(user.watchlist[0].length, 128);
    CHECK_EQUAL(user.user_info.length, 1024);
    ody_user_data_fini(&user);
    check_refused(sized(129, 128, 1024, text), ODY_ELIMIT,
                  "Invalid user_data (id: an id is longer than 128 bytes)");
    check_refused(sized(128, 129, 1024, text), ODY_ELIMIT,
                  "Invalid user_data (watchlist: an id is longer than 128 bytes)");
    check_refused(sized(128, 128, 1025, text), ODY_ELIMIT,
                  "Invalid user_data (user_info is larger than 1024 bytes)");
}

static ody_view with_watchlist(int count, char *text)
{
    int length = sprintf(text, "{\"id\":\"1\",\"watchlist\":[");

    for (int i = 0; i < count; i++) {
        length += sprintf(text + length, "%s\"u%d\"", i ? "," : "", i);
    }
    return (ody_view){text, (size_t)length + (size_t)sprintf(text + length, "]}")};
}

TEST(of_a_longer_watchlist_the_first_are_kept)
{
    char text[2048];
    ody_user_data user = read_user(with_watchlist(100, text));

    CHECK_EQUAL(user.watchlist_length, 100);
    CHECK(!user.watchlist_cut);
    ody_user_data_fini(&user);
    user = read_user(with_watchlist(101, text));
    CHECK_EQUAL(user.watchlist_length, 100);
    CHECK(user.watchlist_cut);
    CHECK_TEXT(user.watchlist[99], "u99");
    ody_user_data_fini(&user);
}

TEST(reading_a_user_survives_a_failed_allocation)
{
    ody_view text = ODY_VIEW("{\"id\":\"10\",\"user_info\":{},\"watchlist\":[\"1\"]}");
    ody_user_data user;

    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_user_data_parse(text, &test_limits, &user, NULL), ODY_EMEMORY);
    CHECK(!user.owned);
    ody_memory_fail_at(2);
    CHECK_EQUAL(ody_user_data_parse(text, &test_limits, &user, NULL), 0);
    ody_user_data_fini(&user);
    ody_memory_fail_at(0);
    fail_json_at(1, false);
    CHECK_EQUAL(ody_user_data_parse(text, &test_limits, &user, NULL), ODY_EMEMORY);
}
