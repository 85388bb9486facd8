/* SPDX-License-Identifier: MIT */
/* The grammar of channel names: every prefix, every byte, every length at its border. */
#include "wire/channel_name.h"
#include "guard.h"
#include "ody/error.h"
#include "test.h"

#define MAX 164

static const struct {
    const char *name;
    ody_channel_type type;
    bool cache;
    bool auth;
    const char *shown;
} kinds[] = {
    {"my-channel", ODY_CHANNEL_PUBLIC, false, false, "public"},
    {"private-foo", ODY_CHANNEL_PRIVATE, false, true, "private"},
    {"private-encrypted-foo", ODY_CHANNEL_ENCRYPTED, false, true, "private-encrypted"},
    {"presence-foo", ODY_CHANNEL_PRESENCE, false, true, "presence"},
    {"cache-foo", ODY_CHANNEL_PUBLIC, true, false, "cache"},
    {"private-cache-foo", ODY_CHANNEL_PRIVATE, true, true, "private-cache"},
    {"private-encrypted-cache-foo", ODY_CHANNEL_ENCRYPTED, true, true, "private-encrypted-cache"},
    {"presence-cache-foo", ODY_CHANNEL_PRESENCE, true, true, "presence-cache"},
    {"#server-to-user-12345", ODY_CHANNEL_USER, false, false, "user"},
    {"privateer", ODY_CHANNEL_PUBLIC, false, false, "public"},
    {"private", ODY_CHANNEL_PUBLIC, false, false, "public"},
    {"Private-foo", ODY_CHANNEL_PUBLIC, false, false, "public"},
    {"private-encrypted", ODY_CHANNEL_PRIVATE, false, true, "private"},
    {"private-cachefoo", ODY_CHANNEL_PRIVATE, false, true, "private"},
    {"presence", ODY_CHANNEL_PUBLIC, false, false, "public"},
    {"presence-encrypted-foo", ODY_CHANNEL_PRESENCE, false, true, "presence"},
    {"cached", ODY_CHANNEL_PUBLIC, false, false, "public"},
    {"private-", ODY_CHANNEL_PRIVATE, false, true, "private"},
    {"a", ODY_CHANNEL_PUBLIC, false, false, "public"},
    {"Az09_-=@,.;", ODY_CHANNEL_PUBLIC, false, false, "public"},
};

TEST(tells_the_kind_by_the_whole_prefix)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        ody_channel_kind kind;

        CHECK_EQUAL(ody_channel_name_parse(ody_view_of(kinds[i].name), MAX, &kind), 0);
        if (kind.type != kinds[i].type || kind.cache != kinds[i].cache) {
            FAIL("%s is of type %d, cache %d", kinds[i].name, (int)kind.type, (int)kind.cache);
        }
        CHECK_EQUAL(ody_channel_needs_auth(kind), kinds[i].auth);
        CHECK_EQUAL(ody_channel_always_exists(kind), kind.cache || kind.type == ODY_CHANNEL_USER);
        CHECK_VIEW(ody_view_of(ody_channel_kind_name(kind)), ody_view_of(kinds[i].shown));
    }
}

TEST(refuses_every_other_byte)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;";

    for (int byte = 0; byte < 256; byte++) {
        bool fine = byte != 0 && strchr(allowed, byte);

        for (size_t at = 0; at < 3; at++) {
            char name[] = "abc";
            ody_channel_kind kind;

            name[at] = (char)byte;
            CHECK_EQUAL(ody_channel_name_parse((ody_view){name, 3}, MAX, &kind),
                        fine ? 0 : ODY_ECHANNEL_NAME);
        }
    }
}

TEST(refuses_lengths_outside_of_the_limit)
{
    char name[MAX + 1];
    ody_channel_kind kind;

    memset(name, 'x', sizeof(name));
    CHECK_EQUAL(ody_channel_name_parse((ody_view){name, MAX}, MAX, &kind), 0);
    CHECK_EQUAL(ody_channel_name_parse((ody_view){name, MAX + 1}, MAX, &kind), ODY_ECHANNEL_NAME);
    CHECK_EQUAL(ody_channel_name_parse((ody_view){name, 0}, MAX, &kind), ODY_ECHANNEL_NAME);
    CHECK_EQUAL(ody_channel_name_parse(ODY_VIEW_NONE, MAX, &kind), ODY_ECHANNEL_NAME);
}

TEST(allows_a_hash_only_before_a_user)
{
    static const char *const names[] = {
        "#server-to-user-",
        "#server-to-user",
        "#",
        "#foo",
        "#server-to-user-a#b",
        "a#server-to-user-1",
        "#server-to-user-a b",
        "#Server-to-user-1",
    };
    ody_channel_kind kind;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (ody_channel_name_parse(ody_view_of(names[i]), MAX, &kind) != ODY_ECHANNEL_NAME) {
            FAIL("%s is allowed", names[i]);
        }
    }
}

TEST(reads_no_byte_past_the_name)
{
    static const char name[] = "private-encrypted-cache-x";
    ody_channel_kind kind;

    for (size_t length = 0; length < sizeof(name); length++) {
        ody_channel_name_parse(ody_test_guarded((ody_view){name, length}), MAX, &kind);
    }
}
