/* SPDX-License-Identifier: MIT */
/* Starting a program with a clean slate. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "supervisor_state.h"

#define EXIT_NOT_EXECUTABLE 127

static int range_close(int first, unsigned last)
{
#ifdef SYS_close_range
    return first > (int)last ? 0 : (int)syscall(SYS_close_range, first, last, 0);
#else
    (void)first;
    (void)last;
    return -1;
#endif
}

void ody_descriptors_close(int first, int keep)
{
    if (keep < first) {
        keep = first - 1;
    }
    if (range_close(first, (unsigned)keep - 1) == 0 && range_close(keep + 1, ~0U >> 1) == 0) {
        return;
    }
    for (int descriptor = first; descriptor < sysconf(_SC_OPEN_MAX); descriptor++) {
        if (descriptor != keep) {
            close(descriptor);
        }
    }
}

/* The descriptors may be any, also 0 to 2 when those were closed: so they are lifted first. */
static void standard_descriptors_set(int output, int errors)
{
    int lifted_output = fcntl(output, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int lifted_errors = fcntl(errors, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int lifted_nothing = fcntl(nothing, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    dup2(lifted_nothing, STDIN_FILENO);
    dup2(lifted_output, STDOUT_FILENO);
    dup2(lifted_errors, STDERR_FILENO);
    ody_descriptors_close(STDERR_FILENO + 1, -1);
}

static bool is_ours(const char *variable)
{
    static const char *const ours[] = {"NOTIFY_SOCKET=", "LISTEN_PID=", "LISTEN_FDS=",
                                       "LISTEN_FDNAMES=", "ODY_WEBSOCKET_EXTENSION_TRIED="};

    for (size_t index = 0; index < sizeof(ours) / sizeof(*ours); index++) {
        if (strncmp(variable, ours[index], strlen(ours[index])) == 0) {
            return true;
        }
    }
    return false;
}

/* The environment that this process was started with, NUL after each variable; NULL without /proc.
 * Never freed: exec follows. */
static char *environment_read(size_t *length)
{
    int descriptor = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
    size_t capacity = 65536;
    char *text = malloc(capacity + 1);
    ssize_t count = -1;

    *length = 0;
    while (descriptor >= 0 && text &&
           (count = read(descriptor, text + *length, capacity - *length)) > 0) {
        *length += (size_t)count;
        if (*length == capacity) {
            capacity *= 2;
            text = realloc(text, capacity + 1);
        }
    }
    ody__descriptor_close(&descriptor);
    if (count < 0 || !text) {
        return NULL;
    }
    text[*length] = '\0';
    return text;
}

/* @return the environment for the program. */
static char **environment_make(void)
{
    size_t length;
    char *text = environment_read(&length);
    char **variables = text ? calloc(length + 2, sizeof(*variables)) : NULL;
    size_t count = 0;

    if (!variables) {
        return environ;
    }
    for (size_t at = 0; at < length; at += strlen(text + at) + 1) {
        if (text[at] != '\0' && !is_ours(text + at)) {
            variables[count++] = text + at;
        }
    }
    return variables;
}

static void become(const ody_child *child, int output, int errors, pid_t parent)
    __attribute__((noreturn));

/* Who waits for signals of the parent's death must look once whether it was too late. */
static void become(const ody_child *child, int output, int errors, pid_t parent)
{
    ody__signals_reset(false);
    prctl(PR_SET_PDEATHSIG, child->death_signal);
    if (getppid() != parent) {
        _exit(EXIT_NOT_EXECUTABLE);
    }
    standard_descriptors_set(output, errors);
    execvpe(child->command[0], (char *const *)child->command, environment_make());
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", child->command[0], strerror(errno));
    _exit(EXIT_NOT_EXECUTABLE);
}

static void pipe_close(int *pipe)
{
    ody__descriptor_close(&pipe[0]);
    ody__descriptor_close(&pipe[1]);
}

pid_t ody_child_start(const ody_child *child, ody_error *error)
{
    int output[2] = {-1, -1};
    int errors[2] = {-1, -1};
    pid_t us = getpid();
    pid_t pid = -1;

    if (pipe2(output, O_CLOEXEC) == 0 && (!child->errors || pipe2(errors, O_CLOEXEC) == 0)) {
        pid = fork();
    }
    if (pid < 0) {
        ody_error_set(error, ODY_ESYSTEM, "cannot start %s: %s", child->command[0],
                      strerror(errno));
        pipe_close(output);
        pipe_close(errors);
        return ODY_ESYSTEM;
    }
    if (pid == 0) {
        become(child, output[1], child->errors ? errors[1] : output[1], us);
    }
    ody__descriptor_close(&output[1]);
    ody__descriptor_close(&errors[1]);
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    *child->output = output[0];
    if (child->errors) {
        fcntl(errors[0], F_SETFL, O_NONBLOCK);
        *child->errors = errors[0];
    }
    return pid;
}
