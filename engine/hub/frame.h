/* SPDX-License-Identifier: MIT */
/*
 * One encoded WebSocket frame, shared read-only by shards: one atomic reference a shard. The last
 * one to let go hands it to its home's return stack, and the home frees it, because memory that is
 * freed in another thread than its own stays in glibc's arenas.
 */
#ifndef ODY_HUB_FRAME_H
#define ODY_HUB_FRAME_H

#include <stdatomic.h>
#include <stdint.h>
#include "ody/view.h"

typedef struct ody_frame ody_frame;

/** Frames on their way back to the thread that made them. */
typedef struct ody_frame_home {
    _Atomic(ody_frame *) returned;
} ody_frame_home;

struct ody_frame {
    _Atomic uint32_t references;
    uint32_t length; /* header and payload */
    ody_frame_home *home;
    ody_frame *next; /* in the return stack */
    uint8_t bytes[];
};

/** Encodes payload into a frame with one reference. @return NULL without memory. Home's thread. */
ody_frame *ody_frame_new(ody_frame_home *home, int opcode, ody_view payload);
/** One more reference. Any thread that has one. */
ody_frame *ody_frame_ref(ody_frame *frame);
/** Lets go; the last one sends it home. Any thread. NULL is fine. */
void ody_frame_unref(ody_frame *frame);
/** Frees what has come back. Home's thread. */
void ody_frame_home_collect(ody_frame_home *home);

#endif
