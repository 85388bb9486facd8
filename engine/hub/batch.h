/* SPDX-License-Identifier: MIT */
/*
 * The frames of one channel in one turn of a shard's loop, back to back, so that a subscriber of it
 * gets them with one send. Small frames are copied in; a large one is a batch of its own that holds
 * a reference to the shared frame. Plain reference counts: a batch never leaves its shard.
 */
#ifndef ODY_HUB_BATCH_H
#define ODY_HUB_BATCH_H

#include <stdbool.h>
#include <stdint.h>
#include "hub/frame.h"

#define ODY_BATCH_COPY_MAX 4096  /* larger frames are referenced, not copied */
#define ODY_BATCH_SIZE_MAX 65536 /* a full batch is sealed and the next one begun */

typedef struct ody_batch {
    uint32_t references;
    uint32_t length;
    uint32_t capacity; /* 0 when `shared` is set */
    ody_frame *shared; /* or NULL: the bytes are the batch's own */
    uint8_t *bytes;
    uint64_t *unique_bytes; /* the shard's count of memory in batches */
} ody_batch;

/** An empty batch with one reference. @return NULL without memory. */
ody_batch *ody_batch_new(uint64_t *unique_bytes, uint32_t capacity);
/** A batch around a shared frame, of which it takes one more reference. @return NULL … */
ody_batch *ody_batch_wrap(uint64_t *unique_bytes, ody_frame *frame);
/** Whether `length` more bytes may be appended. */
bool ody_batch_takes(const ody_batch *batch, uint32_t length);
/** Appends a frame; grows. @return 0 or ODY_EMEMORY. */
int ody_batch_append(ody_batch *batch, const uint8_t *frame, uint32_t length);
void ody_batch_ref(ody_batch *batch);
/** The last one frees it. NULL is fine. */
void ody_batch_unref(ody_batch *batch);

#endif
