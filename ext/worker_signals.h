/* SPDX-License-Identifier: MIT */
/*
 * The signals of a PHP worker while it waits for calls. SIGTERM asks it to leave; SIGINT and SIGHUP
 * reach it only because it shares the server's terminal, and the server decides what they mean.
 * Process-wide: one at a time.
 */
#ifndef ODY_EXT_WORKER_SIGNALS_H
#define ODY_EXT_WORKER_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/** The handlers that stood before. */
typedef struct ody_worker_signals {
    struct sigaction terminate;
    struct sigaction interrupt;
    struct sigaction hangup;
} ody_worker_signals;

/** Begins to heed them. @return 0 or ODY_ESYSTEM: nothing has changed. */
int ody_worker_signals_begin(ody_worker_signals *before);
/** Puts back what stood before. */
void ody_worker_signals_end(const ody_worker_signals *before);
/** Whether SIGTERM has come, in this process, ever. */
bool ody_worker_signals_stopped(void);
/**
 * Waits until descriptor has something to read. Does not miss a SIGTERM that came before.
 * @param wait_ms at most so long; -1: without end.
 * @return whether something is to be read.
 */
bool ody_worker_signals_wait(int descriptor, int wait_ms);

#endif
