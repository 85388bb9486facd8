/* SPDX-License-Identifier: MIT */
/* What the supervisor says on the control socket (enum ody_control), read with the same care as the
 * words of a stranger. The main thread. */
#ifndef ODY_CONTROL_H
#define ODY_CONTROL_H

#include "ody/server.h"

/** One packet. */
typedef struct ody_control_message {
    int kind;                   /* enum ody_control */
    ody_error error;            /* RELOAD: code 0, or why its options cannot be read */
    const ody_options *options; /* RELOAD without an error: one reference, which is the caller's */
    ody_server_change change;   /* CHANGE */
} ody_control_message;

/**
 * Takes one packet, without waiting.
 * @return 1; 0 when there was none or one that makes no sense, which is logged; ODY_EDISCONNECTED
 *         when nothing will come any more.
 */
int ody_control_read(int descriptor, ody_control_message *message);
/** Answers a RELOAD. @param error its code may be 0. */
void ody_control_answer(int descriptor, const ody_error *error);

#endif
