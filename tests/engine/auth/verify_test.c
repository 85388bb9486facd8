/* SPDX-License-Identifier: MIT */
/* What clients present as a signature, and the sentences that refuse it. */
#include "guard.h"
#include "ody/auth.h"
#include "test.h"

#define KEY ODY_VIEW("278d425bdf160c739803")
#define SECRET ODY_VIEW("7ad3773142a6692b25b8")
#define SOCKET ODY_VIEW("1234.1234")
#define CHANNEL ODY_VIEW("private-foobar")
#define RIGHT "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"
#define WRONG "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a5"

static int verify(ody_view channel_data, ody_view auth, ody_error *error)
{
    return ody_channel_verify(KEY, SECRET, SOCKET, CHANNEL, channel_data, ody_test_guarded(auth),
                              error);
}

TEST(accepts_the_right_signatures)
{
    ody_error error;

    CHECK_EQUAL(verify(ODY_VIEW_NONE, ODY_VIEW("278d425bdf160c739803:" RIGHT), &error), 0);
    CHECK_EQUAL(ody_channel_verify(
                    KEY, SECRET, SOCKET, ODY_VIEW("presence-foobar"),
                    ODY_VIEW("{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}"),
                    ODY_VIEW("278d425bdf160c739803:31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bb"
                             "a239c03ca481bc80"),
                    NULL),
                0);
}

TEST(accepts_a_key_with_a_colon)
{
    char auth[200] = "my:key:";

    CHECK_EQUAL(ody_channel_sign(SECRET, SOCKET, CHANNEL, ODY_VIEW_NONE, auth + 7), 0);
    CHECK_EQUAL(ody_channel_verify(ODY_VIEW("my:key"), SECRET, SOCKET, CHANNEL, ODY_VIEW_NONE,
                                   ody_view_of(auth), NULL),
                0);
}

/* A refusal carries its code, its sentence and neither the right signature nor the secret. */
static void check_refused(ody_view channel_data, ody_view auth, const char *sentence)
{
    ody_error error;

    CHECK_EQUAL(verify(channel_data, auth, &error), ODY_ESIGNATURE);
    CHECK_EQUAL(error.code, ODY_ESIGNATURE);
    CHECK_VIEW(ody_view_of(error.message), ody_view_of(sentence));
    CHECK(!strstr(error.message, RIGHT));
    CHECK(!strstr(error.message, "7ad3773142a6692b25b8"));
    CHECK_EQUAL(verify(channel_data, auth, NULL), ODY_ESIGNATURE);
}

TEST(refuses_with_the_sentences_of_the_protocol)
{
    static const char absent[] = "Auth info required to subscribe to private-foobar";

    check_refused(ODY_VIEW_NONE, ODY_VIEW_NONE, absent);
    check_refused(ODY_VIEW_NONE, ODY_VIEW(""), absent);
    check_refused(ODY_VIEW_NONE, ODY_VIEW("nonsense"),
                  "Invalid key in subscription auth data: 'nonsense'");
    check_refused(ODY_VIEW_NONE, ODY_VIEW(":" RIGHT), "Invalid key in subscription auth data: ''");
    check_refused(ODY_VIEW_NONE, ODY_VIEW("278d425bdf160c739804:" RIGHT),
                  "Invalid key in subscription auth data: '278d425bdf160c739804'");
    check_refused(ODY_VIEW_NONE, ODY_VIEW("278d425bdf160c739803:" WRONG),
                  "Invalid signature: Expected HMAC SHA256 hex digest of 1234.1234:private-foobar, "
                  "but got " WRONG);
    check_refused(ODY_VIEW("{}"), ODY_VIEW("278d425bdf160c739803:" WRONG),
                  "Invalid signature: Expected HMAC SHA256 hex digest of "
                  "1234.1234:private-foobar:{}, but got " WRONG);
    check_refused(ODY_VIEW_NONE, ODY_VIEW("278d425bdf160c739803:"),
                  "Invalid signature: Expected HMAC SHA256 hex digest of 1234.1234:private-foobar, "
                  "but got ");
}

TEST(refuses_every_changed_byte)
{
    static const char right[] = "278d425bdf160c739803:" RIGHT;

    for (size_t i = 0; i < sizeof(right) - 1; i++) {
        char auth[sizeof(right)];

        memcpy(auth, right, sizeof(auth));
        auth[i] ^= 1;
        CHECK_EQUAL(verify(ODY_VIEW_NONE, (ody_view){auth, sizeof(auth) - 1}, NULL),
                    ODY_ESIGNATURE);
        CHECK_EQUAL(verify(ODY_VIEW_NONE, (ody_view){right, i}, NULL), ODY_ESIGNATURE);
    }
    CHECK_EQUAL(verify(ODY_VIEW_NONE, (ody_view){right, sizeof(right)}, NULL), ODY_ESIGNATURE);
    CHECK_EQUAL(verify(ODY_VIEW_NONE,
                       ODY_VIEW("278d425bdf160c739803:58DF8B0C36D6982B82C3ECF6B4662E"
                                "34FE8C25BBA48F5369F135BF843651C3A4"),
                       NULL),
                ODY_ESIGNATURE);
}

