/* SPDX-License-Identifier: MIT */
/* The queue of calls to PHP workers: lanes that are ready wait for workers that are idle. */
#include "hub/calls.h"

#include "base/log.h"
#include "base/memory.h"
#include "hub/interest.h"
#include "hub/mail.h"

/* A call that waits, or that a worker works on. */
typedef struct call {
    ody_list_node age;  /* of calls->by_age, while a client waits for it and no worker has it */
    ody_list_node node; /* of its lane, while it waits */
    ody_mail *mail;
    uint64_t asked_at;
} call;

/* Who must be served in order: a client, or a channel. */
typedef struct lane_key {
    uint64_t first;
    uint64_t second;
} lane_key;

typedef struct ody_calls_lane {
    ody_list_node ready; /* of calls->ready: something waits and nothing runs */
    ody_list waiting;    /* call */
    call *running;
    lane_key key;
} lane;

struct ody_calls {
    const ody_options *options;
    unsigned shards;
    const ody_transport *transport;
    void *context;
    ody_calls_wire wire;
    ody_interest *interest; /* NULL: nobody has registered yet */
    ody_map lanes;
    ody_list ready;  /* lane, the one that waits longest first */
    ody_list by_age; /* call */
    ody_list idle;   /* ody_calls_worker */
    ody_list busy;   /* ody_calls_worker, the one that began first first */
    ody_calls_state state;
};

ody_calls *ody_calls_new(const ody_options *options, unsigned shards,
                         const ody_transport *transport, void *context)
{
    ody_calls *calls = ody_calloc(1, sizeof(*calls));

    if (!calls) {
        return NULL;
    }
    calls->options = options;
    calls->shards = shards;
    calls->transport = transport;
    calls->context = context;
    ody_map_init(&calls->lanes);
    ody_list_init(&calls->ready);
    ody_list_init(&calls->by_age);
    ody_list_init(&calls->idle);
    ody_list_init(&calls->busy);
    return calls;
}

void ody_calls_set_wire(ody_calls *calls, const ody_calls_wire *wire)
{
    calls->wire = *wire;
}

static ody_view key_view(const lane_key *key)
{
    return (ody_view){(const char *)key, sizeof(*key)};
}

static void call_free(call *self)
{
    ody_list_remove(&self->age);
    ody_list_remove(&self->node);
    ody_mail_free(self->mail);
    ody_free(self);
}

static void lane_free(ody_calls *calls, lane *self)
{
    ody_list_node *node;

    while ((node = ody_list_take_first(&self->waiting))) {
        call_free(ody_container_of(node, call, node));
    }
    ody_list_remove(&self->ready);
    ody_map_remove(&calls->lanes, key_view(&self->key));
    ody_free(self);
}

void ody_calls_free(ody_calls *calls)
{
    lane *each;
    size_t cursor = 0;

    if (!calls) {
        return;
    }
    while ((each = ody_map_next(&calls->lanes, &cursor, NULL))) {
        lane_free(calls, each);
        cursor = 0;
    }
    ody_map_fini(&calls->lanes);
    ody_free(calls->interest);
    ody_free(calls);
}

static bool awaited(const ody_mail *mail)
{
    return mail->kind == ODY_MAIL_CALL;
}

/* The verdict is the call's own mail when it has no texts, so that a failure needs no memory. */
static void verdict_send(ody_calls *calls, ody_mail *take_mail, const ody_worker_answer *answer)
{
    const ody_mail_texts texts = {
        .app = take_mail->app,
        .channel = take_mail->channel,
        .data = answer->data,
        .event = answer->message,
    };
    ody_mail *mail = take_mail;
    ody_verdict verdict = answer->verdict;
    uint64_t kind = take_mail->number;

    if (!awaited(take_mail)) {
        ody_mail_free(take_mail);
        return;
    }
    if (texts.data.data || texts.event.data) {
        mail = ody_mail_new(ODY_MAIL_VERDICT, calls->shards, &texts);
        if (mail) {
            mail->client = take_mail->client;
            ody_mail_free(take_mail);
        } else {
            mail = take_mail;
            verdict = ODY_VERDICT_FAILED;
        }
    }
    if (mail == take_mail) {
        mail->data = mail->event = ODY_VIEW_NONE;
    }
    mail->kind = ODY_MAIL_VERDICT;
    mail->code = (int)verdict;
    mail->number = answer->code;
    mail->ticket = kind;
    ody_mail_weigh(mail);
    if (calls->transport->post(calls->context, ody_socket_id_shard(mail->client) % calls->shards,
                               mail, true) < 0) {
        ody_mail_free(mail);
    }
}

