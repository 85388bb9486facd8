/* SPDX-License-Identifier: MIT */
/* The life of a supervisor: sockets, engine, signals, end. No PHP value is touched in here. */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "pid_file.h"
#include "supervisor_state.h"

#define YOUNG_TIME 10000   /* ms: an engine that died younger than that counts as failing */
#define BACK_OFF_FIRST 100 /* ms before the second start in a row; doubles */
#define BACK_OFF_MOST 5000 /* ms */
#define WATCHED_MAX (8 + 2 * ODY_PHP_WORKERS_MAX)

/* The descriptors of one turn. Who is worth a look is found out anew in every turn. */
typedef struct watched {
    struct pollfd descriptors[WATCHED_MAX];
    ody_php_worker *workers[WATCHED_MAX]; /* whose output it is, or NULL */
    void (*readable[WATCHED_MAX])(ody_supervisor *self);
    nfds_t count;
} watched;

uint64_t ody__now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void ody__descriptor_close(int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}

uint64_t ody__sooner(uint64_t one, uint64_t other)
{
    return one < other ? one : other;
}

void ody__back_off(ody_back_off *back_off, uint64_t born, uint64_t young_ms)
{
    uint64_t now = ody__now_ms();
    uint64_t delay = 0;

    if (now - born >= young_ms) {
        back_off->early_deaths = 0;
    } else {
        back_off->early_deaths++;
    }
    if (back_off->early_deaths > 1) {
        unsigned doublings = back_off->early_deaths - 2;

        delay = doublings > 6 ? BACK_OFF_MOST : (uint64_t)BACK_OFF_FIRST << doublings;
        delay = ody__sooner(delay, BACK_OFF_MOST);
    }
    back_off->next_start = now + delay;
}

static void announce(ody_supervisor *self, int code, const ody_error *error)
{
    if (!self->announced) {
        self->announced = true;
        if (self->setup->started) {
            self->setup->started(self->setup->context, code, error);
        }
    }
}

/* Remembers why the first engine could not start: that ends the supervisor. */
static void give_up(ody_supervisor *self, int code, const char *reason)
{
    self->outcome = code;
    ody_error_set(&self->reason, code, "%s", reason[0] ? reason : ody_error_text(code));
}

/* The engine said that it is ready, or why it is not, or it died without a word. */
static void ready_read(ody_supervisor *self)
{
    const ody_options *options = self->now.options;
    ody_error error = {0};
    int result = ody__engine_ready(&self->engine, &error);

    if (result == 1) {
        ody_log(ODY_LOG_INFO, "server ready", ODY_STRING("host", options->host),
                ODY_NUMBER("port", options->port), ODY_STRING("socket", options->socket_path),
                ODY_NUMBER("shards", options->worker_num), ODY_NUMBER("engine", self->engine.pid));
        ody__change_tell(self);
        if (!self->announced) {
            ody__notify(self, "READY=1");
        }
        announce(self, 0, NULL);
    } else if (result < 0) {
        ody_log(ODY_LOG_ERROR, "the engine could not start", ODY_STRING("reason", error.message));
        if (!self->announced) {
            give_up(self, error.code, error.message);
        }
    }
}

static void engine_log_end(const ody_engine *engine, int status)
{
    if (WIFSIGNALED(status)) {
        ody_log(ODY_LOG_ERROR, "the engine was killed", ODY_NUMBER("engine", engine->pid),
                ODY_NUMBER("signal", WTERMSIG(status)),
                ODY_STRING("name", strsignal(WTERMSIG(status))));
    } else if (!engine->told) {
        ody_log(ODY_LOG_ERROR, "the engine ended unasked", ODY_NUMBER("engine", engine->pid),
                ODY_NUMBER("status", WEXITSTATUS(status)));
    } else if (status != 0) {
        ody_log(ODY_LOG_ERROR, "the engine failed while stopping",
                ODY_NUMBER("engine", engine->pid), ODY_NUMBER("status", WEXITSTATUS(status)));
    }
}

static void engine_ended(ody_supervisor *self, int status)
{
    if (self->engine.ready >= 0) {
        ready_read(self);
    }
    engine_log_end(&self->engine, status);
    self->unclean = self->unclean || (self->stops > 0 && status != 0);
    ody__back_off(&self->back_off, self->engine.born, YOUNG_TIME);
    self->engine = ody__engine_none();
    ody__change_engine_died(self);
    if (!self->announced && self->outcome == 0 && self->stops == 0) {
        give_up(self, ODY_ESYSTEM, "the engine ended while it was starting");
    }
}

