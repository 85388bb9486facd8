/* SPDX-License-Identifier: MIT */
/*
 * The PHP worker processes. They run while an engine serves. A worker whose engine is gone loses
 * its connection and ends, which is no failure of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "child.h"
#include "supervisor_state.h"

#define YOUNG_TIME 10000         /* ms: a worker that failed younger than that is failing */
#define RECYCLED_YOUNG_TIME 1000 /* ms: nobody recycles a process that has just begun */

static bool running(const ody_php_worker *worker)
{
    return worker->pid > 0;
}

static void worker_start(ody_supervisor *self, ody_php_worker *worker, uint64_t now)
{
    ody_error error = {0};
    int output = -1;
    const ody_child child = {
        .command = self->now.worker_command,
        .death_signal = SIGTERM,
        .output = &output,
    };
    pid_t pid = ody_child_start(&child, &error);

    worker->born = now;
    if (pid < 0) {
        ody_log(ODY_LOG_ERROR, "a php worker could not be started",
                ODY_STRING("reason", error.message));
        ody__back_off(&worker->back_off, now, YOUNG_TIME);
        return;
    }
    worker->pid = pid;
    worker->engine = self->engine.pid;
    worker->generation = self->generation;
    worker->kill_at = ODY_NEVER;
    if (!ody_child_output_open(&worker->output, output)) {
        ody_log(ODY_LOG_ERROR, "the output of a php worker is lost: out of memory",
                ODY_NUMBER("pid", pid));
    }
    ody_log(ODY_LOG_DEBUG, "php worker started", ODY_NUMBER("pid", pid));
}

/* @param grant ms that it may take: a call that it is at may last, unless nobody waits for it. */
static void worker_end(ody_php_worker *worker, uint64_t now, uint32_t grant)
{
    if (running(worker) && worker->kill_at == ODY_NEVER) {
        worker->kill_at = now + grant + ODY_STOP_MARGIN;
        kill(worker->pid, SIGTERM);
    }
}

static void worker_hurry(ody_php_worker *worker, uint64_t now)
{
    if (worker->kill_at <= now) {
        ody_log(ODY_LOG_WARNING, "a php worker does not end: killing it",
                ODY_NUMBER("pid", worker->pid));
        kill(worker->pid, SIGKILL);
        worker->kill_at = now + ODY_STOP_MARGIN;
    }
}

static bool wanted(const ody_supervisor *self, unsigned slot)
{
    return self->stops == 0 && self->now.worker_command && slot < self->now.options->php_worker_num;
}

/* After a reload one worker at a time makes room for a new one. */
static bool somebody_is_leaving(const ody_supervisor *self)
{
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        if (running(&self->workers[slot]) && self->workers[slot].kill_at != ODY_NEVER) {
            return true;
        }
    }
    return false;
}

static void outdated_end(ody_supervisor *self, uint64_t now)
{
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX && !somebody_is_leaving(self); slot++) {
        if (self->workers[slot].generation != self->generation) {
            worker_end(&self->workers[slot], now, self->now.options->php_worker_timeout);
        }
    }
}

/* Its engine has died without being replaced by a restart. It notices that by itself, unless it
 * hangs in a call, and the engine that would have ended that is gone. */
static bool orphaned(const ody_supervisor *self, const ody_php_worker *worker)
{
    return worker->engine != self->engine.pid;
}

static uint64_t worker_tend(ody_supervisor *self, unsigned slot, uint64_t now)
{
    ody_php_worker *worker = &self->workers[slot];
    bool engine_gone = self->stops > 0 && !ody__engines_run(self);

    if (running(worker)) {
        if (engine_gone) {
            worker_end(worker, now, 0);
        } else if (self->stops == 0 && (!wanted(self, slot) || orphaned(self, worker))) {
            worker_end(worker, now, self->now.options->php_worker_timeout);
        }
        worker_hurry(worker, now);
        if (ody_child_output_waits(&worker->output)) {
            ody_child_output_read(&worker->output, worker->pid, now);
        }
        return worker->kill_at;
    }
    if (!wanted(self, slot) || !self->engine.serves) {
        return ODY_NEVER;
    }
    if (worker->back_off.next_start > now) {
        return worker->back_off.next_start;
    }
    worker_start(self, worker, now);
    return running(worker) ? ODY_NEVER : worker->back_off.next_start;
}

