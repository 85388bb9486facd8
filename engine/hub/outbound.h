/* SPDX-License-Identifier: MIT */
/*
 * What waits to be sent on one connection: references into batches, in order. Adjacent pieces of
 * one batch melt into one, so a subscriber that takes all frames of a turn has one piece. The
 * transport reads from the front. One shard's thread.
 */
#ifndef ODY_HUB_OUTBOUND_H
#define ODY_HUB_OUTBOUND_H

#include <sys/uio.h>
#include "hub/batch.h"

#define ODY_OUTBOUND_INLINE 2

typedef struct ody_piece {
    ody_batch *batch;
    uint32_t offset;
    uint32_t length;
} ody_piece;

typedef struct ody_outbound {
    ody_piece inline_pieces[ODY_OUTBOUND_INLINE];
    ody_piece *ring; /* NULL: inline_pieces is the ring */
    uint32_t capacity;
    uint32_t head;
    uint32_t count;
    uint32_t bytes; /* waiting, over all pieces */
} ody_outbound;

/** A zeroed struct is an empty queue. Drops all that waits and frees the ring. */
void ody_outbound_fini(ody_outbound *outbound);
/** Queues whole frames: batch[offset, offset + length). Takes a reference. @return 0, ODY_EMEMORY.
 */
int ody_outbound_push(ody_outbound *outbound, ody_batch *batch, uint32_t offset, uint32_t length);
/** Fills vectors from the front. @return how many were filled, up to max. */
int ody_outbound_gather(const ody_outbound *outbound, struct iovec *vectors, int max);
/** Removes `sent` bytes from the front, at most outbound->bytes. */
void ody_outbound_consume(ody_outbound *outbound, size_t sent);
/**
 * After a short send: the rest of the frame whose beginning was already consumed.
 * @return an empty view when the front is at the beginning of a frame.
 */
ody_view ody_outbound_broken_frame(const ody_outbound *outbound);

#endif
