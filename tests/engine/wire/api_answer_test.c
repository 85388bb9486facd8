/* SPDX-License-Identifier: MIT */
/* Answers of the HTTP API, byte for byte where clients compare bytes. */
#include "base/memory.h"
#include "support.h"
#include "wire/api_answer.h"
#include "wire/encode.h"

#define ALL (ODY_INFO_USER_COUNT | ODY_INFO_SUBSCRIPTION_COUNT | ODY_INFO_CACHE)

static const ody_api_attributes full = {
    .shown = ALL,
    .user_count = 1,
    .subscription_count = 20,
    .cached = {"\"{\\\"a\\\":1}\"", 11},
    .cached_for = 59001,
};

static void check_attributes(ody_api_attributes attributes, ody_view wanted)
{
    ody_bytes out = {0};

    ody_encode_attributes(&out, &attributes);
    CHECK_VIEW(ody_bytes_view(&out), wanted);
    ody_bytes_fini(&out);
}

TEST(reads_lists_of_attributes)
{
    CHECK_EQUAL(ody_api_info_parse(ODY_VIEW_NONE, NULL), 0);
    CHECK_EQUAL(ody_api_info_parse(ODY_VIEW("user_count"), NULL), ODY_INFO_USER_COUNT);
    CHECK_EQUAL(ody_api_info_parse(ODY_VIEW("cache, user_count,subscription_count"), NULL), ALL);
    CHECK_EQUAL(ody_api_info_parse(ODY_VIEW("cache,cache"), NULL), ODY_INFO_CACHE);
    CHECK_EQUAL(ody_api_info_parse(ODY_VIEW("sent_to"), NULL), ODY_INFO_SENT_TO);
    CHECK_EQUAL(ody_api_info_parse(ODY_VIEW("users"), NULL), ODY_EINVALID);
    CHECK_EQUAL(ody_api_info_parse(ODY_VIEW("cache,,cache"), NULL), ODY_EINVALID);
    CHECK_EQUAL(ody_api_info_parse(ODY_VIEW(" "), NULL), ODY_EINVALID);
}

static int find_in(const char *text)
{
    ody_query query;
    int set;

    CHECK_EQUAL(ody_query_parse(ody_view_of(text), &query, NULL), 0);
    set = ody_api_info_find(&query, NULL);
    ody_query_fini(&query);
    return set;
}

TEST(attributes_may_be_a_list_in_a_query)
{
    CHECK_EQUAL(find_in("filter_by_prefix=a"), 0);
    CHECK_EQUAL(find_in("info=cache,user_count"), ODY_INFO_CACHE | ODY_INFO_USER_COUNT);
    CHECK_EQUAL(find_in("info[]=cache"), ODY_INFO_CACHE);
    CHECK_EQUAL(find_in("info%5B1%5D=cache&info%5B0%5D=user_count,subscription_count"), ALL);
    CHECK_EQUAL(find_in("info[]=cache&info[]=users&info[]=user_count"), ODY_EINVALID);
}

TEST(writes_what_is_asked_for)
{
    ody_api_attributes attributes = full;

    check_attributes(full, ODY_VIEW("{\"user_count\":1,\"subscription_count\":20,\"cache\":"
                                    "{\"data\":\"{\\\"a\\\":1}\",\"ttl\":60}}"));
    attributes.cached = ODY_VIEW_NONE;
    attributes.shown = ODY_INFO_CACHE;
    check_attributes(attributes, ODY_VIEW("{\"cache\":null}"));
    attributes.shown = ODY_INFO_SUBSCRIPTION_COUNT;
    check_attributes(attributes, ODY_VIEW("{\"subscription_count\":20}"));
    attributes.shown |= ODY_INFO_SENT_TO;
    attributes.sent_to = 19;
    check_attributes(attributes, ODY_VIEW("{\"subscription_count\":20,\"sent_to\":19}"));
    attributes.shown = 0;
    check_attributes(attributes, ODY_VIEW("{}"));
}

TEST(writes_whether_a_channel_is_occupied)
{
    ody_bytes out = {0};

    ody_encode_occupied(&out, true, &(ody_api_attributes){0});
    CHECK_TEXT(ody_bytes_view(&out), "{\"occupied\":true}");
    ody_bytes_clear(&out);
    ody_encode_occupied(&out, false, &(ody_api_attributes){.shown = ODY_INFO_USER_COUNT});
    CHECK_TEXT(ody_bytes_view(&out), "{\"occupied\":false,\"user_count\":0}");
    ody_bytes_fini(&out);
}

static void check_ids(const char *users, int code, const char *wanted)
{
    ody_bytes out = {0};

    CHECK_EQUAL(ody_encode_user_ids(&out, ody_view_of(users)), code);
    if (code == 0) {
        CHECK_VIEW(ody_bytes_view(&out), ody_view_of(wanted));
    }
    ody_bytes_fini(&out);
}

TEST(writes_the_ids_of_users)
{
    check_ids("[]", 0, "[]");
    check_ids("[{\"user_id\":\"1\",\"user_info\":{}},{\"user_id\":\"a\\\"b\",\"user_info\":true}]",
              0, "[{\"id\":\"1\"},{\"id\":\"a\\\"b\"}]");
    check_ids("[{\"user_id\":1}]", ODY_EJSON, "");
    check_ids("{}", ODY_EJSON, "");
    check_ids("", ODY_EJSON, "");
    fail_json_at(1, false);
    check_ids("[]", ODY_EMEMORY, "");
}

TEST(a_lack_of_memory_stays_in_the_buffer)
{
    ody_bytes out = {0};

    ody_memory_fail_at(1);
    ody_encode_attributes(&out, &full);
    CHECK(out.failed);
    ody_bytes_fini(&out);
}
