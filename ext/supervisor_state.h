/* SPDX-License-Identifier: MIT */
/*
 * What the files of the supervisor share: its state, and what each of them does with it. One
 * thread; times are milliseconds of the monotonic clock.
 */
#ifndef ODY_EXT_SUPERVISOR_STATE_H
#define ODY_EXT_SUPERVISOR_STATE_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include "child_output.h"
#include "ody/log.h"
#include "ody/server.h"
#include "supervisor.h"

#define ODY_LISTENERS_MAX 64
#define ODY_LEAVING_MAX 4
#define ODY_PHP_WORKERS_MAX 256
#define ODY_STOP_MARGIN 5000 /* ms beyond what was granted before a process is killed */
#define ODY_NEVER UINT64_MAX /* of a time: there is nothing to wait for */

/** What a signal mask and the dispositions were before us. */
typedef struct ody_supervisor_signals {
    int descriptor;
    sigset_t mask_before;
    struct sigaction child_before;
    struct sigaction pipe_before;
} ody_supervisor_signals;

/** An engine process. */
typedef struct ody_engine {
    pid_t pid;    /* 0: none */
    int ready;    /* readable when it is ready or has failed; -1: told already */
    int parent;   /* our end of the pipe whose closing tells it that we are gone */
    int control;  /* our end of the pair on which enum ody_control is spoken */
    bool serves;  /* it said that it is ready */
    bool told;    /* it was told to end */
    bool hurried; /* it was told again, to wait for no client any more */
    uint64_t born;
    uint64_t kill_at;    /* ODY_NEVER until it is told to end */
    uint32_t drain_time; /* that it was started with */
} ody_engine;

/** Waits longer and longer while processes die young. */
typedef struct ody_back_off {
    unsigned early_deaths;
    uint64_t next_start;
} ody_back_off;

/** A place for a PHP worker, and the process that has it. */
typedef struct ody_php_worker {
    pid_t pid;    /* 0: none */
    pid_t engine; /* that served when it was started */
    unsigned generation;
    uint64_t born;
    uint64_t kill_at; /* ODY_NEVER until it is told to end */
    ody_back_off back_off;
    ody_child_output output;
} ody_php_worker;

/** What a reload or a restart is waiting for. */
typedef enum ody_change_stage {
    ODY_CHANGE_NONE,
    ODY_CHANGE_READING,  /* the configuration's command */
    ODY_CHANGE_STARTING, /* the new engine */
    ODY_CHANGE_TELLING,  /* the engine's answer to ODY_CONTROL_RELOAD */
} ody_change_stage;

/** The reload or restart under way, and how the last one went. */
typedef struct ody_change {
    ody_change_stage stage;
    bool restart;
    bool reload_asked; /* one more, when this one is through */
    bool restart_asked;
    uint64_t give_up_at;
    pid_t reader; /* the configuration's command */
    int output;   /* what it prints */
    int errors;   /* what it complains of */
    char *text;
    size_t length;
    char complaint[1024];
    size_t complaint_length;
    ody_supervised wanted;
    ody_engine engine; /* the one that is to take over */
    char note[160];    /* what a reload could not change */
    ody_server_change last;
} ody_change;

typedef struct ody_supervisor {
    const ody_supervision *setup;
    ody_supervised now; /* the configuration in force */
    const char *socket_path;
    const char *pid_file_path;
    int pid_file;
    int listen[ODY_LISTENERS_MAX];
    unsigned listening;
    int unix_listen;
    bool unix_handed_over;     /* somebody else made the Unix socket and will remove it */
    const char *notify_socket; /* of the service manager, or NULL */
    ody_supervisor_signals signals;
    ody_engine engine;
    ody_engine leaving[ODY_LEAVING_MAX]; /* replaced, not gone yet */
    ody_back_off back_off;
    ody_php_worker workers[ODY_PHP_WORKERS_MAX];
    ody_php_worker retired[ODY_PHP_WORKERS_MAX]; /* of a replaced engine */
    unsigned generation;                         /* of the workers that are wanted */
    ody_change change;
    bool announced; /* setup->started was called */
    unsigned stops; /* how often we were told to stop */
    int outcome;    /* 0, or why the engine could not start */
    bool unclean;   /* the engine did not end by itself, or not with 0 */
    ody_error reason;
} ody_supervisor;

/** Milliseconds of the monotonic clock. */
uint64_t ody__now_ms(void);
/** Closes a descriptor unless it is -1, and makes it -1. */
void ody__descriptor_close(int *descriptor);
/** The earlier of two times. */
uint64_t ody__sooner(uint64_t one, uint64_t other);
/** Counts the death of a process that was born then; the next one waits for next_start. */
void ody__back_off(ody_back_off *back_off, uint64_t born, uint64_t young_ms);

