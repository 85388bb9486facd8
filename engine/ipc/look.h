/* SPDX-License-Identifier: MIT */
/*
 * Looking for an answer for a moment before sleeping until it comes. Being woken takes longer than
 * the server does, so a process that looks has its answer sooner. It gives its processor to anybody
 * who wants it meanwhile, and looks less and less often where that comes to nothing. One thread.
 */
#ifndef ODY_IPC_LOOK_H
#define ODY_IPC_LOOK_H

#include <stdint.h>
#include <sys/types.h>

/** How long it looks (µs). */
#define ODY_IPC_LOOK_US 50

/** A zeroed struct has never looked. */
typedef struct ody_ipc_look {
    uint8_t failures; /* in a row, as far as they matter */
    uint8_t rest;     /* answers that are slept for before it looks again */
} ody_ipc_look;

/**
 * Receives what comes within ODY_IPC_LOOK_US.
 * @return as recv; -1 with EAGAIN when nothing came, or when now is no time to look.
 */
ssize_t ody__ipc_look(ody_ipc_look *look, int descriptor, void *data, size_t room);

#endif
