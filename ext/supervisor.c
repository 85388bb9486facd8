/* SPDX-License-Identifier: MIT */
/* The life of a supervisor: sockets, engine, signals, end. No PHP value is touched in here. */
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "ody/log.h"
#include "ody/server.h"
#include "pid_file.h"

#define SHARDS_MAX 64
#define YOUNG_TIME 10000   /* ms: an engine that died younger than that counts as failing */
#define BACK_OFF_FIRST 100 /* ms before the second start in a row; doubles */
#define BACK_OFF_MOST 5000 /* ms */
#define STOP_MARGIN 5000   /* ms beyond drain_time before the engine is killed */
#define READY_BYTE '!'     /* what ody_server_run writes */
#define FAILURE_BYTE 'E'   /* what we write, an ody_error behind it */

/* What a signal mask and the dispositions were before us. */
typedef struct signals {
    int descriptor;
    sigset_t mask_before;
    struct sigaction child_before;
    struct sigaction pipe_before;
} signals;

typedef struct supervisor {
    const ody_supervision *setup;
    int pid_file;
    int listen[SHARDS_MAX];
    unsigned listening;
    int unix_listen;
    signals signals;
    pid_t engine;        /* 0: none runs */
    int ready;           /* readable when the engine is ready or has failed; -1: told already */
    int parent;          /* our end of the pipe whose closing tells the engine that we are gone */
    uint64_t born;       /* ms, of the engine */
    uint64_t next_start; /* ms, while none runs */
    unsigned early_deaths;
    bool announced;   /* setup->started was called */
    unsigned stops;   /* how often we were told to stop */
    uint64_t kill_at; /* ms, once told to stop */
    int outcome;      /* 0, or why the engine could not start */
    bool unclean;     /* the engine did not end by itself, or not with 0 */
    ody_error reason;
} supervisor;

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}

/* Signals are read from a descriptor. SIGCHLD may have been ignored by whoever started us, and then
 * no child could be waited for. SIGPIPE would kill us when the terminal behind the log goes away.
 */
static int signals_take(signals *self, ody_error *error)
{
    sigset_t heeded;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigemptyset(&heeded);
    sigaddset(&heeded, SIGTERM);
    sigaddset(&heeded, SIGINT);
    sigaddset(&heeded, SIGHUP);
    sigaddset(&heeded, SIGCHLD);
    self->descriptor = signalfd(-1, &heeded, SFD_CLOEXEC | SFD_NONBLOCK);
    if (self->descriptor < 0) {
        return ody_error_set(error, ODY_ESYSTEM, "signalfd: %s", strerror(errno));
    }
    sigaction(SIGCHLD, &usual, &self->child_before);
    sigaction(SIGPIPE, &ignore, &self->pipe_before);
    pthread_sigmask(SIG_BLOCK, &heeded, &self->mask_before);
    return 0;
}

/* Signals that came while we ended were meant for the server: PHP does not get them. */
static void signals_give_back(signals *self)
{
    struct signalfd_siginfo information;

    if (self->descriptor < 0) {
        return;
    }
    while (read(self->descriptor, &information, sizeof(information)) > 0) {
    }
    descriptor_close(&self->descriptor);
    sigaction(SIGCHLD, &self->child_before, NULL);
    sigaction(SIGPIPE, &self->pipe_before, NULL);
    pthread_sigmask(SIG_SETMASK, &self->mask_before, NULL);
}

/* The engine gets signals as a fresh process would, all of them still blocked: it unblocks none. */
static void signals_reset(void)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    for (int number = 1; number < NSIG; number++) {
        sigaction(number, &usual, NULL);
    }
}

/* The child. Ends the process without PHP's shutdown, which belongs to the parent. That the parent
 * is gone it learns from the pipe alone: a parent-death signal would come right after that, and a
 * second reason to stop cuts the drain short. */
static void engine_run(supervisor *self, int ready, int parent, pid_t supervisor_pid)
    __attribute__((noreturn));

static void engine_run(supervisor *self, int ready, int parent, pid_t supervisor_pid)
{
    ody_server_sockets sockets = {
        .listen = self->listen,
        .unix_listen = self->unix_listen,
        .ready = ready,
        .parent = parent,
        .control = -1,
        .supervisor_pid = supervisor_pid,
    };
    ody_error error = {0};
    char failure[1 + sizeof(error)];
    int code;

    signals_reset();
    prctl(PR_SET_NAME, "ody-engine");
    descriptor_close(&self->signals.descriptor);
    descriptor_close(&self->pid_file);
    code = ody_server_run(self->setup->options, &sockets, &error);
    if (code == 0) {
        _exit(0);
    }
    error.code = code;
    failure[0] = FAILURE_BYTE;
    memcpy(failure + 1, &error, sizeof(error));
    if (write(ready, failure, sizeof(failure)) < 0) {
        _exit(2);
    }
    _exit(1);
}

