/* SPDX-License-Identifier: MIT */
/* What a URL of Redis may look like, and that nothing that is said about one shows its password. */
#include "cluster/redis_url.h"

#include "base/memory.h"
#include "ody/redis.h"
#include "test.h"

static ody_redis_address *read_url(const char *url)
{
    ody_redis_address *address;
    ody_error error;

    if (ody_redis_url_read(url, &address, &error) < 0) {
        FAIL("%s: %s", url, error.message);
    }
    CHECK_EQUAL(ody_redis_url_check(url, NULL), 0);
    return address;
}

static void check_host(const char *url, const char *host, unsigned port, uint32_t database)
{
    ody_redis_address *address = read_url(url);

    CHECK_VIEW(ody_view_of(address->host), ody_view_of(host));
    CHECK(!address->path);
    CHECK_EQUAL(address->port, port);
    CHECK_EQUAL(address->database, database);
    ody_redis_address_free(address);
}

static void check_user(const char *url, ody_view user, ody_view password)
{
    ody_redis_address *address = read_url(url);

    CHECK_VIEW(address->user, user);
    CHECK_VIEW(address->password, password);
    CHECK(!address->user.data == !user.data);
    CHECK(!address->password.data == !password.data);
    ody_redis_address_free(address);
}

static void check_path(const char *url, const char *path, uint32_t database)
{
    ody_redis_address *address = read_url(url);

    CHECK_VIEW(ody_view_of(address->path), ody_view_of(path));
    CHECK(!address->host);
    CHECK_EQUAL(address->database, database);
    ody_redis_address_free(address);
}

TEST(hosts_and_ports)
{
    check_host("redis://127.0.0.1:6379", "127.0.0.1", 6379, 0);
    check_host("redis://cache.example", "cache.example", 6379, 0);
    check_host("tcp://cache_1.example:7000/", "cache_1.example", 7000, 0);
    check_host("REDIS://localhost/3", "localhost", 6379, 3);
    check_host("redis://[::1]:7000/0", "::1", 7000, 0);
    check_host("redis://[2001:db8::1]", "2001:db8::1", 6379, 0);
    check_host("redis://h:/", "h", 6379, 0);
    check_host("redis://h?database=4", "h", 6379, 4);
    check_host("redis://h/?db=4", "h", 6379, 4);
    check_host("redis://h:65535/999999", "h", 65535, 999999);
}

TEST(users_and_passwords)
{
    check_user("redis://h", ODY_VIEW_NONE, ODY_VIEW_NONE);
    check_user("redis://:secret@h", ODY_VIEW_NONE, ODY_VIEW("secret"));
    check_user("redis://ody:secret@h:1/2", ODY_VIEW("ody"), ODY_VIEW("secret"));
    check_user("redis://ody:a@b:c@h", ODY_VIEW("ody"), ODY_VIEW("a@b:c"));
    check_user("redis://o%64y:%2F%40%3a%25@h", ODY_VIEW("ody"), ODY_VIEW("/@:%"));
    check_user("unix://:secret@/run/redis.sock", ODY_VIEW_NONE, ODY_VIEW("secret"));
}

TEST(unix_sockets)
{
    check_path("unix:///run/redis/redis.sock", "/run/redis/redis.sock", 0);
    check_path("unix:///run/redis.sock?database=2", "/run/redis.sock", 2);
    check_path("unix:///a%20b?db=0", "/a b", 0);
}

