/* SPDX-License-Identifier: MIT */
/* The queue into a thread: a linked list under a mutex, taken as a whole. */
#include "ody/error.h"
#include "base/mailbox.h"
#include "base/wakes.h"

void ody_mailbox_init(ody_mailbox *mailbox, uint64_t limit, void (*wake)(void *context),
                      void *context)
{
    pthread_mutex_init(&mailbox->lock, NULL);
    mailbox->first = NULL;
    mailbox->last = &mailbox->first;
    atomic_init(&mailbox->bytes, 0);
    mailbox->limit = limit;
    mailbox->wake = wake;
    mailbox->context = context;
}

void ody_mailbox_fini(ody_mailbox *mailbox)
{
    pthread_mutex_destroy(&mailbox->lock);
}

/* Links node at the end. Returns whether the mailbox was empty. The lock is held. */
static bool append(ody_mailbox *mailbox, ody_mailbox_node *node, uint64_t bytes)
{
    bool was_empty = mailbox->first == NULL;

    node->next = NULL;
    *mailbox->last = node;
    mailbox->last = &node->next;
    atomic_store_explicit(&mailbox->bytes, bytes, memory_order_relaxed);
    return was_empty;
}

int ody_mailbox_post(ody_mailbox *mailbox, ody_mailbox_node *node, bool must)
{
    bool was_empty;
    uint64_t bytes;

    pthread_mutex_lock(&mailbox->lock);
    bytes = atomic_load_explicit(&mailbox->bytes, memory_order_relaxed) + node->cost;
    if (bytes > mailbox->limit && !must) {
        pthread_mutex_unlock(&mailbox->lock);
        return ODY_EOVERLOADED;
    }
    was_empty = append(mailbox, node, bytes);
    pthread_mutex_unlock(&mailbox->lock);
    ody_wakes_posted(was_empty ? mailbox->wake : NULL, mailbox->context);
    return 0;
}

ody_mailbox_node *ody_mailbox_take(ody_mailbox *mailbox)
{
    ody_mailbox_node *first;

    pthread_mutex_lock(&mailbox->lock);
    first = mailbox->first;
    mailbox->first = NULL;
    mailbox->last = &mailbox->first;
    atomic_store_explicit(&mailbox->bytes, 0, memory_order_relaxed);
    pthread_mutex_unlock(&mailbox->lock);
    return first;
}

uint64_t ody_mailbox_bytes(const ody_mailbox *mailbox)
{
    return atomic_load_explicit(&mailbox->bytes, memory_order_relaxed);
}

bool ody_mailbox_full(const ody_mailbox *mailbox)
{
    return ody_mailbox_bytes(mailbox) >= mailbox->limit;
}
