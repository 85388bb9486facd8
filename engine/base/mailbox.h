/* SPDX-License-Identifier: MIT */
/*
 * The queue into a thread: many posters, one taker, order kept, bounded in bytes. The taker is
 * woken by a callback when the queue was empty (an ev_async_send in the engine, nothing in tests).
 */
#ifndef ODY_BASE_MAILBOX_H
#define ODY_BASE_MAILBOX_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** The first member of what is posted. */
typedef struct ody_mailbox_node {
    struct ody_mailbox_node *next;
    uint32_t cost; /* bytes that this message counts for, itself included */
} ody_mailbox_node;

typedef struct ody_mailbox {
    pthread_mutex_t lock;
    ody_mailbox_node *first;
    ody_mailbox_node **last;
    _Atomic uint64_t bytes; /* waiting now; readable without the lock */
    uint64_t limit;
    void (*wake)(void *context);
    void *context;
} ody_mailbox;

/**
 * Makes an empty mailbox in place.
 * @param limit bytes that may wait.
 * @param wake called from the posting thread, outside of the lock, when the mailbox was empty, or
 *        when that thread's turn ends (base/wakes.h); may be NULL.
 */
void ody_mailbox_init(ody_mailbox *mailbox, uint64_t limit, void (*wake)(void *context),
                      void *context);
/** The mailbox must be empty: whoever owns the messages takes and frees them first. */
void ody_mailbox_fini(ody_mailbox *mailbox);
/**
 * Posts; ownership of the node moves only on success. Then the taker may already have freed it.
 * @param must control messages (a leave, a joined) are taken even over the limit: their number is
 *        bounded by what connections may have in flight.
 * @return 0, or ODY_EOVERLOADED when it is full and `must` is false. Any thread.
 */
int ody_mailbox_post(ody_mailbox *mailbox, ody_mailbox_node *node, bool must);
/** Takes all that waits, oldest first, as a chain of `next`; NULL when empty. The owning thread. */
ody_mailbox_node *ody_mailbox_take(ody_mailbox *mailbox);
/** Bytes that wait. Any thread; a moment later it may differ. */
uint64_t ody_mailbox_bytes(const ody_mailbox *mailbox);
/** Whether the limit is reached. Any thread; a moment later it may differ. */
bool ody_mailbox_full(const ody_mailbox *mailbox);

#endif