static int engine_fork(supervisor *self, const int *ready, const int *parent, ody_error *error)
{
    pid_t us = getpid();
    pid_t child = fork();

    if (child < 0) {
        return ody_error_set(error, ODY_ESYSTEM, "fork: %s", strerror(errno));
    }
    if (child == 0) {
        close(ready[0]);
        close(parent[1]);
        engine_run(self, ready[1], parent[0], us);
    }
    self->engine = child;
    return 0;
}

static int engine_start(supervisor *self, ody_error *error)
{
    int ready[2];
    int parent[2];
    int code;

    if (pipe2(ready, O_CLOEXEC) < 0) {
        return ody_error_set(error, ODY_ESYSTEM, "pipe: %s", strerror(errno));
    }
    if (pipe2(parent, O_CLOEXEC) < 0) {
        close(ready[0]);
        close(ready[1]);
        return ody_error_set(error, ODY_ESYSTEM, "pipe: %s", strerror(errno));
    }
    code = engine_fork(self, ready, parent, error);
    close(ready[1]);
    close(parent[0]);
    if (code < 0) {
        close(ready[0]);
        close(parent[1]);
        return code;
    }
    self->ready = ready[0];
    self->parent = parent[1];
    self->born = now_ms();
    return 0;
}

static void announce(supervisor *self, int code, const ody_error *error)
{
    if (!self->announced) {
        self->announced = true;
        if (self->setup->started) {
            self->setup->started(self->setup->context, code, error);
        }
    }
}

/* Waits a moment before the next start, when engines die one after the other. */
static void start_later(supervisor *self)
{
    uint64_t delay = 0;

    if (now_ms() - self->born >= YOUNG_TIME) {
        self->early_deaths = 0;
    } else {
        self->early_deaths++;
    }
    if (self->early_deaths > 1) {
        unsigned doublings = self->early_deaths - 2;

        delay = doublings > 6 ? BACK_OFF_MOST : (uint64_t)BACK_OFF_FIRST << doublings;
        if (delay > BACK_OFF_MOST) {
            delay = BACK_OFF_MOST;
        }
    }
    self->next_start = now_ms() + delay;
}

/* Remembers why the first engine could not start: that ends the supervisor. */
static void give_up(supervisor *self, int code, const ody_error *error)
{
    self->outcome = code;
    ody_error_set(&self->reason, code, "%s",
                  error->message[0] ? error->message : ody_error_text(code));
}

/* The engine said that it is ready, or why it is not, or it died without a word. */
static void ready_read(supervisor *self)
{
    const ody_options *options = self->setup->options;
    ody_error error;
    char kind = 0;
    ssize_t length = read(self->ready, &kind, 1);

    if (length == 1 && kind == READY_BYTE) {
        ody_log(ODY_LOG_INFO, "server ready", ODY_STRING("host", options->host),
                ODY_NUMBER("port", options->port), ODY_STRING("socket", options->socket_path),
                ODY_NUMBER("shards", options->worker_num), ODY_NUMBER("engine", self->engine));
        announce(self, 0, NULL);
    } else if (length == 1 && kind == FAILURE_BYTE &&
               read(self->ready, &error, sizeof(error)) == (ssize_t)sizeof(error)) {
        error.message[sizeof(error.message) - 1] = '\0';
        ody_log(ODY_LOG_ERROR, "the engine could not start", ODY_STRING("reason", error.message));
        if (!self->announced) {
            give_up(self, error.code, &error);
        }
    }
    descriptor_close(&self->ready);
}

static void engine_log_end(const supervisor *self, int status)
{
    if (WIFSIGNALED(status)) {
        ody_log(ODY_LOG_ERROR, "the engine was killed", ODY_NUMBER("engine", self->engine),
                ODY_NUMBER("signal", WTERMSIG(status)),
                ODY_STRING("name", strsignal(WTERMSIG(status))));
    } else if (self->stops == 0) {
        ody_log(ODY_LOG_ERROR, "the engine ended unasked", ODY_NUMBER("engine", self->engine),
                ODY_NUMBER("status", WEXITSTATUS(status)));
    } else if (status != 0) {
        ody_log(ODY_LOG_ERROR, "the engine failed while stopping",
                ODY_NUMBER("engine", self->engine), ODY_NUMBER("status", WEXITSTATUS(status)));
    }
}

static void engine_ended(supervisor *self, int status)
{
    ody_error unexplained = {0};

    if (self->ready >= 0) {
        ready_read(self);
    }
    engine_log_end(self, status);
    self->unclean = self->stops > 0 && status != 0;
    descriptor_close(&self->parent);
    self->engine = 0;
    start_later(self);
    if (!self->announced && self->outcome == 0 && self->stops == 0) {
        ody_error_set(&unexplained, ODY_ESYSTEM, "the engine ended while it was starting");
        give_up(self, ODY_ESYSTEM, &unexplained);
    }
}