static const struct {
    const char *url;
    const char *sentence;
} refused[] = {
    {"", "must begin with redis://, tcp:// or unix://"},
    {"127.0.0.1:6379", "must begin with redis://, tcp:// or unix://"},
    {"redis:", "must begin with redis://, tcp:// or unix://"},
    {"redis:/h", "must begin with redis://, tcp:// or unix://"},
    {"http://h", "must begin with redis://, tcp:// or unix://"},
    {"redisx://h", "must begin with redis://, tcp:// or unix://"},
    {"rediss://h", "cannot be reached with TLS yet"},
    {"tls://h", "cannot be reached with TLS yet"},
    {"redis://", "a host that is a name or an address"},
    {"redis:///2", "a host that is a name or an address"},
    {"redis://:6379", "a host that is a name or an address"},
    {"redis://:top-secret@", "a host that is a name or an address"},
    {"redis://top-secret@h", "names a user but no password"},
    {"redis://user:@h", "names a user but no password"},
    {"redis://:top%2secret@h", "with a % that begins no escape"},
    {"redis://:top-secret%00@h", "with a % that begins no escape"},
    {"redis://:top-secret%@h", "with a % that begins no escape"},
    {"redis://%zz:top-secret@h", "with a % that begins no escape"},
    {"redis://:top-secret@h:0", "a port from 1 to 65535"},
    {"redis://:top-secret@h:65536", "a port from 1 to 65535"},
    {"redis://:top-secret@h:1234567", "a port from 1 to 65535"},
    {"redis://:top-secret@h:6379x", "a port from 1 to 65535"},
    {"redis://:top-secret@[::1", "with a [ and no ]"},
    {"redis://:top-secret@[]", "a host that is a name or an address"},
    {"redis://:top-secret@[::1]6379", "a host that is a name or an address"},
    {"redis://:top-secret@[a.example]", "a host that is a name or an address"},
    {"redis://:top-secret@a,b", "a host that is a name or an address"},
    {"redis://:top-secret@h%41", "a host that is a name or an address"},
    {"redis://:top-secret@h/x", "a number as its database"},
    {"redis://:top-secret@h/1/2", "a number as its database"},
    {"redis://:top-secret@h/-1", "a number as its database"},
    {"redis://:top-secret@h/1234567", "a number as its database"},
    {"redis://:top-secret@h?database=", "a number as its database"},
    {"redis://:top-secret@h?timeout=1", "nothing behind its ? but database=number"},
    {"redis://h/top secret", "a space, a # or a control character"},
    {"redis://h#1", "a space, a # or a control character"},
    {"redis://h\n", "a space, a # or a control character"},
    {"unix://", "must have the path of a socket"},
    {"unix:///", "must have the path of a socket"},
    {"unix://run/redis.sock", "a path that begins with a /"},
    {"unix:///%", "with a % that begins no escape"},
};

static void check_refused(const char *url, const char *sentence)
{
    ody_redis_address *address = NULL;
    ody_error error;

    if (ody_redis_url_read(url, &address, &error) != ODY_ECONFIGURATION) {
        FAIL("%s is not refused", url);
    }
    if (!strstr(error.message, sentence) || strncmp(error.message, "\"redis.url\" ", 12) != 0) {
        FAIL("%s: %s", url, error.message);
    }
    CHECK(!strstr(error.message, "top-secret"));
    CHECK(!address);
    CHECK_EQUAL(ody_redis_url_check(url, &error), ODY_ECONFIGURATION);
}

TEST(what_is_wrong_is_said_without_secrets)
{
    char url[5000] = "unix://";

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        check_refused(refused[i].url, refused[i].sentence);
    }
    memset(url + 7, '/', 108);
    check_refused(url, "longer than the system allows");
    memset(url + 7, '/', 4990);
    check_refused(url, "4096 bytes at most");
    memcpy(url, "redis://", 8);
    memset(url + 8, 'h', 254);
    url[262] = '\0';
    check_refused(url, "a host that is a name or an address");
    url[261] = '\0';
    check_host(url, url + 8, 6379, 0);
}

TEST(an_address_is_shown_without_user_and_password)
{
    char text[ODY_REDIS_ADDRESS_TEXT];
    ody_redis_address *address = read_url("redis://ody:top-secret@[::1]:7000/3");

    ody_redis_address_show(address, text);
    CHECK_TEXT(ody_view_of(text), "[::1]:7000 database 3");
    ody_redis_address_free(address);
    address = read_url("redis://:top-secret@cache.example");
    ody_redis_address_show(address, text);
    CHECK_TEXT(ody_view_of(text), "cache.example:6379");
    ody_redis_address_free(address);
    address = read_url("unix://:top-secret@/run/redis.sock");
    ody_redis_address_show(address, text);
    CHECK_TEXT(ody_view_of(text), "/run/redis.sock");
    ody_redis_address_free(address);
}

TEST(without_memory_nothing_is_read)
{
    ody_redis_address *address;
    ody_error error;

    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_redis_url_read("redis://h", &address, &error), ODY_EMEMORY);
    ody_memory_fail_at(0);
}