uint64_t ody__workers_tend(ody_supervisor *self, uint64_t now)
{
    uint64_t due = ODY_NEVER;

    outdated_end(self, now);
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        ody_php_worker *retired = &self->retired[slot];

        due = ody__sooner(due, worker_tend(self, slot, now));
        if (running(retired)) {
            if (self->stops > 0 && !ody__engines_run(self)) {
                worker_end(retired, now, 0);
            }
            worker_hurry(retired, now);
            if (ody_child_output_waits(&retired->output)) {
                ody_child_output_read(&retired->output, retired->pid, now);
            }
            due = ody__sooner(due, retired->kill_at);
        }
    }
    return due;
}

static void end_log(const ody_php_worker *worker, int status)
{
    if (WIFSIGNALED(status)) {
        ody_log(ODY_LOG_ERROR, "a php worker was killed", ODY_NUMBER("pid", worker->pid),
                ODY_NUMBER("signal", WTERMSIG(status)),
                ODY_STRING("name", strsignal(WTERMSIG(status))));
    } else {
        ody_log(ODY_LOG_ERROR, "a php worker failed", ODY_NUMBER("pid", worker->pid),
                ODY_NUMBER("status", WEXITSTATUS(status)));
    }
}

/* Whether it ended because of us or of the engine. A dying engine closes its descriptors before it
 * can be reaped, and a worker that sees its connection end may be faster. */
static bool excused(const ody_supervisor *self, const ody_php_worker *worker)
{
    return worker->kill_at != ODY_NEVER || worker->engine != self->engine.pid ||
           !self->engine.serves || self->engine.told || ody__engine_hung_up(&self->engine);
}

static void worker_ended(ody_supervisor *self, ody_php_worker *worker, int status)
{
    uint64_t now = ody__now_ms();

    ody_child_output_close(&worker->output, worker->pid, now);
    if (excused(self, worker)) {
        ody_log(ODY_LOG_DEBUG, "php worker ended", ODY_NUMBER("pid", worker->pid));
        worker->back_off = (ody_back_off){0};
    } else if (status == 0) {
        ody__back_off(&worker->back_off, worker->born, RECYCLED_YOUNG_TIME);
        ody_log(ODY_LOG_DEBUG, "php worker recycled", ODY_NUMBER("pid", worker->pid));
    } else {
        ody__back_off(&worker->back_off, worker->born, YOUNG_TIME);
        end_log(worker, status);
    }
    worker->pid = 0;
    worker->kill_at = ODY_NEVER;
}

void ody__workers_reap(ody_supervisor *self)
{
    int status;

    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        ody_php_worker *worker = &self->workers[slot];
        ody_php_worker *retired = &self->retired[slot];

        if (running(worker) && waitpid(worker->pid, &status, WNOHANG) == worker->pid) {
            worker_ended(self, worker, status);
        }
        if (running(retired) && waitpid(retired->pid, &status, WNOHANG) == retired->pid) {
            worker_ended(self, retired, status);
        }
    }
}

static ody_php_worker *retired_place(ody_supervisor *self)
{
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        if (!running(&self->retired[slot])) {
            return &self->retired[slot];
        }
    }
    return NULL;
}

/* Where there is no place left the slot stays with the old one until that has ended. */
void ody__workers_retire(ody_supervisor *self, pid_t engine)
{
    uint64_t now = ody__now_ms();

    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        ody_php_worker *worker = &self->workers[slot];
        ody_php_worker *place = running(worker) ? retired_place(self) : NULL;

        if (place) {
            *place = *worker;
            *worker = (ody_php_worker){.kill_at = ODY_NEVER, .output = {.descriptor = -1}};
            if (place->engine != engine) {
                worker_end(place, now, 0);
            }
        } else {
            worker_end(worker, now, self->now.options->php_worker_timeout);
        }
        worker->back_off = (ody_back_off){0};
    }
}

void ody__workers_dismiss(ody_supervisor *self, pid_t engine)
{
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        if (self->retired[slot].engine == engine) {
            worker_end(&self->retired[slot], ody__now_ms(), 0);
        }
    }
}

void ody__workers_kill(ody_supervisor *self)
{
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        if (running(&self->workers[slot])) {
            kill(self->workers[slot].pid, SIGKILL);
        }
        if (running(&self->retired[slot])) {
            kill(self->retired[slot].pid, SIGKILL);
        }
    }
}

bool ody__workers_run(const ody_supervisor *self)
{
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        if (running(&self->workers[slot]) || running(&self->retired[slot])) {
            return true;
        }
    }
    return false;
}

void ody__workers_close(ody_supervisor *self)
{
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        ody__descriptor_close(&self->workers[slot].output.descriptor);
        ody__descriptor_close(&self->retired[slot].output.descriptor);
    }
}
