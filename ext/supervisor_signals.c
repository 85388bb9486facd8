/* SPDX-License-Identifier: MIT */
/* The supervisor's signals, and those of its children. */
#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "supervisor_state.h"

/* Signals are read from a descriptor. SIGCHLD may have been ignored by whoever started us, and then
 * no child could be waited for. SIGPIPE would kill us when the terminal behind the log goes away.
 */
int ody__signals_take(ody_supervisor_signals *signals, ody_error *error)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD};
    sigset_t heeded;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigemptyset(&heeded);
    for (size_t index = 0; index < sizeof(numbers) / sizeof(*numbers); index++) {
        sigaddset(&heeded, numbers[index]);
    }
    signals->descriptor = signalfd(-1, &heeded, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals->descriptor < 0) {
        return ody_error_set(error, ODY_ESYSTEM, "signalfd: %s", strerror(errno));
    }
    sigaction(SIGCHLD, &usual, &signals->child_before);
    sigaction(SIGPIPE, &ignore, &signals->pipe_before);
    pthread_sigmask(SIG_BLOCK, &heeded, &signals->mask_before);
    return 0;
}

/* Signals that came while we ended were meant for the server: PHP does not get them. */
void ody__signals_give_back(ody_supervisor_signals *signals)
{
    struct signalfd_siginfo information;

    if (signals->descriptor < 0) {
        return;
    }
    while (read(signals->descriptor, &information, sizeof(information)) > 0) {
    }
    ody__descriptor_close(&signals->descriptor);
    sigaction(SIGCHLD, &signals->child_before, NULL);
    sigaction(SIGPIPE, &signals->pipe_before, NULL);
    pthread_sigmask(SIG_SETMASK, &signals->mask_before, NULL);
}

void ody__signals_reset(bool blocked)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    for (int number = 1; number < NSIG; number++) {
        sigaction(number, &usual, NULL);
    }
    if (!blocked) {
        sigemptyset(&all);
        pthread_sigmask(SIG_SETMASK, &all, NULL);
    }
}