static void verdict_plain(ody_calls *calls, ody_mail *take_mail, ody_verdict verdict)
{
    verdict_send(calls, take_mail, &(ody_worker_answer){.verdict = verdict});
}

static lane_key key_of(const ody_mail *mail)
{
    if (mail->client.first != 0) {
        return (lane_key){mail->client.first, mail->client.second};
    }
    return (lane_key){ody_hash(mail->channel), UINT64_MAX};
}

static lane *lane_obtain(ody_calls *calls, const ody_mail *mail)
{
    lane_key key = key_of(mail);
    lane *self = ody_map_get(&calls->lanes, key_view(&key));

    if (self) {
        return self;
    }
    self = ody_calloc(1, sizeof(*self));
    if (!self) {
        return NULL;
    }
    self->key = key;
    ody_list_init(&self->waiting);
    if (ody_map_put(&calls->lanes, key_view(&self->key), self) < 0) {
        ody_free(self);
        return NULL;
    }
    return self;
}

/* A lane in which nothing runs any more: it waits for a worker, or is not needed. */
static void lane_rest(ody_calls *calls, lane *self)
{
    if (ody_list_empty(&self->waiting)) {
        lane_free(calls, self);
    } else if (!ody_list_linked(&self->ready)) {
        ody_list_append(&calls->ready, &self->ready);
    }
}

static ody_worker_call describe(const ody_mail *mail, char id[ODY_SOCKET_ID_TEXT])
{
    ody_worker_call described = {
        .kind = (ody_call_kind)mail->number,
        .channel = mail->channel,
        .event = mail->event,
        .data = mail->data,
        .user_id = mail->user_id,
    };

    if (mail->client.first != 0) {
        described.socket_id = ody_socket_id_format(mail->client, id);
    }
    if (described.kind == ODY_CALL_HANDSHAKE || described.kind == ODY_CALL_OPENED) {
        described.address = mail->user_id;
        described.head = mail->user_info;
        described.user_id = ODY_VIEW_NONE;
    }
    return described;
}

/* What the worker was at is over. @return the lane's mail, which is now the caller's. */
static ody_mail *finish(ody_calls *calls, ody_calls_worker *worker)
{
    lane *self = worker->lane;
    ody_mail *mail = self->running->mail;

    ody_list_remove(&worker->busy);
    worker->lane = NULL;
    calls->state.busy--;
    self->running->mail = NULL;
    call_free(self->running);
    self->running = NULL;
    lane_rest(calls, self);
    return mail;
}

static void worker_forget(ody_calls *calls, ody_calls_worker *worker)
{
    ody_list_remove(&worker->idle);
    ody_list_remove(&worker->busy);
    calls->state.workers--;
}

/* The worker cannot go on with what it is at. */
static void worker_lose(ody_calls *calls, ody_calls_worker *worker)
{
    ody_mail *mail = finish(calls, worker);

    calls->state.lost++;
    worker_forget(calls, worker);
    verdict_plain(calls, mail, ODY_VERDICT_FAILED);
}

static void start(ody_calls *calls, ody_calls_worker *worker, lane *self, uint64_t now)
{
    char id[ODY_SOCKET_ID_TEXT];
    ody_worker_call described;

    self->running = ody_container_of(ody_list_take_first(&self->waiting), call, node);
    ody_list_remove(&self->running->age);
    calls->state.queued--;
    calls->state.busy++;
    worker->lane = self;
    worker->began_at = now;
    ody_list_append(&calls->busy, &worker->busy);
    described = describe(self->running->mail, id);
    if (calls->wire.send(calls->wire.context, worker, &described) < 0) {
        calls->state.failed++;
        worker_lose(calls, worker);
        calls->wire.kill(calls->wire.context, worker);
    }
}

/* Gives work to whoever is idle. */
static void pump(ody_calls *calls, uint64_t now)
{
    while (!ody_list_empty(&calls->ready) && !ody_list_empty(&calls->idle)) {
        ody_list_node *worker = ody_list_take_first(&calls->idle);
        ody_list_node *ready = ody_list_take_first(&calls->ready);

        start(calls, ody_container_of(worker, ody_calls_worker, idle),
              ody_container_of(ready, lane, ready), now);
    }
}

