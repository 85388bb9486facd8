/* SPDX-License-Identifier: MIT */
/* The queue of a connection: a ring of pieces that begins with room for two in place. */
#include "hub/outbound.h"

#include "base/memory.h"
#include "ody/error.h"
#include "wire/encode.h"

/* An idle connection gives a larger ring back. */
#define RING_KEPT 16

static inline ody_piece *pieces(const ody_outbound *outbound)
{
    return outbound->ring ? outbound->ring : (ody_piece *)outbound->inline_pieces;
}

/* Capacities are powers of two. A zeroed queue has none yet: it means the pieces in place. */
static inline uint32_t capacity_of(const ody_outbound *outbound)
{
    return outbound->ring ? outbound->capacity : ODY_OUTBOUND_INLINE;
}

static inline ody_piece *piece_at(const ody_outbound *outbound, uint32_t index)
{
    return &pieces(outbound)[(outbound->head + index) & (capacity_of(outbound) - 1)];
}

void ody_outbound_fini(ody_outbound *outbound)
{
    for (uint32_t index = 0; index < outbound->count; index++) {
        ody_batch_unref(piece_at(outbound, index)->batch);
    }
    ody_free(outbound->ring);
    *outbound = (ody_outbound){0};
}

static int grow(ody_outbound *outbound)
{
    uint32_t capacity = capacity_of(outbound) * 2;
    ody_piece *ring = ody_malloc(capacity * sizeof(*ring));

    if (!ring) {
        return ODY_EMEMORY;
    }
    for (uint32_t index = 0; index < outbound->count; index++) {
        ring[index] = *piece_at(outbound, index);
    }
    ody_free(outbound->ring);
    outbound->ring = ring;
    outbound->capacity = capacity;
    outbound->head = 0;
    return 0;
}

int ody_outbound_push(ody_outbound *outbound, ody_batch *batch, uint32_t offset, uint32_t length)
{
    if (outbound->count > 0) {
        ody_piece *last = piece_at(outbound, outbound->count - 1);

        if (last->batch == batch && last->offset + last->length == offset) {
            last->length += length;
            outbound->bytes += length;
            return 0;
        }
        if (outbound->count == capacity_of(outbound) && grow(outbound) < 0) {
            return ODY_EMEMORY;
        }
    }
    *piece_at(outbound, outbound->count) = (ody_piece){batch, offset, length};
    outbound->count++;
    outbound->bytes += length;
    ody_batch_ref(batch);
    return 0;
}

int ody_outbound_gather(const ody_outbound *outbound, struct iovec *vectors, int max)
{
    int filled = 0;

    while (filled < max && (uint32_t)filled < outbound->count) {
        const ody_piece *piece = piece_at(outbound, (uint32_t)filled);

        vectors[filled].iov_base = piece->batch->bytes + piece->offset;
        vectors[filled].iov_len = piece->length;
        filled++;
    }
    return filled;
}

static void drop_front(ody_outbound *outbound)
{
    ody_batch_unref(piece_at(outbound, 0)->batch);
    outbound->head = (outbound->head + 1) & (capacity_of(outbound) - 1);
    outbound->count--;
    if (outbound->count == 0) {
        outbound->head = 0;
        if (outbound->ring && outbound->capacity > RING_KEPT) {
            ody_free(outbound->ring);
            outbound->ring = NULL;
            outbound->capacity = 0;
        }
    }
}

void ody_outbound_consume(ody_outbound *outbound, size_t sent)
{
    while (sent > 0 && outbound->count > 0) {
        ody_piece *front = piece_at(outbound, 0);
        uint32_t part = sent < front->length ? (uint32_t)sent : front->length;

        front->offset += part;
        front->length -= part;
        outbound->bytes -= part;
        sent -= part;
        if (front->length == 0) {
            drop_front(outbound);
        }
    }
}

ody_view ody_outbound_broken_frame(const ody_outbound *outbound)
{
    const ody_piece *front;
    uint32_t start = 0;

    if (outbound->count == 0) {
        return ODY_VIEW_NONE;
    }
    /* The whole batch is still there, and frames stand in it back to back from its beginning. */
    front = piece_at(outbound, 0);
    while (start < front->offset) {
        start +=
            (uint32_t)ody_frame_length(front->batch->bytes + start, front->batch->length - start);
    }
    return (ody_view){(const char *)front->batch->bytes + front->offset, start - front->offset};
}
