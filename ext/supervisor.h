/* SPDX-License-Identifier: MIT */
/*
 * The process that watches over the engine and the PHP workers: it owns the listening sockets,
 * forks the engine, starts it again when it dies, replaces it on demand, and ends it when told to.
 * One thread; it never starts another, so it can always fork.
 */
#ifndef ODY_EXT_SUPERVISOR_H
#define ODY_EXT_SUPERVISOR_H

#include "ody/error.h"
#include "ody/options.h"
#include "ody/view.h"

/** A configuration, as far as the supervisor needs it. */
typedef struct ody_supervised {
    const ody_options *options;
    const char *pid_file;
    /* Programs with their arguments, NULL at the end; NULL: there is none. */
    const char *const *worker_command;        /* a PHP worker */
    const char *const *configuration_command; /* prints a new configuration as one line of JSON */
    void *owner;                              /* of all of it: what the calls below work with */
} ody_supervised;

/** What a change of keys takes. */
typedef enum ody_supervised_change {
    ODY_CHANGE_BY_RESTART, /* a new engine */
    ODY_CHANGE_BY_START,   /* other sockets or files: stop and start */
} ody_supervised_change;

/** What the supervisor cannot do without PHP. */
typedef struct ody_supervised_calls {
    /**
     * Reads and checks a configuration that the configuration's command has printed.
     * @param in_force keys that would need a stop and a start keep its values; NULL: they need not.
     * @param out for release.
     * @return 0, or an error with a sentence that names the key.
     */
    int (*read)(ody_view json, const ody_supervised *in_force, ody_supervised *out,
                ody_error *error);
    /**
     * Says which keys differ and need that.
     * @param names gets them with commas between, cut to its size.
     * @return how many.
     */
    unsigned (*changed)(const ody_supervised *before, const ody_supervised *after,
                        ody_supervised_change change, char *names, size_t size);
    /** Gives back what read made. */
    void (*release)(ody_supervised *supervised);
    /** Makes the log of this process look as that configuration says. */
    void (*use_log)(const ody_supervised *supervised, int descriptor);
} ody_supervised_calls;

/** What the supervisor is told. Everything is borrowed and must live until it returns. */
typedef struct ody_supervision {
    ody_supervised first; /* the configuration to start with; never released */
    const ody_supervised_calls *calls;
    int log; /* where the log goes */
    /* The process ends when the supervisor returns. Then the pid file's lock is held to its very
     * end, so that whoever waits for the lock finds the process gone too. */
    bool process_ends;
    /* Called once: with code 0 when every shard listens for the first time, else with the reason
     * why that will not happen. May be NULL. */
    void (*started)(void *context, int code, const ody_error *error);
    void *context;
} ody_supervision;

/**
 * Runs the server until SIGTERM, SIGINT or SIGHUP. SIGUSR1 reloads the configuration, SIGUSR2
 * replaces the engine. The log is set up by the caller. Signal mask and dispositions are as before
 * when it returns; sockets and pid file are removed, but not sockets that were handed over.
 * @return 0 after a clean stop; 1 when the engine failed while stopping or had to be killed; a
 *         negative error when the server could not start.
 */
int ody_supervisor_run(const ody_supervision *supervision, ody_error *error);

#endif