/* Counts and answers what finds no room. */
static void refuse(ody_calls *calls, ody_mail *take_mail)
{
    if (awaited(take_mail)) {
        calls->state.refused++;
    } else {
        calls->state.dropped++;
    }
    verdict_plain(calls, take_mail, ODY_VERDICT_FAILED);
}

/* Nobody else would know why clients get errors although the application works. */
static void full_log(const ody_calls *calls, uint64_t now)
{
    static ody_log_gate gate;
    uint64_t suppressed;

    if (ody_log_enabled(ODY_LOG_WARNING) && ody_log_gate_pass(&gate, now, &suppressed)) {
        ody_log(ODY_LOG_WARNING, "the queue of calls to PHP workers is full: refusing calls",
                ODY_NUMBER("queue", calls->options->php_worker_queue),
                ODY_NUMBER("suppressed", suppressed));
    }
}

static call *call_new(ody_mail *mail, uint64_t now)
{
    call *self = ody_calloc(1, sizeof(*self));

    if (self) {
        self->mail = mail;
        self->asked_at = now;
    }
    return self;
}

static void enqueue(ody_calls *calls, ody_mail *take_mail, uint64_t now)
{
    lane *its_lane = lane_obtain(calls, take_mail);
    call *self = its_lane ? call_new(take_mail, now) : NULL;

    if (!self) {
        if (its_lane && !its_lane->running) {
            lane_rest(calls, its_lane);
        }
        refuse(calls, take_mail);
        return;
    }
    ody_list_append(&its_lane->waiting, &self->node);
    if (awaited(take_mail)) {
        ody_list_append(&calls->by_age, &self->age);
    }
    calls->state.queued++;
    if (!its_lane->running) {
        lane_rest(calls, its_lane);
    }
}

/* Connections are asked for from the start; as soon as somebody says that nobody wants to know,
 * they may come in. */
static bool unwanted(const ody_calls *calls, const ody_mail *mail)
{
    return mail->number == ODY_CALL_HANDSHAKE &&
           (calls->options->php_worker_num == 0 ||
            (calls->interest && !calls->interest->handshakes));
}

void ody_calls_mail(ody_calls *calls, ody_mail *take_mail, uint64_t now)
{
    if (unwanted(calls, take_mail)) {
        verdict_plain(calls, take_mail, ODY_VERDICT_PASS);
    } else if (calls->state.queued >= calls->options->php_worker_queue) {
        full_log(calls, now);
        refuse(calls, take_mail);
    } else {
        enqueue(calls, take_mail, now);
        pump(calls, now);
    }
}

/* Takes a waiting call out of its lane. @return its mail. */
static ody_mail *withdraw(ody_calls *calls, call *self)
{
    lane_key key = key_of(self->mail);
    lane *its_lane = ody_map_get(&calls->lanes, key_view(&key));
    ody_mail *mail = self->mail;

    self->mail = NULL;
    call_free(self);
    calls->state.queued--;
    if (!its_lane->running && ody_list_empty(&its_lane->waiting)) {
        lane_free(calls, its_lane);
    }
    return mail;
}

static void pass_unwanted(ody_calls *calls)
{
    ody_list_node *node = calls->by_age.next;

    while (node != &calls->by_age) {
        call *self = ody_container_of(node, call, age);

        node = node->next;
        if (unwanted(calls, self->mail)) {
            verdict_plain(calls, withdraw(calls, self), ODY_VERDICT_PASS);
        }
    }
}

void ody_calls_reload(ody_calls *calls, const ody_options *options)
{
    bool had_workers = calls->options->php_worker_num > 0;

    calls->options = options;
    if (had_workers != (options->php_worker_num > 0)) {
        ody_free(calls->interest);
        calls->interest = NULL;
        pass_unwanted(calls);
    }
}

static void mails_free(ody_mail *const *mails, unsigned count)
{
    for (unsigned index = 0; index < count; index++) {
        ody_mail_free(mails[index]);
    }
}

