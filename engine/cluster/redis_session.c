/* SPDX-License-Identifier: MIT */
/* Replies come in the order of the commands; what comes behind them is for a subscriber. */
#include "cluster/redis_session.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include "base/memory.h"

#define PARTS_MAX 3 /* of what a subscriber gets: kind, channel, payload */
#define SHOWN_MAX 120
#define TEXT_KEPT (64 * 1024)

/* hiredis 1.0 counts the elements of an array in another type. */
#if HIREDIS_MAJOR >= 1
typedef size_t array_count;
#else
typedef int array_count;
#endif

/* What is to be answered next. */
typedef enum session_step { STEP_AUTH, STEP_SELECT, STEP_SUBSCRIBE, STEP_SUBSCRIBED } session_step;

typedef struct reply_part {
    size_t start; /* in session->text */
    size_t length;
    bool is_text;
} reply_part;

struct ody_redis_session {
    const ody_redis_address *address;
    ody_view channel;
    session_step step;
    redisReader *reader;
    /* The reply that is being read. hiredis calls us for each piece of it. */
    int type;
    size_t count;
    reply_part parts[PARTS_MAX];
    ody_bytes text;
    bool whole;   /* it is all there: the next one begins anew */
    bool strange; /* more or deeper than any answer that we ask for */
};

static ody_redis_session *session_of(const redisReadTask *task)
{
    return task->privdata;
}

/* Notes a piece. Returns what hiredis takes for its object: us, or NULL to stop it. */
static void *add_part(const redisReadTask *task, const char *data, size_t length, bool is_text)
{
    ody_redis_session *session = session_of(task);

    if (session->count == PARTS_MAX) {
        session->strange = true;
        return NULL;
    }
    if (!task->parent) {
        session->type = task->type;
    }
    session->parts[session->count++] = (reply_part){session->text.length, length, is_text};
    ody_bytes_append(&session->text, data, length);
    return session->text.failed ? NULL : session;
}

static void *on_string(const redisReadTask *task, char *data, size_t length)
{
    return add_part(task, data, length, true);
}

static void *on_integer(const redisReadTask *task, long long number)
{
    (void)number;
    return add_part(task, NULL, 0, false);
}

static void *on_nil(const redisReadTask *task)
{
    return add_part(task, NULL, 0, false);
}

static void *on_array(const redisReadTask *task, array_count elements)
{
    ody_redis_session *session = session_of(task);

    if (task->parent || elements > PARTS_MAX) {
        session->strange = true;
        return NULL;
    }
    session->type = task->type;
    return session;
}

static void on_free(void *object)
{
    (void)object;
}

static redisReplyObjectFunctions functions = {
    .createString = on_string,
    .createArray = on_array,
    .createInteger = on_integer,
    .createNil = on_nil,
    .freeObject = on_free,
};

ody_redis_session *ody_redis_session_new(const ody_redis_address *address, ody_view channel)
{
    ody_redis_session *session = ody_calloc(1, sizeof(*session));

    if (!session) {
        return NULL;
    }
    session->address = address;
    session->channel = channel;
    session->reader = redisReaderCreateWithFunctions(&functions);
    if (!session->reader) {
        ody_free(session);
        return NULL;
    }
    session->reader->privdata = session;
    return session;
}

void ody_redis_session_free(ody_redis_session *session)
{
    if (session) {
        redisReaderFree(session->reader);
        ody_bytes_fini(&session->text);
        ody_free(session);
    }
}

static void append_command(ody_bytes *out, int count, const ody_view *words)
{
    const char *texts[3];
    size_t lengths[3];
    char *command;
    int length;

    for (int index = 0; index < count; index++) {
        texts[index] = words[index].data;
        lengths[index] = words[index].length;
    }
    length = (int)redisFormatCommandArgv(&command, count, texts, lengths);
    if (length < 0) {
        out->failed = true;
        return;
    }
    ody_bytes_append(out, command, (size_t)length);
    redisFreeCommand(command);
}

static void append_auth(ody_bytes *out, const ody_redis_address *address)
{
    if (address->user.data) {
        append_command(out, 3, (ody_view[]){ODY_VIEW("AUTH"), address->user, address->password});
    } else {
        append_command(out, 2, (ody_view[]){ODY_VIEW("AUTH"), address->password});
    }
}

/* The first command that is needed, from that one on. */
static session_step first_step(const ody_redis_address *address, session_step step)
{
    if (step == STEP_AUTH && !address->password.data) {
        step = STEP_SELECT;
    }
    if (step == STEP_SELECT && address->database == 0) {
        step = STEP_SUBSCRIBE;
    }
    return step;
}

int ody_redis_session_greet(ody_redis_session *session, ody_bytes *out)
{
    const ody_redis_address *address = session->address;
    char number[16];

    session->step = first_step(address, STEP_AUTH);
    if (address->password.data) {
        append_auth(out, address);
    }
    if (address->database > 0) {
        snprintf(number, sizeof(number), "%u", address->database);
        append_command(out, 2, (ody_view[]){ODY_VIEW("SELECT"), ody_view_of(number)});
    }
    append_command(out, 2, (ody_view[]){ODY_VIEW("SUBSCRIBE"), session->channel});
    return out->failed ? ODY_EMEMORY : 0;
}

