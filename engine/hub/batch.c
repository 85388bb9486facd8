/* SPDX-License-Identifier: MIT */
/* Batches: what is in them, and how much memory a shard has in them. */
#include "hub/batch.h"

#include <string.h>
#include "base/memory.h"
#include "ody/error.h"

/* What a batch counts for in its shard's sum. A shared frame is memory of its home, but it is this
 * shard that keeps it alive. */
static uint64_t weight(const ody_batch *batch)
{
    return sizeof(*batch) + (batch->shared ? batch->length : batch->capacity);
}

ody_batch *ody_batch_new(uint64_t *unique_bytes, uint32_t capacity)
{
    ody_batch *batch = ody_malloc(sizeof(*batch));
    uint8_t *bytes = batch ? ody_malloc(capacity ? capacity : 1) : NULL;

    if (!bytes) {
        ody_free(batch);
        return NULL;
    }
    *batch = (ody_batch){
        .references = 1, .capacity = capacity, .bytes = bytes, .unique_bytes = unique_bytes};
    *unique_bytes += weight(batch);
    return batch;
}

ody_batch *ody_batch_wrap(uint64_t *unique_bytes, ody_frame *frame)
{
    ody_batch *batch = ody_malloc(sizeof(*batch));

    if (!batch) {
        return NULL;
    }
    *batch = (ody_batch){
        .references = 1,
        .length = frame->length,
        .shared = ody_frame_ref(frame),
        .bytes = frame->bytes,
        .unique_bytes = unique_bytes,
    };
    *unique_bytes += weight(batch);
    return batch;
}

bool ody_batch_takes(const ody_batch *batch, uint32_t length)
{
    return !batch->shared && length <= ODY_BATCH_SIZE_MAX &&
           batch->length <= ODY_BATCH_SIZE_MAX - length;
}

int ody_batch_append(ody_batch *batch, const uint8_t *frame, uint32_t length)
{
    if (length > batch->capacity - batch->length) {
        uint32_t capacity = batch->capacity * 2;
        uint8_t *bytes;

        if (capacity < batch->length + length) {
            capacity = batch->length + length;
        }
        bytes = ody_realloc(batch->bytes, capacity);
        if (!bytes) {
            return ODY_EMEMORY;
        }
        *batch->unique_bytes += capacity - batch->capacity;
        batch->bytes = bytes;
        batch->capacity = capacity;
    }
    memcpy(batch->bytes + batch->length, frame, length);
    batch->length += length;
    return 0;
}

void ody_batch_ref(ody_batch *batch)
{
    batch->references++;
}

void ody_batch_unref(ody_batch *batch)
{
    if (!batch || --batch->references > 0) {
        return;
    }
    *batch->unique_bytes -= weight(batch);
    if (batch->shared) {
        ody_frame_unref(batch->shared);
    } else {
        ody_free(batch->bytes);
    }
    ody_free(batch);
}
