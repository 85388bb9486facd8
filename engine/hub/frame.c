/* SPDX-License-Identifier: MIT */
/* Shared frames and their way home. */
#include "hub/frame.h"

#include <string.h>
#include "base/memory.h"
#include "wire/encode.h"

ody_frame *ody_frame_new(ody_frame_home *home, int opcode, ody_view payload)
{
    uint8_t header[ODY_FRAME_HEADER_MAX];
    size_t header_length = ody_encode_frame_header(header, opcode, payload.length);
    ody_frame *frame;

    if (payload.length > UINT32_MAX - ODY_FRAME_HEADER_MAX) {
        return NULL;
    }
    frame = ody_malloc(sizeof(*frame) + header_length + payload.length);
    if (!frame) {
        return NULL;
    }
    atomic_init(&frame->references, 1);
    frame->length = (uint32_t)(header_length + payload.length);
    frame->home = home;
    frame->next = NULL;
    memcpy(frame->bytes, header, header_length);
    if (payload.length) {
        memcpy(frame->bytes + header_length, payload.data, payload.length);
    }
    return frame;
}

ody_frame *ody_frame_ref(ody_frame *frame)
{
    atomic_fetch_add_explicit(&frame->references, 1, memory_order_relaxed);
    return frame;
}

void ody_frame_unref(ody_frame *frame)
{
    ody_frame_home *home;

    if (!frame || atomic_fetch_sub_explicit(&frame->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    home = frame->home;
    frame->next = atomic_load_explicit(&home->returned, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&home->returned, &frame->next, frame,
                                                  memory_order_release, memory_order_relaxed)) {
    }
}

void ody_frame_home_collect(ody_frame_home *home)
{
    ody_frame *frame;

    if (!atomic_load_explicit(&home->returned, memory_order_relaxed)) {
        return;
    }
    /* All are taken at once, so the stack has no ABA problem. */
    frame = atomic_exchange_explicit(&home->returned, NULL, memory_order_acquire);
    while (frame) {
        ody_frame *next = frame->next;

        ody_free(frame);
        frame = next;
    }
}
