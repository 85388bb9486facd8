/* SPDX-License-Identifier: MIT */
/* What is said to Redis, and what becomes of whatever is said back. */
#include "cluster/redis_session.h"

#include <stdlib.h>
#include "base/memory.h"
#include "ody/error.h"
#include "test.h"

#define CHANNEL "laravel_websocket.broadcast"
#define SUBSCRIBED "*3\r\n$9\r\nsubscribe\r\n$27\r\n" CHANNEL "\r\n:1\r\n"
#define MESSAGE(length, text)                                                                      \
    "*3\r\n$7\r\nmessage\r\n$27\r\n" CHANNEL "\r\n$" length "\r\n" text "\r\n"

typedef struct talk {
    ody_redis_address *address;
    ody_redis_session *session;
} talk;

static talk begin(const char *url, const char *greeting)
{
    talk self;
    ody_bytes out = {0};

    CHECK_EQUAL(ody_redis_url_read(url, &self.address, NULL), 0);
    self.session = ody_redis_session_new(self.address, ODY_VIEW(CHANNEL));
    CHECK(self.session);
    CHECK_EQUAL(ody_redis_session_greet(self.session, &out), 0);
    if (greeting) {
        CHECK_VIEW(ody_bytes_view(&out), ody_view_of(greeting));
    }
    ody_bytes_fini(&out);
    return self;
}

static void end(talk *self)
{
    ody_redis_session_free(self->session);
    ody_redis_address_free(self->address);
}

static void feed(talk *self, const char *text)
{
    char *copy = malloc(strlen(text) + 1);

    /* Nothing may point into what was fed. */
    memcpy(copy, text, strlen(text));
    CHECK_EQUAL(ody_redis_session_feed(self->session, copy, strlen(text)), 0);
    free(copy);
}

static void expect(talk *self, int news, const char *payload)
{
    ody_view found = ODY_VIEW_NONE;
    ody_error error = {0};
    int code = ody_redis_session_next(self->session, &found, &error);

    if (code != news) {
        FAIL("%d instead of %d: %s", code, news, error.message);
    }
    if (payload) {
        CHECK_VIEW(found, ody_view_of(payload));
        CHECK(found.data);
    }
}

static void expect_end(talk *self, int code, const char *sentence)
{
    ody_view payload;
    ody_error error = {0};

    CHECK_EQUAL(ody_redis_session_next(self->session, &payload, &error), code);
    CHECK_VIEW(ody_view_of(error.message), ody_view_of(sentence));
}

#define SUBSCRIBE "*2\r\n$9\r\nSUBSCRIBE\r\n$27\r\n" CHANNEL "\r\n"

TEST(greets_with_what_the_address_needs)
{
    talk self = begin("redis://h", SUBSCRIBE);

    end(&self);
    self = begin("redis://:pass@h", "*2\r\n$4\r\nAUTH\r\n$4\r\npass\r\n" SUBSCRIBE);
    end(&self);
    self = begin("redis://ody:pass@h/12", "*3\r\n$4\r\nAUTH\r\n$3\r\nody\r\n$4\r\npass\r\n"
                                          "*2\r\n$6\r\nSELECT\r\n$2\r\n12\r\n" SUBSCRIBE);
    end(&self);
}

TEST(messages_come_in_their_order)
{
    talk self = begin("redis://ody:pass@h/1", NULL);

    expect(&self, ODY_REDIS_NOTHING, NULL);
    feed(&self, "+OK\r\n");
    expect(&self, ODY_REDIS_NOTHING, NULL);
    feed(&self, "+OK\r\n" SUBSCRIBED MESSAGE("1", "a") MESSAGE("0", "") MESSAGE("2", "bc"));
    expect(&self, ODY_REDIS_SUBSCRIBED, NULL);
    expect(&self, ODY_REDIS_MESSAGE, "a");
    expect(&self, ODY_REDIS_MESSAGE, "");
    expect(&self, ODY_REDIS_MESSAGE, "bc");
    expect(&self, ODY_REDIS_NOTHING, NULL);
    feed(&self, "*2\r\n$4\r\npong\r\n$0\r\n\r\n" MESSAGE("1", "d"));
    expect(&self, ODY_REDIS_PONG, NULL);
    expect(&self, ODY_REDIS_MESSAGE, "d");
    expect(&self, ODY_REDIS_NOTHING, NULL);
    end(&self);
}

