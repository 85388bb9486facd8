/* SPDX-License-Identifier: MIT */
/*
 * Wakes that a thread holds back until its turn ends. What it posts in one turn then wakes each
 * receiver once, who finds all of it: waking a thread costs more than most of what it is woken for.
 */
#ifndef ODY_BASE_WAKES_H
#define ODY_BASE_WAKES_H

#include <stdbool.h>

/** As many receivers as there can be: the shards, the API thread and the webhooks'. */
#define ODY_WAKES_MAX 68
/** After so many posts in a turn the receivers may begin, although the turn goes on. */
#define ODY_WAKES_POSTS 64

/** One thread's. A zeroed struct holds nothing. */
typedef struct ody_wakes {
    unsigned count;
    unsigned posts;
    struct {
        void (*wake)(void *context);
        void *context;
    } held[ODY_WAKES_MAX];
} ody_wakes;

/**
 * From now on the calling thread holds its wakes back in there, and must call ody_wakes_send before
 * it sleeps.
 * @param wakes borrowed; NULL: it sends them at once again.
 */
void ody_wakes_hold(ody_wakes *wakes);
/** Sends what is held. The thread that holds. */
void ody_wakes_send(ody_wakes *wakes);
/**
 * To be called for every post: wakes the receiver now, or at the end of the turn of a thread that
 * holds its wakes.
 * @param wake NULL: the receiver has been waked already for what was posted before.
 */
void ody_wakes_posted(void (*wake)(void *context), void *context);

#endif
