/* SPDX-License-Identifier: MIT */
/* Sessions begin, end and give way to others; guessing becomes slow. */
#include "http/sessions.h"
#include "base/map.h"
#include "test.h"

#define NOW 1000000ull

static const uint8_t one[16] = {[10] = 0xff, 0xff, 192, 0, 2, 1};

static ody_view begin(ody_sessions *sessions, uint64_t now, char copy[ODY_SESSION_TOKEN + 1])
{
    strcpy(copy, ody_sessions_begin(sessions, now));
    return ody_view_of(copy);
}

TEST(a_session_is_known_by_its_token)
{
    ody_sessions sessions = {0};
    char first[ODY_SESSION_TOKEN + 1], second[ODY_SESSION_TOKEN + 1];
    ody_view token = begin(&sessions, NOW, first);
    ody_view other = begin(&sessions, NOW, second);

    CHECK_EQUAL(token.length, ODY_SESSION_TOKEN);
    CHECK(!ody_view_equal(token, other));
    CHECK(ody_sessions_use(&sessions, token, NOW));
    CHECK(ody_sessions_use(&sessions, other, NOW));
    first[10] ^= 1;
    CHECK(!ody_sessions_use(&sessions, token, NOW));
    first[10] ^= 1;
    CHECK(!ody_sessions_use(&sessions, (ody_view){token.data, token.length - 1}, NOW));
    ody_sessions_end(&sessions, token);
    CHECK(!ody_sessions_use(&sessions, token, NOW));
    CHECK(ody_sessions_use(&sessions, other, NOW));
    ody_sessions_end(&sessions, token);
    ody_sessions_clear(&sessions);
    CHECK(!ody_sessions_use(&sessions, other, NOW));
}

TEST(where_there_is_no_session_no_token_is_good)
{
    static const char zeros[ODY_SESSION_TOKEN];
    ody_sessions sessions = {0};

    CHECK(!ody_sessions_use(&sessions, ODY_VIEW_NONE, NOW));
    CHECK(!ody_sessions_use(&sessions, ODY_VIEW(""), NOW));
    CHECK(!ody_sessions_use(&sessions, (ody_view){zeros, sizeof(zeros)}, 0));
}

TEST(a_session_ends_when_it_is_not_used_and_at_last_in_any_case)
{
    ody_sessions sessions = {0};
    char copy[ODY_SESSION_TOKEN + 1];
    ody_view token = begin(&sessions, NOW, copy);
    uint64_t now = NOW;

    for (int use = 0; use < 12; use++) {
        now += ODY_SESSION_IDLE - 1;
        CHECK(ody_sessions_use(&sessions, token, now));
    }
    CHECK(!ody_sessions_use(&sessions, token, NOW + ODY_SESSION_TIME));
    token = begin(&sessions, NOW, copy);
    CHECK(!ody_sessions_use(&sessions, token, NOW + ODY_SESSION_IDLE));
}

TEST(the_longest_unused_session_gives_way)
{
    ody_sessions sessions = {0};
    char copies[ODY_SESSIONS_MAX + 1][ODY_SESSION_TOKEN + 1];

    for (int index = 0; index < ODY_SESSIONS_MAX; index++) {
        begin(&sessions, NOW + (uint64_t)index, copies[index]);
    }
    CHECK(ody_sessions_use(&sessions, ody_view_of(copies[0]), NOW + 100));
    begin(&sessions, NOW + 101, copies[ODY_SESSIONS_MAX]);
    CHECK(ody_sessions_use(&sessions, ody_view_of(copies[0]), NOW + 102));
    CHECK(!ody_sessions_use(&sessions, ody_view_of(copies[1]), NOW + 102));
    for (int index = 2; index <= ODY_SESSIONS_MAX; index++) {
        CHECK(ody_sessions_use(&sessions, ody_view_of(copies[index]), NOW + 102));
    }
}

TEST(an_address_that_fails_must_wait)
{
    ody_sessions sessions = {0};

    for (int failure = 0; failure < ODY_SESSION_TRIES; failure++) {
        CHECK(ody_sessions_may_try(&sessions, one, NOW));
        ody_sessions_failed(&sessions, one, NOW);
    }
    CHECK(!ody_sessions_may_try(&sessions, one, NOW));
    CHECK(!ody_sessions_may_try(&sessions, one, NOW + ODY_SESSION_PAUSE - 1));
    CHECK(ody_sessions_may_try(&sessions, one, NOW + ODY_SESSION_PAUSE));
    ody_sessions_failed(&sessions, one, NOW + ODY_SESSION_PAUSE);
    CHECK(!ody_sessions_may_try(&sessions, one, NOW + ODY_SESSION_PAUSE));
    CHECK(ody_sessions_may_try(&sessions, one, NOW + 10 * ODY_SESSION_PAUSE));
}

/* Somebody with many addresses keeps others from signing in, but not over a tunnel. */
TEST(this_machine_may_try_whoever_fails_elsewhere)
{
    static const uint8_t here[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1}, same[16] = {[15] = 1};
    uint8_t network[16] = {0x20, 1, 0xd, 0xb8};
    ody_sessions sessions = {0};

    for (int number = 0; number < 65536; number++) {
        network[6] = (uint8_t)(number >> 8);
        network[7] = (uint8_t)number;
        ody_sessions_failed(&sessions, network, NOW);
    }
    CHECK(!ody_sessions_may_try(&sessions, one, NOW));
    CHECK(ody_sessions_may_try(&sessions, here, NOW));
    for (int failure = 0; failure < ODY_SESSION_TRIES; failure++) {
        ody_sessions_failed(&sessions, here, NOW);
    }
    CHECK(!ody_sessions_may_try(&sessions, here, NOW));
    CHECK(!ody_sessions_may_try(&sessions, same, NOW));
}

TEST(addresses_fail_for_themselves_but_those_of_one_network_together)
{
    uint8_t other[16], six[16] = {0x20, 1, 0xd, 0xb8}, neighbour[16] = {0x20, 1, 0xd, 0xb8};
    ody_sessions sessions = {0};
    int free = 0;

    neighbour[15] = 9;
    for (int failure = 0; failure < ODY_SESSION_TRIES; failure++) {
        ody_sessions_failed(&sessions, six, NOW);
    }
    CHECK(!ody_sessions_may_try(&sessions, neighbour, NOW));
    /* Some share its counter by chance, nearly all do not. */
    memcpy(other, one, sizeof(other));
    for (int last = 0; last < 200; last++) {
        other[15] = (uint8_t)last;
        free += ody_sessions_may_try(&sessions, other, NOW);
    }
    CHECK(free > 190);
}
