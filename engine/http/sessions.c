/* SPDX-License-Identifier: MIT */
/* Tokens are compared with every session, so that time tells nothing. */
#include "http/sessions.h"

#include "base/bytes.h"
#include "base/random.h"
#include "hub/shared.h"
#include "net/client_address.h"
#include "ody/auth.h"

static size_t counter_of(const uint8_t address[16])
{
    return ody_address_is_loopback(address)
               ? ODY_SESSION_COUNTERS
               : ody_shared_address_hash(address) % ODY_SESSION_COUNTERS;
}

bool ody_sessions_may_try(const ody_sessions *sessions, const uint8_t address[16], uint64_t now)
{
    return sessions->free_at[counter_of(address)] <=
           now + (ODY_SESSION_TRIES - 1) * ODY_SESSION_PAUSE;
}

void ody_sessions_failed(ody_sessions *sessions, const uint8_t address[16], uint64_t now)
{
    uint64_t *free_at = &sessions->free_at[counter_of(address)];

    *free_at = (*free_at > now ? *free_at : now) + ODY_SESSION_PAUSE;
}

static void make_token(char token[ODY_SESSION_TOKEN + 1])
{
    uint8_t bytes[ODY_SESSION_TOKEN / 2];

    ody_random_fill(bytes, sizeof(bytes));
    ody_hex(bytes, sizeof(bytes), token);
    token[ODY_SESSION_TOKEN] = '\0';
}

static bool is_over(const ody_session *session, uint64_t now)
{
    return now - session->used >= ODY_SESSION_IDLE || now - session->begun >= ODY_SESSION_TIME;
}

const char *ody_sessions_begin(ody_sessions *sessions, uint64_t now)
{
    ody_session *place = sessions->list;

    for (size_t index = 0; index < ODY_SESSIONS_MAX; index++) {
        ody_session *session = &sessions->list[index];

        if (session->token[0] == '\0' || is_over(session, now)) {
            place = session;
            break;
        }
        if (session->used < place->used) {
            place = session;
        }
    }
    make_token(place->token);
    place->begun = place->used = now;
    return place->token;
}

static ody_session *find(ody_sessions *sessions, ody_view token)
{
    ody_session *found = NULL;

    for (size_t index = 0; index < ODY_SESSIONS_MAX; index++) {
        ody_session *session = &sessions->list[index];
        ody_view known = {session->token, ODY_SESSION_TOKEN};

        if (ody_secret_equal(token, known) && session->token[0] != '\0') {
            found = session;
        }
    }
    return found;
}

bool ody_sessions_use(ody_sessions *sessions, ody_view token, uint64_t now)
{
    ody_session *session = find(sessions, token);

    if (!session || is_over(session, now)) {
        return false;
    }
    session->used = now;
    return true;
}

void ody_sessions_end(ody_sessions *sessions, ody_view token)
{
    ody_session *session = find(sessions, token);

    if (session) {
        *session = (ody_session){0};
    }
}

void ody_sessions_clear(ody_sessions *sessions)
{
    memset(sessions->list, 0, sizeof(sessions->list));
}
