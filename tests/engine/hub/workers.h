/* SPDX-License-Identifier: MIT */
/* PHP workers that are structs: they take calls, and answer what the test says. */
#ifndef ODY_TESTS_HUB_WORKERS_H
#define ODY_TESTS_HUB_WORKERS_H

#include "world.h"

#define WORKERS_TEXT 512

typedef struct test_worker {
    ody_calls_worker link;
    world *world;
    bool asked; /* a call waits for its answer */
    bool killed;
    bool deaf; /* sending to it fails */
    unsigned taken;
    ody_call_kind kind;
    char socket_id[WORKERS_TEXT];
    char address[WORKERS_TEXT];
    char channel[WORKERS_TEXT];
    char event[WORKERS_TEXT];
    char data[WORKERS_TEXT];
    char user_id[WORKERS_TEXT];
    char head[WORKERS_TEXT];
} test_worker;

/** A world whose server waits for PHP workers. */
world *workers_world(unsigned shards);
/** The worker registers. */
void workers_add(world *self, test_worker *worker, const ody_worker_interest *interest);
/** It handles those types of channels, and nothing else. @param types up to three, or NULL. */
void workers_handle(world *self, test_worker *worker, const char *first, const char *second);
/** It answers its call; everything settles. */
void workers_answer(test_worker *worker, ody_verdict verdict, const char *message, uint32_t code,
                    const char *data);
/** The same for an answer without texts. */
void workers_say(test_worker *worker, ody_verdict verdict);
/** Its connection is gone. */
void workers_remove(test_worker *worker);
/** Settles, and checks that the worker has been asked that. */
#define EXPECT_CALL(worker, wanted) workers_expect(__FILE__, __LINE__, (worker), (wanted))
/** Settles, and checks that it has not been asked anything. */
#define EXPECT_NO_CALL(worker) workers_expect(__FILE__, __LINE__, (worker), 0)
void workers_expect(const char *file, int line, test_worker *worker, int wanted);

#endif
