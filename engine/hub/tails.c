/* SPDX-License-Identifier: MIT */
/* What shards have seen stays in the mail that it came in, until it is read. */
#include "hub/tails.h"

#include "base/memory.h"
#include "base/random.h"
#include "hub/mail.h"
#include "hub/request_checks.h"

#define NAME_BITS 52 /* a number that scripts can hold */

typedef struct waiting {
    ody_mail *mail;
    uint64_t number;
    uint64_t at;
    uint64_t left_out;
} waiting;

typedef struct tail {
    ody_list_node node; /* of tails->all */
    uint64_t name;
    uint64_t read_at; /* ms */
    unsigned first_shard;
    unsigned last_shard; /* that observe for it */
    bool failed;         /* one of them could not */
    waiting ring[ODY_TAIL_MESSAGES];
    size_t head;
    size_t count;
    size_t bytes;
    uint64_t last_number;
    uint64_t shown;    /* number of the last message that was read */
    uint64_t left_out; /* behind the last message */
    void (*wake)(void *context);
    void *context;
} tail;

struct ody_tails {
    unsigned shards;
    const ody_transport *transport;
    void *context;
    ody_list all;
    size_t count;
};

ody_tails *ody_tails_new(unsigned shards, const ody_transport *transport, void *context)
{
    ody_tails *tails = ody_calloc(1, sizeof(*tails));

    if (tails) {
        tails->shards = shards;
        tails->transport = transport;
        tails->context = context;
        ody_list_init(&tails->all);
    }
    return tails;
}

static tail *find(const ody_tails *tails, uint64_t name)
{
    for (ody_list_node *node = tails->all.next; node != &tails->all; node = node->next) {
        tail *self = ody_container_of(node, tail, node);

        if (self->name == name) {
            return self;
        }
    }
    return NULL;
}

/* That a message is missing the reader sees by its number. @return what else is to be told. */
static uint64_t drop_oldest(tail *self)
{
    waiting *oldest = &self->ring[self->head];
    uint64_t untold = oldest->number > self->shown ? oldest->left_out : 0;

    self->bytes -= oldest->mail->size;
    ody_mail_free(oldest->mail);
    self->head = (self->head + 1) % ODY_TAIL_MESSAGES;
    self->count--;
    return untold;
}

static void tail_free(ody_tails *tails, tail *self)
{
    while (self->count > 0) {
        (void)drop_oldest(self);
    }
    ody_list_remove(&self->node);
    tails->count--;
    ody_free(self);
}

void ody_tails_free(ody_tails *tails)
{
    if (!tails) {
        return;
    }
    while (!ody_list_empty(&tails->all)) {
        tail_free(tails, ody_container_of(tails->all.next, tail, node));
    }
    ody_free(tails);
}

static int post(ody_tails *tails, const tail *self, unsigned shard, ody_mail_kind kind,
                const ody_mail_texts *texts)
{
    ody_mail *mail = ody_mail_new(kind, tails->shards, texts);

    if (!mail) {
        return ODY_EMEMORY;
    }
    mail->ticket = self->name;
    mail->info = texts->user_id.data != NULL;
    ody_mail_weigh(mail);
    if (tails->transport->post(tails->context, shard, mail, true) < 0) {
        ody_mail_free(mail);
        return ODY_EOVERLOADED;
    }
    return 0;
}

/* A shard that cannot be told for lack of memory is told when it tells of the tail. */
static void stop_observing(ody_tails *tails, const tail *self)
{
    for (unsigned shard = self->first_shard; shard <= self->last_shard; shard++) {
        (void)post(tails, self, shard, ODY_MAIL_UNOBSERVE, &(ody_mail_texts){0});
    }
}

static void end(ody_tails *tails, tail *self)
{
    void (*wake)(void *context) = self->wake;
    void *context = self->context;

    stop_observing(tails, self);
    tail_free(tails, self);
    if (wake) {
        wake(context);
    }
}

/* A channel is observed by its home; a user may be anywhere. */
static int observe(ody_tails *tails, tail *self, const ody_mail_texts *texts)
{
    int code = 0;

    self->last_shard = tails->shards - 1;
    if (texts->channel.data) {
        self->first_shard = self->last_shard =
            ody_mail_home(texts->app, texts->channel, tails->shards);
    }
    for (unsigned shard = self->first_shard; code == 0 && shard <= self->last_shard; shard++) {
        code = post(tails, self, shard, ODY_MAIL_OBSERVE, texts);
    }
    return code;
}

