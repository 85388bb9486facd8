/* SPDX-License-Identifier: MIT */
/* Which origins fit which patterns, those included that only look as if they did. */
#include "wire/origin.h"

#include "guard.h"
#include "test.h"

typedef struct row {
    const char *patterns;
    const char *origin;
    bool allowed;
} row;

static void check(const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ody_view origin = ody_test_guarded(ody_view_of(rows[i].origin));

        if (ody_origin_allowed(rows[i].patterns, origin) != rows[i].allowed) {
            FAIL("\"%s\" and \"%s\": should be %s", rows[i].patterns, rows[i].origin,
                 rows[i].allowed ? "allowed" : "refused");
        }
    }
}

#define CHECK_ROWS(...)                                                                            \
    do {                                                                                           \
        static const row rows[] = {__VA_ARGS__};                                                   \
        check(rows, sizeof(rows) / sizeof(rows[0]));                                               \
    } while (0)

TEST(without_patterns_everything_may_connect)
{
    CHECK_ROWS({"", "https://example.com", true}, {"", "null", true}, {"", "nonsense", true},
               {"  ", "https://example.com", true}, {"*", "https://example.com", true},
               {"*", "null", true}, {"*", "nonsense", true}, {"*", "", true});
}

TEST(who_sends_no_origin_is_no_browser)
{
    CHECK(ody_origin_allowed("", ODY_VIEW_NONE));
    CHECK(ody_origin_allowed("*", ODY_VIEW_NONE));
    CHECK(ody_origin_allowed("https://example.com", ODY_VIEW_NONE));
    CHECK(!ody_origin_allowed("https://example.com", ODY_VIEW("")));
}

TEST(pitfall_32_a_host_alone_fits_any_scheme_and_port)
{
    CHECK_ROWS(
        {"example.com", "https://example.com", true}, {"example.com", "http://example.com", true},
        {"example.com", "http://example.com:8080", true},
        {"example.com", "capacitor://example.com", true},
        {"example.com", "https://EXAMPLE.com", true}, {"EXAMPLE.Com", "https://example.com", true},
        {"example.com", "https://www.example.com", false},
        {"example.com", "https://example.com.", false},
        {"example.com", "https://example.co", false},
        {"localhost", "http://localhost:5173", true}, );
}

TEST(pitfall_32_a_wildcard_takes_any_text)
{
    CHECK_ROWS({"*.example.com", "https://a.example.com", true},
               {"*.example.com", "https://a.b.example.com", true},
               {"*.example.com", "https://example.com", false},
               {"*.example.com", "https://evil-example.com", false},
               {"*.example.com", "https://a.example.com.evil.org", false},
               {"*.example.com", "https://a.example.comx", false},
               {"*example.com", "https://evil-example.com", true},
               {"shop-*.example.*", "https://shop-1.example.org", true},
               {"shop-*.example.*", "https://shop.example.org", false},
               {"a*b*c", "http://axxbxxbxc", true}, {"a*b*c", "http://axxcxxb", false},
               {"**.example.com", "https://a.example.com", true}, );
}

TEST(a_scheme_in_the_pattern_must_be_that_of_the_origin)
{
    CHECK_ROWS({"https://example.com", "https://example.com", true},
               {"https://example.com", "http://example.com", false},
               {"HTTPS://example.com", "https://example.com", true},
               {"http*://example.com", "https://example.com", true},
               {"*://example.com", "http://example.com", true},
               {"*://example.com", "http://example.com:8080", false},
               {"https://*", "https://any.where", true}, {"https://*", "http://any.where", false},
               {"capacitor://localhost", "capacitor://localhost", true},
               {"file://", "file://", true}, {"file://", "file://x", false}, );
}

TEST(a_port_is_the_schemes_own_unless_it_is_named)
{
    CHECK_ROWS({"https://example.com", "https://example.com:443", true},
               {"https://example.com:443", "https://example.com", true},
               {"http://example.com:80", "http://example.com", true},
               {"https://example.com", "https://example.com:8443", false},
               {"https://example.com:8443", "https://example.com:8443", true},
               {"https://example.com:8443", "https://example.com", false},
               {"https://example.com:*", "https://example.com:1234", true},
               {"https://example.com:*", "https://example.com", true},
               {"http://localhost:51*", "http://localhost:5173", true},
               {"http://localhost:51*", "http://localhost:8080", false},
               {"example.com:8080", "http://example.com:8080", true},
               {"example.com:8080", "https://example.com:8080", true},
               {"example.com:8080", "http://example.com", false},
               {"example.com:443", "https://example.com", true},
               {"capacitor://localhost", "capacitor://localhost:80", false}, );
}

TEST(several_patterns_stand_for_each_other)
{
    CHECK_ROWS({"https://a.example  http://b.example:81 ", "https://a.example", true},
               {"https://a.example  http://b.example:81 ", "http://b.example:81", true},
               {"https://a.example  http://b.example:81 ", "http://b.example", false},
               {" a.example *", "nonsense", true}, );
}

TEST(addresses_are_hosts)
{
    CHECK_ROWS({"127.0.0.1", "http://127.0.0.1:8000", true},
               {"http://127.0.0.1:8000", "http://127.0.0.1:8000", true},
               {"[::1]", "http://[::1]:8000", true}, {"[::1]", "http://[::1]", true},
               {"http://[::1]", "http://[::1]", true}, {"http://[::1]", "http://[::1]:8000", false},
               {"http://[::1]:8000", "http://[::1]:8000", true},
               {"[2001:DB8::*]", "http://[2001:db8::5]", true}, {"[::1]", "http://[::2]", false},
               {"::1", "http://[::1]", false}, {"*", "http://[::1", true},
               {"[*", "http://[::1", false}, );
}

TEST(what_is_no_origin_fits_nothing)
{
    CHECK_ROWS({"example.com", "example.com", false}, {"*.com", "example.com", false},
               {"example.com", "//example.com", false}, {"example.com", "://example.com", false},
               {"example.com", "https://example.com/", false},
               {"*example.com", "https://evil.org/example.com", false},
               {"*example.com", "https://evil.org#example.com", false},
               {"*example.com", "https://evil.org?example.com", false},
               {"*example.com", "https://evil.org\\example.com", false},
               {"example.com*", "https://example.com@evil.org", false},
               {"example.com*", "https://example.com:pass@evil.org", false},
               {"example.com:*", "https://example.com:x", false},
               {"example.com:*", "https://example.com:", false},
               {"example.com:*", "https://example.com:123456", false},
               {"*example.com", "https://evil.org example.com", false},
               {"*example.com", "https://evil.org, https://example.com", false},
               {"https://example.com", "https://https://example.com", false},
               {"*example.com", "https://evil.org://example.com", false},
               {"*", "https://example.com@evil.org", true}, );
    CHECK(!ody_origin_allowed("*example.com", ODY_VIEW("https://evil.org\0example.com")));
    CHECK(!ody_origin_allowed("example.com*", ODY_VIEW("https://example.com\0")));
}

TEST(pages_without_an_origin_are_named_null)
{
    CHECK_ROWS({"null", "null", true}, {"example.com", "null", false}, {"n*", "null", false},
               {"*://*", "null", false}, {"https://example.com null", "null", true},
               {"null", "NULL", false}, );
}
