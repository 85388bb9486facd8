/* SPDX-License-Identifier: MIT */
/* The mailbox: order, the limit, waking, and four threads that post while one takes. */
#include <sched.h>
#include <stdlib.h>
#include "base/list.h"
#include "base/mailbox.h"
#include "base/memory.h"
#include "ody/error.h"
#include "test.h"

typedef struct letter {
    ody_mailbox_node node;
    unsigned sender;
    unsigned number;
} letter;

static void count_wake(void *context)
{
    ++*(unsigned *)context;
}

TEST(mailbox_keeps_order_and_counts_bytes)
{
    unsigned wakes = 0;
    letter letters[3] = {0};
    ody_mailbox_node *node;
    ody_mailbox mailbox;

    ody_mailbox_init(&mailbox, 1000, count_wake, &wakes);
    CHECK(ody_mailbox_take(&mailbox) == NULL);
    for (unsigned turn = 1; turn <= 2; turn++) {
        for (unsigned i = 0; i < 3; i++) {
            letters[i].node.cost = 100 * (i + 1);
            CHECK_EQUAL(ody_mailbox_post(&mailbox, &letters[i].node, false), 0);
        }
        CHECK_EQUAL(wakes, turn);
        CHECK_EQUAL(mailbox.bytes, 600);
        node = ody_mailbox_take(&mailbox);
        for (unsigned i = 0; i < 3; i++, node = node->next) {
            CHECK(node == &letters[i].node);
        }
        CHECK(node == NULL);
        CHECK_EQUAL(mailbox.bytes, 0);
    }
    CHECK(ody_mailbox_take(&mailbox) == NULL);
    ody_mailbox_fini(&mailbox);
}

TEST(mailbox_refuses_over_the_limit)
{
    letter letters[3] = {{.node.cost = 60}, {.node.cost = 40}, {.node.cost = 1}};
    ody_mailbox mailbox;

    ody_mailbox_init(&mailbox, 100, NULL, NULL);
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &letters[0].node, false), 0);
    CHECK(!ody_mailbox_full(&mailbox));
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &letters[1].node, false), 0);
    CHECK(ody_mailbox_full(&mailbox));
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &letters[2].node, false), ODY_EOVERLOADED);
    CHECK_EQUAL(mailbox.bytes, 100);
    CHECK(ody_mailbox_take(&mailbox) == &letters[0].node);
    CHECK(letters[1].node.next == NULL);
    CHECK(!ody_mailbox_full(&mailbox));
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &letters[2].node, false), 0);
    CHECK(ody_mailbox_take(&mailbox) == &letters[2].node);
    ody_mailbox_fini(&mailbox);
}

TEST(mailbox_takes_what_must_be_taken)
{
    letter letters[3] = {{.node.cost = 100}, {.node.cost = 500}, {.node.cost = 1}};
    ody_mailbox_node *first;
    ody_mailbox mailbox;

    ody_mailbox_init(&mailbox, 100, NULL, NULL);
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &letters[0].node, false), 0);
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &letters[1].node, true), 0);
    CHECK_EQUAL(mailbox.bytes, 600);
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &letters[2].node, false), ODY_EOVERLOADED);
    first = ody_mailbox_take(&mailbox);
    CHECK(first == &letters[0].node && first->next == &letters[1].node);
    ody_mailbox_fini(&mailbox);
}

enum { SENDERS = 4, LETTERS = 5000, LIMIT = 4096 };

/* A mailbox with a bell: the wake callback of the engine in small. */
typedef struct office {
    ody_mailbox mailbox;
    pthread_mutex_t lock;
    pthread_cond_t bell;
    bool rung;
    _Atomic unsigned refused;
} office;

static void ring(void *context)
{
    office *here = context;

    pthread_mutex_lock(&here->lock);
    here->rung = true;
    pthread_cond_signal(&here->bell);
    pthread_mutex_unlock(&here->lock);
}

static void await_ring(office *here)
{
    pthread_mutex_lock(&here->lock);
    while (!here->rung) {
        pthread_cond_wait(&here->bell, &here->lock);
    }
    here->rung = false;
    pthread_mutex_unlock(&here->lock);
}

typedef struct sender {
    office *office;
    unsigned id;
} sender;

static void *send_letters(void *context)
{
    const sender *self = context;

    for (unsigned i = 0; i < LETTERS; i++) {
        letter *one = ody_calloc(1, sizeof(*one));
        bool must = i % 10 == 0;

        CHECK(one != NULL);
        *one = (letter){{NULL, sizeof(*one)}, self->id, i};
        while (ody_mailbox_post(&self->office->mailbox, &one->node, must) != 0) {
            CHECK(!must);
            atomic_fetch_add(&self->office->refused, 1);
            sched_yield();
        }
    }
    return NULL;
}

/* Takes until every letter has come. The letters of one sender come in the order they were sent. */
static void receive_letters(office *here)
{
    unsigned next[SENDERS] = {0};

    for (unsigned received = 0; received < SENDERS * LETTERS;) {
        ody_mailbox_node *node;

        await_ring(here);
        node = ody_mailbox_take(&here->mailbox);
        while (node) {
            letter *one = ody_container_of(node, letter, node);

            node = node->next;
            CHECK_EQUAL(one->number, next[one->sender]);
            next[one->sender]++;
            received++;
            ody_free(one);
        }
    }
}

TEST(mailbox_four_threads_post)
{
    office here = {.lock = PTHREAD_MUTEX_INITIALIZER, .bell = PTHREAD_COND_INITIALIZER};
    pthread_t threads[SENDERS];
    sender senders[SENDERS];

    ody_mailbox_init(&here.mailbox, LIMIT, ring, &here);
    for (unsigned i = 0; i < SENDERS; i++) {
        senders[i] = (sender){&here, i};
        CHECK_EQUAL(pthread_create(&threads[i], NULL, send_letters, &senders[i]), 0);
    }
    receive_letters(&here);
    for (unsigned i = 0; i < SENDERS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK(ody_mailbox_take(&here.mailbox) == NULL);
    CHECK_EQUAL(here.mailbox.bytes, 0);
    ody_mailbox_fini(&here.mailbox);
}