static void leaving_ended(ody_supervisor *self, ody_engine *engine, int status)
{
    engine_log_end(engine, status);
    ody_log(ODY_LOG_INFO, "the replaced engine is gone", ODY_NUMBER("engine", engine->pid));
    self->unclean = self->unclean || (self->stops > 0 && status != 0);
    ody__workers_dismiss(self, engine->pid);
    *engine = ody__engine_none();
}

static void children_reap(ody_supervisor *self)
{
    int status;

    if (ody__engine_reap(&self->engine, &status)) {
        engine_ended(self, status);
    }
    for (unsigned index = 0; index < ODY_LEAVING_MAX; index++) {
        if (ody__engine_reap(&self->leaving[index], &status)) {
            leaving_ended(self, &self->leaving[index], status);
        }
    }
    ody__change_reap(self);
    ody__workers_reap(self);
}

static void stop_asked(ody_supervisor *self, unsigned number)
{
    uint32_t grant = self->stops == 0 ? self->now.options->drain_time : 0;

    self->stops++;
    ody_log(ODY_LOG_INFO, self->stops > 1 ? "stopping at once" : "stopping",
            ODY_STRING("signal", strsignal((int)number)));
    if (self->stops == 1) {
        ody__notify(self, "STOPPING=1");
        ody__change_abandon(self);
    } else {
        ody__workers_kill(self);
    }
    ody__engine_end(&self->engine, grant);
    for (unsigned index = 0; index < ODY_LEAVING_MAX && self->stops > 1; index++) {
        ody__engine_end(&self->leaving[index], grant);
    }
}

static void signals_read(ody_supervisor *self)
{
    struct signalfd_siginfo information;

    while (read(self->signals.descriptor, &information, sizeof(information)) > 0) {
        switch (information.ssi_signo) {
        case SIGCHLD:
            break;
        case SIGUSR1:
        case SIGUSR2:
            ody__change_ask(self, information.ssi_signo == SIGUSR2);
            break;
        default:
            stop_asked(self, information.ssi_signo);
        }
    }
    children_reap(self);
}

/* Starts an engine when one is due. @return when to look again. */
static uint64_t engine_tend(ody_supervisor *self, uint64_t now)
{
    ody_error error = {0};

    if (self->engine.pid > 0 || self->stops > 0 || self->outcome < 0) {
        return ody__engine_hurry(&self->engine, now);
    }
    if (self->back_off.next_start > now) {
        return self->back_off.next_start;
    }
    if (ody__engine_start(self, &self->engine, &self->now, &error) == 0) {
        return ODY_NEVER;
    }
    ody_log(ODY_LOG_ERROR, "the engine could not start", ODY_STRING("reason", error.message));
    if (!self->announced) {
        give_up(self, error.code, error.message);
        return now;
    }
    self->back_off.next_start = now + BACK_OFF_MOST;
    return self->back_off.next_start;
}

/* Does what is due. @return ms until something is due again, -1 for never. */
static int timers_run(ody_supervisor *self)
{
    uint64_t now = ody__now_ms();
    uint64_t due = engine_tend(self, now);

    /* Before those who leave: it may give the oldest of them a sooner end. */
    due = ody__sooner(due, ody__change_tend(self, now));
    for (unsigned index = 0; index < ODY_LEAVING_MAX; index++) {
        due = ody__sooner(due, ody__engine_hurry(&self->leaving[index], now));
    }
    due = ody__sooner(due, ody__workers_tend(self, now));
    now = ody__now_ms();
    if (due == ODY_NEVER) {
        return -1;
    }
    return due <= now ? 0 : (int)ody__sooner(due - now, INT32_MAX);
}

static bool finished(const ody_supervisor *self)
{
    return (self->stops > 0 || self->outcome < 0) && !ody__engines_run(self) &&
           !ody__workers_run(self) && self->change.reader == 0;
}

static void watch_add(watched *list, int descriptor, void (*readable)(ody_supervisor *self),
                      ody_php_worker *worker)
{
    if (descriptor >= 0) {
        list->descriptors[list->count] = (struct pollfd){.fd = descriptor, .events = POLLIN};
        list->readable[list->count] = readable;
        list->workers[list->count] = worker;
        list->count++;
    }
}

/* A worker that has printed enough in this second is left alone until the next. */
static int watch_worker(watched *list, ody_php_worker *worker, uint64_t now)
{
    if (worker->pid == 0) {
        return -1;
    }
    if (!ody_child_output_sated(&worker->output, now)) {
        watch_add(list, worker->output.descriptor, NULL, worker);
        return -1;
    }
    return (int)(1000 - now % 1000);
}