static void stop_asked(supervisor *self, unsigned number)
{
    self->stops++;
    self->kill_at = now_ms() + STOP_MARGIN;
    if (self->stops == 1) {
        self->kill_at += self->setup->options->drain_time;
    }
    ody_log(ODY_LOG_INFO, self->stops > 1 ? "stopping at once" : "stopping",
            ODY_STRING("signal", strsignal((int)number)));
    if (self->engine > 0) {
        kill(self->engine, SIGTERM);
    }
}

static void signals_read(supervisor *self)
{
    struct signalfd_siginfo information;
    int status;

    while (read(self->signals.descriptor, &information, sizeof(information)) > 0) {
        if (information.ssi_signo != SIGCHLD) {
            stop_asked(self, information.ssi_signo);
        }
    }
    if (self->engine > 0 && waitpid(self->engine, &status, WNOHANG) == self->engine) {
        engine_ended(self, status);
    }
}

/* Starts an engine when one is due, and kills one that does not end. @return ms until the next
 * such moment, -1 for none. */
static int timers_run(supervisor *self)
{
    uint64_t now = now_ms();
    ody_error error = {0};

    if (self->engine == 0) {
        if (self->next_start > now) {
            return (int)(self->next_start - now);
        }
        if (engine_start(self, &error) < 0) {
            ody_log(ODY_LOG_ERROR, "the engine could not start",
                    ODY_STRING("reason", error.message));
            if (!self->announced) {
                give_up(self, error.code, &error);
                return 0;
            }
            self->next_start = now + BACK_OFF_MOST;
            return BACK_OFF_MOST;
        }
        return -1;
    }
    if (self->stops == 0) {
        return -1;
    }
    if (self->kill_at <= now) {
        ody_log(ODY_LOG_WARNING, "the engine does not end: killing it",
                ODY_NUMBER("engine", self->engine));
        kill(self->engine, SIGKILL);
        self->kill_at = now + STOP_MARGIN;
    }
    return (int)(self->kill_at - now);
}

static bool finished(const supervisor *self)
{
    return self->engine == 0 && (self->stops > 0 || self->outcome < 0);
}

static void watch(supervisor *self)
{
    while (!finished(self)) {
        int timeout = timers_run(self);
        struct pollfd watched[2] = {
            {.fd = self->signals.descriptor, .events = POLLIN},
            {.fd = self->ready, .events = POLLIN},
        };

        if (poll(watched, 2, timeout) <= 0) {
            continue;
        }
        if (watched[1].revents && self->ready >= 0) {
            ready_read(self);
        }
        if (watched[0].revents) {
            signals_read(self);
        }
    }
}

static int sockets_open(supervisor *self, ody_error *error)
{
    const ody_options *options = self->setup->options;
    int code = ody_listen_tcp(options, self->listen, error);

    if (code < 0) {
        return code;
    }
    self->listening = options->worker_num;
    self->unix_listen = ody_listen_unix(options, error);
    return self->unix_listen < 0 ? self->unix_listen : 0;
}

static void sockets_close(supervisor *self)
{
    while (self->listening > 0) {
        close(self->listen[--self->listening]);
    }
    if (self->unix_listen >= 0) {
        unlink(self->setup->options->socket_path);
        descriptor_close(&self->unix_listen);
    }
}

/* The pid file comes first, so that a second server is told who serves, and goes last, so that its
 * absence means that the sockets are free. */
static int open_all(supervisor *self, ody_error *error)
{
    int code;

    self->pid_file = ody_pid_file_take(self->setup->pid_file, error);
    if (self->pid_file < 0) {
        return self->pid_file;
    }
    code = signals_take(&self->signals, error);
    return code < 0 ? code : sockets_open(self, error);
}

static void close_all(supervisor *self)
{
    descriptor_close(&self->ready);
    sockets_close(self);
    if (self->pid_file >= 0) {
        ody_pid_file_remove(self->setup->pid_file);
    }
    if (!self->setup->process_ends) {
        descriptor_close(&self->pid_file);
    }
    signals_give_back(&self->signals);
}

int ody_supervisor_run(const ody_supervision *supervision, ody_error *error)
{
    supervisor self = {
        .setup = supervision,
        .pid_file = -1,
        .unix_listen = -1,
        .signals = {.descriptor = -1},
        .ready = -1,
        .parent = -1,
    };
    int code = open_all(&self, error);

    if (code == 0) {
        watch(&self);
        code = self.outcome;
        if (code < 0) {
            ody_error_set(error, code, "%s", self.reason.message);
        } else {
            ody_log(ODY_LOG_INFO, "server stopped");
            code = self.unclean ? 1 : 0;
        }
    }
    close_all(&self);
    if (code < 0) {
        announce(&self, code, error);
    } else if (!self.announced) {
        ody_error_set(&self.reason, ODY_ESYSTEM, "the server was stopped before it was ready");
        announce(&self, ODY_ESYSTEM, &self.reason);
    }
    return code;
}
