/* SPDX-License-Identifier: MIT */
/*
 * What the application's PHP workers want to be asked about. A shard has its own copy and reads it
 * on its own thread. Pure.
 */
#ifndef ODY_HUB_INTEREST_H
#define ODY_HUB_INTEREST_H

#include "ody/worker.h"

/** Bytes of a channel type and the dash behind it. */
#define ODY_INTEREST_PREFIX_MAX 65

typedef struct ody_interest {
    bool handshakes;
    bool messages;
    bool public_channels; /* those that no other type claims */
    uint32_t notices;
    unsigned count;
    struct {
        uint8_t length;
        char text[ODY_INTEREST_PREFIX_MAX]; /* "custom-" */
    } prefixes[ODY_HANDLERS_MAX];
} ody_interest;

/** @param interest checked. @return a struct that the caller frees with ody_free, or NULL. */
ody_interest *ody_interest_new(const ody_worker_interest *interest);
/** Whether a handler of the application decides about that channel. @param interest NULL: no. */
bool ody_interest_handles(const ody_interest *interest, ody_view channel);
/** Whether notices of that kind are wanted. @param interest NULL: no. */
bool ody_interest_wants(const ody_interest *interest, ody_call_kind notice);

#endif