int ody_redis_session_ping(ody_redis_session *session, ody_bytes *out)
{
    (void)session;
    append_command(out, 1, (ody_view[]){ODY_VIEW("PING")});
    return out->failed ? ODY_EMEMORY : 0;
}

int ody_redis_session_feed(ody_redis_session *session, const char *data, size_t length)
{
    if (session->reader->len - session->reader->pos + length > ODY_REDIS_REPLY_MAX) {
        return ODY_EPAYLOAD_SIZE;
    }
    return redisReaderFeed(session->reader, data, length) == REDIS_OK ? 0 : ODY_EMEMORY;
}

static ody_view part(const ody_redis_session *session, size_t index)
{
    const reply_part *found = &session->parts[index];

    if (index >= session->count || !found->is_text) {
        return ODY_VIEW_NONE;
    }
    /* An empty one is no missing one. */
    return (ody_view){found->length ? session->text.data + found->start : "", found->length};
}

static bool shows_password(const ody_redis_session *session, ody_view words)
{
    ody_view password = session->address->password;

    return password.length > 0 && words.length > 0 &&
           memmem(words.data, words.length, password.data, password.length);
}

/*
 * Redis' own words, as far as they can be shown. An answer to AUTH may repeat a piece of the
 * password (a server that does not know the command shows its arguments), so of that one there is
 * only the first word.
 */
static ody_view words_of(const ody_redis_session *session)
{
    char first = session->step == STEP_AUTH ? 'A' : ' ';
    char last = session->step == STEP_AUTH ? 'Z' : '~';
    ody_view words = part(session, 0);
    size_t length = 0;

    if (shows_password(session, words)) {
        return ODY_VIEW("its reason repeats the password");
    }
    while (length < words.length && length < SHOWN_MAX && words.data[length] >= first &&
           words.data[length] <= last) {
        length++;
    }
    return (ody_view){words.data, length};
}

static int refused(const ody_redis_session *session, ody_error *error)
{
    static const char *const sentences[] = {
        [STEP_AUTH] = "Redis refuses the user or the password",
        [STEP_SELECT] = "Redis refuses the database",
        [STEP_SUBSCRIBE] = "Redis refuses the subscription",
        [STEP_SUBSCRIBED] = "Redis ends the subscription",
    };
    ody_view words = words_of(session);

    return ody_error_set(error, ODY_EPERMISSION, "%s (%.*s)", sentences[session->step],
                         (int)words.length, words.data);
}

static int strange(ody_error *error)
{
    return ody_error_set(error, ODY_EPROTOCOL, "what answers there is not a Redis that we know");
}

static bool is_subscription(const ody_redis_session *session)
{
    return session->type == REDIS_REPLY_ARRAY && session->count == 3 &&
           ody_view_equal(part(session, 0), ODY_VIEW("subscribe")) &&
           ody_view_equal(part(session, 1), session->channel);
}

/* One of the answers to the greeting. */
static int take_answer(ody_redis_session *session, ody_error *error)
{
    if (session->step == STEP_SUBSCRIBE) {
        if (!is_subscription(session)) {
            return strange(error);
        }
        session->step = STEP_SUBSCRIBED;
        return ODY_REDIS_SUBSCRIBED;
    }
    if (session->type != REDIS_REPLY_STATUS) {
        return strange(error);
    }
    session->step = first_step(session->address, session->step + 1);
    return ODY_REDIS_NOTHING;
}

static int take_push(const ody_redis_session *session, ody_view *payload, ody_error *error)
{
    if (session->type == REDIS_REPLY_ARRAY && session->count >= 2) {
        ody_view kind = part(session, 0);

        if (session->count == 3 && ody_view_equal(kind, ODY_VIEW("message")) &&
            ody_view_equal(part(session, 1), session->channel) && part(session, 2).data) {
            *payload = part(session, 2);
            return ODY_REDIS_MESSAGE;
        }
        if (session->count == 2 && ody_view_equal(kind, ODY_VIEW("pong"))) {
            return ODY_REDIS_PONG;
        }
    }
    return strange(error);
}

static void forget_reply(ody_redis_session *session)
{
    if (session->text.capacity > TEXT_KEPT) {
        ody_bytes_fini(&session->text);
    }
    ody_bytes_clear(&session->text);
    session->count = 0;
    session->whole = false;
}

/* Reads one reply into the session. Returns 1, 0 when it is not all there, or a negative code. */
static int read_reply(ody_redis_session *session, ody_error *error)
{
    void *reply = NULL;

    if (session->whole) {
        forget_reply(session);
    }
    if (redisReaderGetReply(session->reader, &reply) != REDIS_OK) {
        if (!session->strange && session->reader->err == REDIS_ERR_OOM) {
            return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
        }
        return strange(error);
    }
    session->whole = reply != NULL;
    return session->whole;
}

int ody_redis_session_next(ody_redis_session *session, ody_view *payload, ody_error *error)
{
    int code;

    /* An answer to the greeting is no news by itself. */
    while ((code = read_reply(session, error)) == 1) {
        if (session->type == REDIS_REPLY_ERROR) {
            code = refused(session, error);
        } else {
            code = session->step == STEP_SUBSCRIBED ? take_push(session, payload, error)
                                                    : take_answer(session, error);
        }
        if (code != ODY_REDIS_NOTHING) {
            break;
        }
    }
    return code;
}
