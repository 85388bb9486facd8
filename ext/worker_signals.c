/* SPDX-License-Identifier: MIT */
/* A pipe to ourselves: whoever polls it cannot miss a signal between looking and waiting. */
#include "worker_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include "ody/error.h"

static volatile sig_atomic_t stopped;
static int wake[2] = {-1, -1};
static pid_t owner; /* a forked child must neither read from its parent's pipe nor write to it */

static void on_terminate(int signal)
{
    int kept = errno;

    (void)signal;
    stopped = 1;
    if (owner == getpid() && write(wake[1], "", 1) < 0) {
        errno = kept; /* the pipe is full: whoever reads it wakes up anyway */
    }
    errno = kept;
}

/* A handler, because SIG_IGN would be inherited by the programs that the application starts. */
static void on_nothing(int signal)
{
    (void)signal;
}

static void wake_close(void)
{
    close(wake[0]);
    close(wake[1]);
    wake[0] = wake[1] = -1;
}

int ody_worker_signals_begin(ody_worker_signals *before)
{
    struct sigaction terminate = {.sa_handler = on_terminate, .sa_flags = SA_RESTART};
    struct sigaction nothing = {.sa_handler = on_nothing, .sa_flags = SA_RESTART};

    if (wake[0] >= 0 && owner != getpid()) {
        wake_close();
    }
    if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0) {
        return ODY_ESYSTEM;
    }
    owner = getpid();
    sigemptyset(&terminate.sa_mask);
    sigemptyset(&nothing.sa_mask);
    sigaction(SIGTERM, &terminate, &before->terminate);
    sigaction(SIGINT, &nothing, &before->interrupt);
    sigaction(SIGHUP, &nothing, &before->hangup);
    return 0;
}

void ody_worker_signals_end(const ody_worker_signals *before)
{
    sigaction(SIGTERM, &before->terminate, NULL);
    sigaction(SIGINT, &before->interrupt, NULL);
    sigaction(SIGHUP, &before->hangup, NULL);
}

bool ody_worker_signals_stopped(void)
{
    return stopped != 0;
}

bool ody_worker_signals_wait(int descriptor, int wait_ms)
{
    struct pollfd watched[] = {{.fd = descriptor, .events = POLLIN},
                               {.fd = wake[0], .events = POLLIN}};
    /* Once it has come there is nothing more to learn from the pipe. */
    int count = poll(watched, stopped ? 1 : 2, wait_ms);

    return count > 0 && watched[0].revents != 0;
}