/* supervisor_signals.c */

/** Makes signals readable from a descriptor. @return 0 or ODY_ESYSTEM. */
int ody__signals_take(ody_supervisor_signals *signals, ody_error *error);
/** Mask and dispositions as they were before. */
void ody__signals_give_back(ody_supervisor_signals *signals);
/** In a forked child: everything as in a fresh process, all signals blocked or none. */
void ody__signals_reset(bool blocked);

/* supervisor_sockets.c */

/** Takes over the sockets of the service manager and opens the others. @return 0 or an error. */
int ody__sockets_open(ody_supervisor *self, ody_error *error);
/** Closes them, and removes the Unix socket if it is ours. */
void ody__sockets_close(ody_supervisor *self);
/** Tells the service manager, if there is one. @param state such as "READY=1". */
void ody__notify(const ody_supervisor *self, const char *state);

/* supervisor_engine.c */

/** An engine that is not there. */
ody_engine ody__engine_none(void);
/** Forks an engine. @return 0 or ODY_ESYSTEM. */
int ody__engine_start(ody_supervisor *self, ody_engine *engine, const ody_supervised *supervised,
                      ody_error *error);
/**
 * Reads what a starting engine says, once ready is readable or it has died.
 * @return 1: it is ready; 0: it said nothing; else the error that it died of.
 */
int ody__engine_ready(ody_engine *engine, ody_error *error);
/** Tells it to end; kill_at is set. @param grant ms it may take. */
void ody__engine_end(ody_engine *engine, uint32_t grant);
/** @return whether it has died now; then *status is as of waitpid, and its descriptors are closed.
 */
bool ody__engine_reap(ody_engine *engine, int *status);
/** Whether its end of the control socket is closed: it is dying, or dead and not yet reaped. */
bool ody__engine_hung_up(const ody_engine *engine);
/** Kills it when its time is over. @return when that will be. */
uint64_t ody__engine_hurry(ody_engine *engine, uint64_t now);
/** Sends a packet of enum ody_control. @return 0 or ODY_ESYSTEM. */
int ody__engine_send(const ody_engine *engine, char kind, const void *data, size_t length,
                     ody_error *error);
/** Closes our descriptors of every engine, in a forked child. */
void ody__engines_close(ody_supervisor *self);
/** Whether any engine process is there. */
bool ody__engines_run(const ody_supervisor *self);

/* supervisor_workers.c */

/** Starts the workers that are due and ends those whose time is over. @return when to look again.
 */
uint64_t ody__workers_tend(ody_supervisor *self, uint64_t now);
/** Collects the ones that have died. After the engines, so that their death explains much. */
void ody__workers_reap(ody_supervisor *self);
/** A new engine serves: its workers start now, the others end with theirs. */
void ody__workers_retire(ody_supervisor *self, pid_t engine);
/** The engine with that pid is gone, and its retired workers need not stay. */
void ody__workers_dismiss(ody_supervisor *self, pid_t engine);
/** The second wish to stop: nobody waits any longer. */
void ody__workers_kill(ody_supervisor *self);
/** Whether any worker process is there. */
bool ody__workers_run(const ody_supervisor *self);
/** Closes our descriptors of every worker, in a forked child. */
void ody__workers_close(ody_supervisor *self);

/* supervisor_change.c */

/** A reload or a restart is wanted; begins it unless another one is under way. */
void ody__change_ask(ody_supervisor *self, bool restart);
/** Begins what was asked for, and gives up what takes too long. @return when to look again. */
uint64_t ody__change_tend(ody_supervisor *self, uint64_t now);
/** The configuration's command has printed something. */
void ody__change_read(ody_supervisor *self);
/** The configuration's command has complained. */
void ody__change_complaint(ody_supervisor *self);
/** Collects the configuration's command and the new engine when they have died. */
void ody__change_reap(ody_supervisor *self);
/** The new engine says something. */
void ody__change_engine_ready(ody_supervisor *self);
/** The engine says something on its control socket. */
void ody__change_answer(ody_supervisor *self);
/** The engine that was to answer has died. */
void ody__change_engine_died(ody_supervisor *self);
/** The server is to stop: whatever is under way comes to nothing. */
void ody__change_abandon(ody_supervisor *self);
/** Tells the engine in force how the last change went, if there was one. */
void ody__change_tell(const ody_supervisor *self);
/** Closes our descriptors, in a forked child. */
void ody__change_close(ody_supervisor *self);

#endif