TEST(a_message_may_come_byte_by_byte)
{
    static const char all[] = "+OK\r\n" SUBSCRIBED MESSAGE("3", "a\r\n") MESSAGE("1", "b");
    talk self = begin("redis://:pass@h", NULL);
    int subscribed = 0, messages = 0;

    for (size_t at = 0; at < sizeof(all) - 1; at++) {
        ody_view payload;
        ody_error error;
        int news;

        CHECK_EQUAL(ody_redis_session_feed(self.session, all + at, 1), 0);
        while ((news = ody_redis_session_next(self.session, &payload, &error)) > 0) {
            subscribed += news == ODY_REDIS_SUBSCRIBED;
            if (news == ODY_REDIS_MESSAGE) {
                CHECK_VIEW(payload, ody_view_of(messages++ ? "b" : "a\r\n"));
            }
        }
        CHECK_EQUAL(news, ODY_REDIS_NOTHING);
    }
    CHECK_EQUAL(subscribed, 1);
    CHECK_EQUAL(messages, 2);
    end(&self);
}

TEST(pings_are_commands)
{
    talk self = begin("redis://h", NULL);
    ody_bytes out = {0};

    CHECK_EQUAL(ody_redis_session_ping(self.session, &out), 0);
    CHECK_TEXT(ody_bytes_view(&out), "*1\r\n$4\r\nPING\r\n");
    ody_bytes_fini(&out);
    end(&self);
}

static const struct {
    const char *url;
    const char *said;
    int code;
    const char *sentence;
} ends[] = {
    {"redis://:top-secret@h", "-WRONGPASS invalid username-password pair\r\n", ODY_EPERMISSION,
     "Redis refuses the user or the password (WRONGPASS)"},
    /* A server that does not know AUTH shows its arguments. */
    {"redis://:top-secret@h", "-ERR unknown command 'AUTH', with args: 'top-secret'\r\n",
     ODY_EPERMISSION, "Redis refuses the user or the password (its reason repeats the password)"},
    {"redis://:top-secret@h", "-ERR you said 'top-'\r\n", ODY_EPERMISSION,
     "Redis refuses the user or the password (ERR)"},
    {"redis://:TOPSECRET@h", "-TOPSECRET\r\n", ODY_EPERMISSION,
     "Redis refuses the user or the password (its reason repeats the password)"},
    {"redis://h/9", "-ERR DB index is out of range\r\n", ODY_EPERMISSION,
     "Redis refuses the database (ERR DB index is out of range)"},
    {"redis://h", "-NOAUTH Authentication required.\r\n", ODY_EPERMISSION,
     "Redis refuses the subscription (NOAUTH Authentication required.)"},
    {"redis://h", "-A\x1b[31m\r\n", ODY_EPERMISSION, "Redis refuses the subscription (A)"},
    {"redis://h", SUBSCRIBED "-ERR gone\r\n", ODY_EPERMISSION,
     "Redis ends the subscription (ERR gone)"},
#define STRANGE ODY_EPROTOCOL, "what answers there is not a Redis that we know"
    {"redis://h", "HTTP/1.1 400 Bad Request\r\n", STRANGE},
    {"redis://h", "+OK\r\n", STRANGE},
    {"redis://h", ":1\r\n", STRANGE},
    {"redis://h", "$-1\r\n", STRANGE},
    {"redis://h", "*-1\r\n", STRANGE},
    {"redis://h", "*0\r\n", STRANGE},
    {"redis://h", "*4\r\n", STRANGE},
    {"redis://h", "*1000000000\r\n", STRANGE},
    {"redis://h", "*3\r\n*1\r\n", STRANGE},
    {"redis://h", "*3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n", STRANGE},
    {"redis://h", "*3\r\n:1\r\n:2\r\n:3\r\n", STRANGE},
    {"redis://:p@h", SUBSCRIBED, STRANGE},
    {"redis://h/1", ":0\r\n", STRANGE},
    {"redis://h", SUBSCRIBED "+OK\r\n", STRANGE},
    {"redis://h", SUBSCRIBED SUBSCRIBED, STRANGE},
    {"redis://h", SUBSCRIBED "*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\na\r\n", STRANGE},
    {"redis://h", SUBSCRIBED "*3\r\n$7\r\nmessage\r\n$27\r\n" CHANNEL "\r\n:5\r\n", STRANGE},
    {"redis://h", SUBSCRIBED "*3\r\n$7\r\nmessage\r\n$27\r\n" CHANNEL "\r\n$-1\r\n", STRANGE},
    {"redis://h", SUBSCRIBED "*2\r\n$7\r\nmessage\r\n$1\r\na\r\n", STRANGE},
    {"redis://h", SUBSCRIBED "*1\r\n$4\r\npong\r\n", STRANGE},
    {"redis://h", SUBSCRIBED "*3\r\n$11\r\nunsubscribe\r\n$27\r\n" CHANNEL "\r\n:0\r\n", STRANGE},
};

