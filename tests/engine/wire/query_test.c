/* SPDX-License-Identifier: MIT */
/* Queries and forms: decoded once, sorted, and refused where they could mean two things. */
#include "base/memory.h"
#include "guard.h"
#include "wire/percent.h"
#include "wire/query.h"

static ody_query parsed(const char *text)
{
    ody_query query;
    ody_error error;

    if (ody_query_parse(ody_test_guarded(ody_view_of(text)), &query, &error) < 0) {
        FAIL("%s: %s", text, error.message);
    }
    return query;
}

/* All of it as one text: "name=value|name[]=value". */
static void check_shown(const char *text, const char *wanted)
{
    ody_query query = parsed(text);
    char shown[1024];
    size_t length = 0;

    shown[0] = '\0';
    for (size_t index = 0; index < query.count; index++) {
        const ody_parameter *one = &query.parameters[index];

        length += (size_t)snprintf(shown + length, sizeof(shown) - length, "%s%.*s%s=%.*s",
                                   index > 0 ? "|" : "", (int)one->name.length, one->name.data,
                                   one->list ? "[]" : "", (int)one->value.length, one->value.data);
    }
    if (strcmp(shown, wanted) != 0) {
        FAIL("%s gives %s, not %s", text, shown, wanted);
    }
    ody_query_fini(&query);
}

TEST(reads_and_sorts_parameters)
{
    check_shown("", "");
    check_shown("&&", "");
    check_shown("b=2&a=1&c", "a=1|b=2|c=");
    check_shown("Info=x&AUTH_Key=Y", "auth_key=Y|info=x");
    check_shown("ab=1&a=2&a-b=3", "a=2|a-b=3|ab=1");
    check_shown("a=1=2&b==", "a=1=2|b==");
    check_shown("a=1&", "a=1");
}

TEST(decodes_names_and_values)
{
    check_shown("a%62=%31+2%2B%26%3d", "ab=1 2+&=");
    check_shown("a=%c3%A9", "a=\xc3\xa9");
    check_shown("a=%&b=%4&c=%zz&d=%%41", "a=%|b=%4|c=%zz|d=%A");
    check_shown("a=x%2Cy,z", "a=x,y,z");
}

TEST(reads_lists)
{
    check_shown("c[]=b&c[]=a&x=1", "c[]=b|c[]=a|x=1");
    check_shown("c%5B0%5D=b&c%5B10%5D=a", "c[]=b|c[]=a");
    check_shown("C[]=1", "c[]=1");
    check_shown("c[x]=1&d[=2&e]=3&[]=4", "[]=4|c[x]=1|d[=2|e]=3");
}

TEST(finds_parameters)
{
    ody_query query = parsed("info=a&channels[]=x&channels[]=y");
    size_t count;
    const ody_parameter *list = ody_query_list(&query, ODY_VIEW("channels"), &count);

    CHECK_EQUAL(count, 2);
    CHECK_TEXT(list[0].value, "x");
    CHECK_TEXT(list[1].value, "y");
    CHECK_TEXT(ody_query_find(&query, ODY_VIEW("info")), "a");
    CHECK(!ody_query_find(&query, ODY_VIEW("channels")).data);
    CHECK(!ody_query_find(&query, ODY_VIEW("inf")).data);
    CHECK(ody_query_list(&query, ODY_VIEW("none"), &count) == NULL && count == 0);
    CHECK(ody_query_list(&query, ODY_VIEW("info"), &count) && count == 1);
    ody_query_fini(&query);
}

TEST(an_empty_query_has_nothing)
{
    ody_query query = {0};
    size_t count;

    CHECK(!ody_query_find(&query, ODY_VIEW("a")).data);
    CHECK(ody_query_list(&query, ODY_VIEW("a"), &count) == NULL);
    ody_query_fini(&query);
}

TEST(refuses_what_could_mean_two_things)
{
    static const struct {
        const char *text;
        int code;
        const char *sentence;
    } rows[] = {
        {"a=1&a=1", ODY_EINVALID, "The query string has a parameter twice"},
        {"a=1&A=2", ODY_EINVALID, "The query string has a parameter twice"},
        {"a[]=1&a=2", ODY_EINVALID, "The query string has a parameter twice"},
        {"a=1&a[]=2&a[]=3", ODY_EINVALID, "The query string has a parameter twice"},
        {"=1", ODY_EINVALID,
         "The query string has a parameter without a name or with a NUL character"},
        {"a%00=1", ODY_EINVALID,
         "The query string has a parameter without a name or with a NUL character"},
        {"a=1%00", ODY_EINVALID,
         "The query string has a parameter without a name or with a NUL character"},
        {"a=%ff", ODY_EENCODING, "The query string has a parameter that is not valid UTF-8"},
        {"%ed%a0%80=1", ODY_EENCODING, "The query string has a parameter that is not valid UTF-8"},
    };

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        ody_query query;
        ody_error error;

        CHECK_EQUAL(ody_query_parse(ody_view_of(rows[index].text), &query, &error),
                    rows[index].code);
        CHECK_VIEW(ody_view_of(error.message), ody_view_of(rows[index].sentence));
        CHECK_EQUAL(ody_query_parse(ody_view_of(rows[index].text), &query, NULL), rows[index].code);
        CHECK(!query.owned);
    }
}

TEST(caps_the_number_of_parameters)
{
    char text[4 * (ODY_QUERY_MAX + 1) + 1];
    size_t length = 0;
    ody_query query;
    ody_error error;

    for (int index = 0; index <= ODY_QUERY_MAX; index++) {
        memcpy(text + length, "a[]&", 4);
        length += 4;
        if (index == ODY_QUERY_MAX - 1) {
            CHECK_EQUAL(ody_query_parse((ody_view){text, length}, &query, &error), 0);
            CHECK_EQUAL(query.count, ODY_QUERY_MAX);
            ody_query_fini(&query);
        }
    }
    CHECK_EQUAL(ody_query_parse((ody_view){text, length}, &query, &error), ODY_EINVALID);
    CHECK_TEXT(ody_view_of(error.message), "The query string has more than 128 parameters");
}

TEST(survives_a_lack_of_memory)
{
    ody_query query;

    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_query_parse(ODY_VIEW("a=1"), &query, NULL), ODY_EMEMORY);
    CHECK(!query.owned);
}

TEST(a_path_keeps_its_plus)
{
    char out[8];

    CHECK_EQUAL(ody_percent_decode(ODY_VIEW("a+b%2f"), false, out), 4);
    CHECK_VIEW(((ody_view){out, 4}), ODY_VIEW("a+b/"));
}