/* @return ms until somebody may be watched again, -1 for nobody. */
static int watch_all(ody_supervisor *self, watched *list)
{
    uint64_t now = ody__now_ms();
    int pause = -1;

    list->count = 0;
    watch_add(list, self->signals.descriptor, signals_read, NULL);
    watch_add(list, self->engine.ready, ready_read, NULL);
    watch_add(list, self->engine.control, ody__change_answer, NULL);
    watch_add(list, self->change.engine.ready, ody__change_engine_ready, NULL);
    watch_add(list, self->change.output, ody__change_read, NULL);
    watch_add(list, self->change.errors, ody__change_complaint, NULL);
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        int one = watch_worker(list, &self->workers[slot], now);
        int other = watch_worker(list, &self->retired[slot], now);

        pause = one >= 0 ? one : other >= 0 ? other : pause;
    }
    return pause;
}

/* Whatever is no output of a worker may change what there is to watch. */
static void readable_handle(ody_supervisor *self, const watched *list)
{
    for (nfds_t index = 0; index < list->count; index++) {
        ody_php_worker *worker = list->workers[index];

        if (!list->descriptors[index].revents) {
            continue;
        }
        if (!worker) {
            list->readable[index](self);
            return;
        }
        ody_child_output_read(&worker->output, worker->pid, ody__now_ms());
    }
}

static void watch(ody_supervisor *self)
{
    static watched list;

    while (!finished(self)) {
        int timeout = timers_run(self);
        int pause = watch_all(self, &list);

        if (pause >= 0 && (timeout < 0 || pause < timeout)) {
            timeout = pause;
        }
        if (poll(list.descriptors, list.count, timeout) > 0) {
            readable_handle(self, &list);
        }
    }
}

/* Signals are taken before anybody can know where to send them. The pid file comes before the
 * sockets, so that a second server is told who serves, and goes last, so that its
 * absence means that the sockets are free. */
static int open_all(ody_supervisor *self, ody_error *error)
{
    int code;

    code = ody__signals_take(&self->signals, error);
    if (code < 0) {
        return code;
    }
    self->pid_file = ody_pid_file_take(self->pid_file_path, error);
    return self->pid_file < 0 ? self->pid_file : ody__sockets_open(self, error);
}

static void close_all(ody_supervisor *self)
{
    const ody_supervision *setup = self->setup;

    ody__sockets_close(self);
    if (self->pid_file >= 0) {
        ody_pid_file_remove(self->pid_file_path);
    }
    if (!setup->process_ends) {
        ody__descriptor_close(&self->pid_file);
    }
    if (self->now.owner != setup->first.owner) {
        setup->calls->release(&self->now);
    }
    ody__signals_give_back(&self->signals);
}

static ody_supervisor *supervisor_new(const ody_supervision *supervision)
{
    ody_supervisor *self = calloc(1, sizeof(*self));

    if (!self) {
        return NULL;
    }
    self->setup = supervision;
    self->now = supervision->first;
    self->socket_path = supervision->first.options->socket_path;
    self->pid_file_path = supervision->first.pid_file;
    self->notify_socket = getenv("NOTIFY_SOCKET");
    self->pid_file = self->unix_listen = self->http_listen = self->signals.descriptor = -1;
    self->change.output = self->change.errors = -1;
    self->engine = self->change.engine = ody__engine_none();
    for (unsigned index = 0; index < ODY_LEAVING_MAX; index++) {
        self->leaving[index] = ody__engine_none();
    }
    for (unsigned slot = 0; slot < ODY_PHP_WORKERS_MAX; slot++) {
        self->workers[slot].kill_at = self->retired[slot].kill_at = ODY_NEVER;
        self->workers[slot].output.descriptor = self->retired[slot].output.descriptor = -1;
    }
    return self;
}

/* @return as ody_supervisor_run. */
static int run(ody_supervisor *self, ody_error *error)
{
    int code = open_all(self, error);

    if (code < 0) {
        return code;
    }
    watch(self);
    if (self->outcome < 0) {
        return ody_error_set(error, self->outcome, "%s", self->reason.message);
    }
    ody_log(ODY_LOG_INFO, "server stopped");
    return self->unclean ? 1 : 0;
}

int ody_supervisor_run(const ody_supervision *supervision, ody_error *error)
{
    ody_supervisor *self = supervisor_new(supervision);
    int code;

    if (!self) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    code = run(self, error);
    close_all(self);
    if (code < 0) {
        announce(self, code, error);
    } else if (!self->announced) {
        ody_error_set(&self->reason, ODY_ESYSTEM, "the server was stopped before it was ready");
        announce(self, ODY_ESYSTEM, &self->reason);
    }
    free(self);
    return code;
}