/* Tells every shard; all of that, or nothing. */
static int interest_spread(ody_calls *calls, const ody_interest *interest)
{
    const ody_mail_texts nothing = {0};
    ody_mail *mails[ODY_SHARDS_MAX];

    for (unsigned shard = 0; shard < calls->shards; shard++) {
        mails[shard] = ody_mail_new(ODY_MAIL_INTEREST, calls->shards, &nothing);
        if (mails[shard]) {
            mails[shard]->result = ody_malloc(sizeof(*interest));
        }
        if (!mails[shard] || !mails[shard]->result) {
            mails_free(mails, mails[shard] ? shard + 1 : shard);
            return ODY_EMEMORY;
        }
        memcpy(mails[shard]->result, interest, sizeof(*interest));
        mails[shard]->result_length = sizeof(*interest);
    }
    for (unsigned shard = 0; shard < calls->shards; shard++) {
        ody_mail_weigh(mails[shard]);
        if (calls->transport->post(calls->context, shard, mails[shard], true) < 0) {
            ody_mail_free(mails[shard]);
        }
    }
    return 0;
}

/* Makes an interest the one that holds, unless it is the same as before. */
static int interest_take(ody_calls *calls, const ody_worker_interest *interest)
{
    ody_interest *fresh = ody_interest_new(interest);

    if (!fresh) {
        return ODY_EMEMORY;
    }
    if (calls->interest && memcmp(calls->interest, fresh, sizeof(*fresh)) == 0) {
        ody_free(fresh);
        return 0;
    }
    if (interest_spread(calls, fresh) < 0) {
        ody_free(fresh);
        return ODY_EMEMORY;
    }
    ody_free(calls->interest);
    calls->interest = fresh;
    return 0;
}

int ody_calls_worker_add(ody_calls *calls, ody_calls_worker *worker,
                         const ody_worker_interest *interest, uint64_t now)
{
    int code = interest_take(calls, interest);

    if (code < 0) {
        return code;
    }
    calls->state.workers++;
    ody_list_append(&calls->idle, &worker->idle);
    pass_unwanted(calls);
    pump(calls, now);
    return 0;
}

void ody_calls_worker_remove(ody_calls *calls, ody_calls_worker *worker, uint64_t now)
{
    if (worker->lane) {
        calls->state.failed++;
        worker_lose(calls, worker);
        pump(calls, now);
    } else if (ody_list_linked(&worker->idle)) {
        worker_forget(calls, worker);
    }
}

int ody_calls_result(ody_calls *calls, ody_calls_worker *worker, const ody_worker_answer *answer,
                     uint64_t now)
{
    if (!worker->lane) {
        return ODY_EPROTOCOL;
    }
    calls->state.handled++;
    if (answer->verdict == ODY_VERDICT_FAILED) {
        calls->state.failed++;
    }
    verdict_send(calls, finish(calls, worker), answer);
    if (worker->leaving) {
        worker_forget(calls, worker);
    } else {
        ody_list_append(&calls->idle, &worker->idle);
    }
    pump(calls, now);
    return 0;
}

bool ody_calls_worker_leave(ody_calls *calls, ody_calls_worker *worker)
{
    worker->leaving = true;
    if (!ody_list_linked(&worker->idle)) {
        return !worker->lane;
    }
    worker_forget(calls, worker);
    return true;
}

static void end_waiting(ody_calls *calls, uint64_t now)
{
    while (!ody_list_empty(&calls->by_age)) {
        call *oldest = ody_container_of(calls->by_age.next, call, age);

        if (oldest->asked_at + ODY_CALL_WAIT > now) {
            return;
        }
        calls->state.timed_out++;
        verdict_plain(calls, withdraw(calls, oldest), ODY_VERDICT_FAILED);
    }
}

/* Nobody will ever take what waits: there are no workers, and there are to be none. Without workers
 * nothing runs, so every lane is a ready one. */
static void abandon(ody_calls *calls)
{
    while (!ody_list_empty(&calls->ready)) {
        lane *first = ody_container_of(calls->ready.next, lane, ready);

        refuse(calls, withdraw(calls, ody_container_of(first->waiting.next, call, node)));
    }
}

void ody_calls_advance(ody_calls *calls, uint64_t now)
{
    while (!ody_list_empty(&calls->busy)) {
        ody_calls_worker *worker = ody_container_of(calls->busy.next, ody_calls_worker, busy);

        if (worker->began_at + calls->options->php_worker_timeout > now) {
            break;
        }
        calls->state.timed_out++;
        worker_lose(calls, worker);
        calls->wire.kill(calls->wire.context, worker);
    }
    end_waiting(calls, now);
    if (calls->options->php_worker_num == 0 && calls->state.workers == 0) {
        abandon(calls);
    }
    pump(calls, now);
}

ody_calls_state ody_calls_look(const ody_calls *calls)
{
    ody_calls_state state = calls->state;

    state.queue_limit = calls->options->php_worker_queue;
    return state;
}