TEST(cuts_what_clients_sent)
{
    char signature[300], channel[201], data[5000];
    ody_error error;

    memset(signature, 'f', sizeof(signature));
    memcpy(signature, "278d425bdf160c739803:", 21);
    memset(channel, 'c', sizeof(channel));
    memset(data, 'd', sizeof(data));
    CHECK_EQUAL(
        ody_channel_verify(KEY, SECRET, ODY_VIEW("1234567890123456789.12345678901234567890"),
                           (ody_view){channel, sizeof(channel)}, (ody_view){data, sizeof(data)},
                           (ody_view){signature, sizeof(signature)}, &error),
        ODY_ESIGNATURE);
    CHECK_TEXT(ody_view_of(error.message),
               "Invalid signature: Expected HMAC SHA256 hex digest of "
               "1234567890123456789.12345678901234567890:"
               "ccccccccccccccccccccccccccccccccccccccccccccccccc...:"
               "ddddddddddddddddddddddddddddd..., but got "
               "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff...");
}

TEST(shows_what_clients_sent_as_clean_text)
{
    char key[100] = {0};

    for (size_t i = 0; i < sizeof(key); i += 2) {
        memcpy(key + i, "é", 2);
    }
    /* 61 bytes are shown; the 61st is half a character. */
    check_refused(ODY_VIEW_NONE, (ody_view){key, sizeof(key)},
                  "Invalid key in subscription auth data: 'éééééééééééééééééééééééééééééé...'");
    check_refused(ODY_VIEW_NONE, ODY_VIEW("a\n\0\x7f%s"),
                  "Invalid key in subscription auth data: 'a???%s'");
    memset(key, 0x80, sizeof(key));
    check_refused(ODY_VIEW_NONE, (ody_view){key, sizeof(key)},
                  "Invalid key in subscription auth data: '...'");
}

TEST(knows_socket_ids)
{
    static const char *const good[] = {"1.1", "0.0", "1234.1234",
                                       "1234567890123456789.12345678901234567890"};
    static const char *const bad[] = {
        "",      ".",     "1",   "1.",   ".1",
        "1.1.1", "a.1",   "1.a", "1.1 ", " 1.1",
        "-1.1",  "1.1\n", "1,1", "1..1", "12345678901234567890.12345678901234567890"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        CHECK(ody_socket_id_valid(ody_test_guarded(ody_view_of(good[i]))));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ody_socket_id_valid(ody_test_guarded(ody_view_of(bad[i])))) {
            FAIL("\"%s\" is taken for a socket id", bad[i]);
        }
    }
    CHECK(!ody_socket_id_valid(ODY_VIEW_NONE));
    CHECK(!ody_socket_id_valid(ODY_VIEW("1.1\0")));
}

#define USER ODY_VIEW("{\"id\":\"12345\"}")
#define USER_RIGHT "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba"
#define USER_WRONG "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336bb"

static int verify_user(ody_view auth, ody_error *error)
{
    return ody_user_verify(KEY, SECRET, SOCKET, USER, ody_test_guarded(auth), error);
}

TEST(accepts_the_right_signature_of_a_user)
{
    char auth[ODY_SIGNATURE_HEX + 1];

    CHECK_EQUAL(verify_user(ODY_VIEW("278d425bdf160c739803:" USER_RIGHT), NULL), 0);
    /* A channel's signature never is a user's. */
    CHECK_EQUAL(
        ody_channel_sign(SECRET, SOCKET, ODY_VIEW("{\"id\":\"12345\"}"), ODY_VIEW_NONE, auth), 0);
    CHECK(strcmp(auth, USER_RIGHT) != 0);
}

static void check_user_refused(ody_view auth, const char *sentence)
{
    ody_error error;

    CHECK_EQUAL(verify_user(auth, &error), ODY_ESIGNATURE);
    CHECK_EQUAL(error.code, ODY_ESIGNATURE);
    CHECK_VIEW(ody_view_of(error.message), ody_view_of(sentence));
    CHECK_EQUAL(verify_user(auth, NULL), ODY_ESIGNATURE);
}

TEST(refuses_other_signatures_of_a_user)
{
    static const char right[] = "278d425bdf160c739803:" USER_RIGHT;

    check_user_refused(ODY_VIEW_NONE, "Invalid key in sign-in auth data: ''");
    check_user_refused(ODY_VIEW("nonsense"), "Invalid key in sign-in auth data: 'nonsense'");
    check_user_refused(ODY_VIEW("278d425bdf160c739803::user::" USER_RIGHT),
                       "Invalid key in sign-in auth data: '278d425bdf160c739803::user:'");
    check_user_refused(ODY_VIEW("278d425bdf160c739803:" USER_WRONG),
                       "Invalid signature: Expected HMAC SHA256 hex digest of "
                       "1234.1234::user::{\"id\":\"12345\"}, but got " USER_WRONG);
    for (size_t i = 0; i < sizeof(right) - 1; i++) {
        char auth[sizeof(right)];

        memcpy(auth, right, sizeof(auth));
        auth[i] ^= 1;
        CHECK_EQUAL(verify_user((ody_view){auth, sizeof(auth) - 1}, NULL), ODY_ESIGNATURE);
        CHECK_EQUAL(verify_user((ody_view){right, i}, NULL), ODY_ESIGNATURE);
    }
}

TEST(cuts_what_users_sent)
{
    char signature[300], data[5000];
    ody_error error;

    memset(signature, 'f', sizeof(signature));
    memcpy(signature, "278d425bdf160c739803:", 21);
    memset(data, 'd', sizeof(data));
    CHECK_EQUAL(ody_user_verify(KEY, SECRET, ODY_VIEW("1234567890123456789.12345678901234567890"),
                                (ody_view){data, sizeof(data)},
                                (ody_view){signature, sizeof(signature)}, &error),
                ODY_ESIGNATURE);
    CHECK(strstr(error.message, "ddd..., but got fff"));
    CHECK(strlen(error.message) < sizeof(error.message) - 1);
}
