/* SPDX-License-Identifier: MIT */
/*
 * The process that watches over the engine: it owns the listening sockets, forks the engine, starts
 * it again when it dies, and ends it when told to. One thread; it never starts another, so it can
 * always fork.
 */
#ifndef ODY_EXT_SUPERVISOR_H
#define ODY_EXT_SUPERVISOR_H

#include "ody/error.h"
#include "ody/options.h"

/** What the supervisor is told. Everything is borrowed and must live until it returns. */
typedef struct ody_supervision {
    const ody_options *options;
    const char *pid_file;
    /* The process ends when the supervisor returns. Then the pid file's lock is held to its very
     * end, so that whoever waits for the lock finds the process gone too. */
    bool process_ends;
    /* Called once: with code 0 when every shard listens for the first time, else with the reason
     * why that will not happen. May be NULL. */
    void (*started)(void *context, int code, const ody_error *error);
    void *context;
} ody_supervision;

/**
 * Runs the server until SIGTERM, SIGINT or SIGHUP. The log is set up by the caller. Signal mask and
 * dispositions are as before when it returns; sockets and pid file are removed.
 * @return 0 after a clean stop; 1 when the engine failed while stopping or had to be killed; a
 *         negative error when the server could not start.
 */
int ody_supervisor_run(const ody_supervision *supervision, ody_error *error);

#endif
