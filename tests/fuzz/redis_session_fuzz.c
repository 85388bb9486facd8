/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as what a Redis says. It makes no difference in how many pieces they come, and nothing
 * that it says shows our password.
 */
#include <string.h>
#include "cluster/redis_session.h"
#include "fuzz.h"

#define PASSWORD "hunter2"
#define OUTCOME_MAX 4096

/* What a session made of the bytes, one letter for each piece of news, and payloads. */
typedef struct outcome {
    char text[OUTCOME_MAX];
    size_t length;
} outcome;

static void add(outcome *self, const char *data, size_t length)
{
    size_t room = OUTCOME_MAX - self->length;

    memcpy(self->text + self->length, data, length < room ? length : room);
    self->length += length < room ? length : room;
}

static bool read_all(ody_redis_session *session, bool secret, outcome *self)
{
    ody_error error = {0};
    ody_view payload;
    int news;

    while ((news = ody_redis_session_next(session, &payload, &error)) > 0) {
        add(self, (const char[]){(char)('0' + news)}, 1);
        if (news == ODY_REDIS_MESSAGE) {
            MUST(payload.data);
            add(self, payload.data, payload.length);
        }
    }
    if (news < 0) {
        MUST(news == ODY_EPERMISSION || news == ODY_EPROTOCOL);
        MUST(!secret || !strstr(error.message, PASSWORD));
        add(self, error.message, strlen(error.message));
    }
    return news == 0;
}

static void run(const ody_redis_address *address, const uint8_t *data, size_t size, size_t piece,
                outcome *self)
{
    ody_redis_session *session = ody_redis_session_new(address, ODY_VIEW("c"));
    ody_bytes out = {0};
    bool open = true;

    MUST(session && ody_redis_session_greet(session, &out) == 0);
    for (size_t at = 0; open && at < size; at += piece) {
        size_t length = size - at < piece ? size - at : piece;

        MUST(ody_redis_session_feed(session, (const char *)data + at, length) == 0);
        open = read_all(session, address->password.data, self);
    }
    ody_bytes_fini(&out);
    ody_redis_session_free(session);
}

static void compare(const char *url, const uint8_t *data, size_t size)
{
    static outcome one;
    static outcome other;
    ody_redis_address *address;

    MUST(ody_redis_url_read(url, &address, NULL) == 0);
    one.length = other.length = 0;
    run(address, data, size, size ? size : 1, &one);
    run(address, data, size, 1, &other);
    MUST(one.length == other.length && memcmp(one.text, other.text, one.length) == 0);
    ody_redis_address_free(address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    compare("redis://h", data, size);
    compare("redis://u:" PASSWORD "@h/3", data, size);
    return 0;
}