TEST(whatever_else_is_said_ends_the_session_with_its_sentence)
{
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        talk self = begin(ends[i].url, NULL);

        feed(&self, ends[i].said);
        if (strncmp(ends[i].said, SUBSCRIBED, sizeof(SUBSCRIBED) - 1) == 0 &&
            !strchr(ends[i].url, '@')) {
            expect(&self, ODY_REDIS_SUBSCRIBED, NULL);
        }
        expect_end(&self, ends[i].code, ends[i].sentence);
        end(&self);
    }
}

TEST(a_reply_without_an_end_is_bounded)
{
    static char block[1 << 20];
    talk self = begin("redis://h", NULL);
    int code = 0;
    int blocks = 0;
    ody_view payload;

    feed(&self, SUBSCRIBED "*3\r\n$7\r\nmessage\r\n$27\r\n" CHANNEL "\r\n$536870912\r\n");
    expect(&self, ODY_REDIS_SUBSCRIBED, NULL);
    while (code == 0 && blocks < 100) {
        CHECK_EQUAL(ody_redis_session_next(self.session, &payload, NULL), ODY_REDIS_NOTHING);
        code = ody_redis_session_feed(self.session, block, sizeof(block));
        blocks++;
    }
    CHECK_EQUAL(code, ODY_EPAYLOAD_SIZE);
    CHECK_EQUAL(blocks, 32);
    end(&self);
}

TEST(without_memory_a_session_ends)
{
    ody_redis_address *address;
    bool complete = false;

    CHECK_EQUAL(ody_redis_url_read("redis://h", &address, NULL), 0);
    for (long n = 1; !complete && n < 100; n++) {
        ody_redis_session *session;
        ody_bytes out = {0};
        ody_view payload;
        ody_error error = {0};
        int code = ODY_EMEMORY;

        ody_memory_fail_at(n);
        session = ody_redis_session_new(address, ODY_VIEW(CHANNEL));
        if (session && ody_redis_session_greet(session, &out) == 0 &&
            ody_redis_session_feed(session, SUBSCRIBED, sizeof(SUBSCRIBED) - 1) == 0) {
            code = ody_redis_session_next(session, &payload, &error);
        }
        ody_memory_fail_at(0);
        complete = code == ODY_REDIS_SUBSCRIBED;
        CHECK(complete || code == ODY_EMEMORY);
        ody_redis_session_free(session);
        ody_bytes_fini(&out);
    }
    CHECK(complete);
    ody_redis_address_free(address);
}