int ody_tails_open(ody_tails *tails, const ody_app *app, ody_view channel, ody_view user_id,
                   uint64_t now, uint64_t *name, ody_error *error)
{
    const ody_mail_texts texts = {.app = app->number, .channel = channel, .user_id = user_id};
    int code = channel.data ? ody__request_name_check(app, channel, error)
                            : ody__request_user_check(user_id, error);
    tail *self;

    if (code < 0) {
        return code;
    }
    if (tails->count >= ODY_TAILS_MAX) {
        return ody_error_set(error, ODY_ELIMIT, "there are %d tails already: end another one",
                             ODY_TAILS_MAX);
    }
    self = ody_calloc(1, sizeof(*self));
    if (!self) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    do {
        self->name = ody_random_bits(NAME_BITS);
    } while (self->name == 0 || find(tails, self->name));
    self->read_at = now;
    ody_list_append(&tails->all, &self->node);
    tails->count++;
    code = observe(tails, self, &texts);
    if (code < 0) {
        end(tails, self);
        return ody_error_set(error, code, "%s", ody_error_text(code));
    }
    *name = self->name;
    return 0;
}

void ody_tails_close(ody_tails *tails, uint64_t name)
{
    tail *self = find(tails, name);

    if (self) {
        end(tails, self);
    }
}

static ody_tail_message show(const waiting *from, uint64_t previous)
{
    const ody_mail *mail = from->mail;

    return (ody_tail_message){
        .number = from->number,
        .at = from->at,
        .left_out = from->left_out + (from->number - previous - 1),
        .sight = (ody_sight)mail->position,
        .client = mail->client,
        .channel = mail->channel,
        .event = mail->event,
        .user_id = mail->user_id,
        .data = mail->data,
        .data_length = mail->stamp,
        .reached = mail->subscribers,
    };
}

int ody_tails_read(ody_tails *tails, uint64_t name, uint64_t after, uint64_t now,
                   void (*each)(void *context, const ody_tail_message *message), void *context,
                   uint64_t *left_out)
{
    tail *self = find(tails, name);

    if (!self) {
        return ODY_EINVALID;
    }
    if (self->failed) {
        end(tails, self);
        return ODY_EMEMORY;
    }
    self->read_at = now;
    after = after < self->last_number ? after : self->last_number;
    while (self->count > 0 && self->ring[self->head].number <= after) {
        (void)drop_oldest(self);
    }
    if (!each) {
        return (int)self->count + (self->left_out > 0);
    }
    for (size_t index = 0; index < self->count; index++) {
        const waiting *next = &self->ring[(self->head + index) % ODY_TAIL_MESSAGES];
        const ody_tail_message message = show(next, after);

        each(context, &message);
        self->shown = after = next->number;
    }
    *left_out = self->left_out;
    return (int)self->count;
}

void ody_tails_told(ody_tails *tails, uint64_t name, uint64_t left_out)
{
    tail *self = find(tails, name);

    if (self) {
        self->left_out -= left_out < self->left_out ? left_out : self->left_out;
    }
}

void ody_tails_wait(ody_tails *tails, uint64_t name, void (*wake)(void *context), void *context)
{
    tail *self = find(tails, name);

    if (self) {
        self->wake = wake;
        self->context = context;
    }
}

static void wake(tail *self)
{
    void (*call)(void *context) = self->wake;

    self->wake = NULL;
    if (call) {
        call(self->context);
    }
}

static void take(tail *self, ody_mail *take_mail, uint64_t unix_now)
{
    uint64_t lost = self->left_out + take_mail->number;

    self->left_out = 0;
    while (self->count == ODY_TAIL_MESSAGES ||
           (self->count > 0 && self->bytes + take_mail->size > ODY_TAIL_BYTES)) {
        uint64_t untold = drop_oldest(self);

        if (self->count > 0) {
            self->ring[self->head].left_out += untold;
        } else {
            lost += untold;
        }
    }
    self->ring[(self->head + self->count++) % ODY_TAIL_MESSAGES] =
        (waiting){take_mail, ++self->last_number, unix_now, lost};
    self->bytes += take_mail->size;
}

/* A shard has not heard yet that the tail is gone, or there was no memory to tell it. */
static void tell_again(ody_tails *tails, ody_mail *take_mail)
{
    unsigned shard = take_mail->origin;

    take_mail->kind = ODY_MAIL_UNOBSERVE;
    take_mail->origin = (uint8_t)tails->shards;
    ody_mail_weigh(take_mail);
    if (tails->transport->post(tails->context, shard, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}

void ody_tails_mail(ody_tails *tails, ody_mail *take_mail, uint64_t unix_now)
{
    tail *self = find(tails, take_mail->ticket);

    if (!self) {
        tell_again(tails, take_mail);
        return;
    }
    if (take_mail->code < 0) {
        self->failed = true;
        ody_mail_free(take_mail);
    } else if (take_mail->position == ODY_SIGHTS) {
        self->left_out += take_mail->number;
        ody_mail_free(take_mail);
    } else {
        take(self, take_mail, unix_now);
    }
    wake(self);
}

void ody_tails_advance(ody_tails *tails, uint64_t now)
{
    ody_list_node *node = tails->all.next;

    while (node != &tails->all) {
        tail *self = ody_container_of(node, tail, node);

        node = node->next;
        if (self->wake) {
            self->read_at = now;
        } else if (now - self->read_at >= ODY_TAIL_TIME) {
            end(tails, self);
        }
    }
}

size_t ody_tails_count(const ody_tails *tails)
{
    return tails->count;
}
