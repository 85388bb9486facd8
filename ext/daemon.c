/* SPDX-License-Identifier: MIT */
/* Into the background, with an answer for whoever started us. */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "child.h"

/* Smaller than PIPE_BUF, so it arrives whole or not at all. */
typedef struct report {
    pid_t pid;
    ody_error error; /* code 0: success */
} report;

static void standard_input_and_output_close(void)
{
    int nothing = open("/dev/null", O_RDWR);

    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        if (nothing > STDERR_FILENO) {
            close(nothing);
        }
    }
}

/* The pipe must not be one of the first three descriptors, which may all have been closed. */
static int pipe_open(int *pipes)
{
    int raised;

    if (pipe2(pipes, O_CLOEXEC) < 0) {
        return -1;
    }
    raised = fcntl(pipes[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 2);
    close(pipes[1]);
    pipes[1] = raised;
    if (raised < 0) {
        close(pipes[0]);
    }
    return raised < 0 ? -1 : 0;
}

static pid_t report_await(int from, ody_error *error)
{
    report received;
    ssize_t length;

    while ((length = read(from, &received, sizeof(received))) < 0 && errno == EINTR) {
    }
    if (length != (ssize_t)sizeof(received)) {
        return ody_error_set(error, ODY_ESYSTEM,
                             "The process in the background ended before the server was ready");
    }
    if (received.error.code < 0) {
        return ody_error_set(error, received.error.code, "%s", received.error.message);
    }
    return received.pid;
}

/* The process between: it ends at once, so that the next one is init's child and never a zombie. */
static pid_t second_fork(void)
{
    pid_t child;

    setsid();
    child = fork();
    if (child != 0) {
        _exit(child < 0 ? 1 : 0);
    }
    return child;
}

pid_t ody_daemon_fork(int *pipe_out, ody_error *error)
{
    int pipes[2];
    pid_t child;

    *pipe_out = -1;
    if (pipe_open(pipes) < 0) {
        return ody_error_set(error, ODY_ESYSTEM, "pipe: %s", strerror(errno));
    }
    child = fork();
    if (child < 0) {
        ody_error_set(error, ODY_ESYSTEM, "fork: %s", strerror(errno));
    } else if (child == 0) {
        second_fork();
        /* A descriptor that the caller had open (a lock, a socket, the pipe of a shell) would
         * otherwise stay open for as long as the server runs. */
        ody_descriptors_close(STDERR_FILENO + 1, pipes[1]);
        standard_input_and_output_close();
        *pipe_out = pipes[1];
        return 0;
    }
    close(pipes[1]);
    if (child > 0) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        }
        child = report_await(pipes[0], error);
    } else {
        child = ODY_ESYSTEM;
    }
    close(pipes[0]);
    return child;
}

void ody_daemon_report(int *pipe, int code, const ody_error *error)
{
    report sent;

    if (*pipe < 0) {
        return;
    }
    memset(&sent, 0, sizeof(sent));
    sent.pid = getpid();
    if (code < 0) {
        ody_error_set(&sent.error, code, "%s",
                      error && error->message[0] ? error->message : ody_error_text(code));
    }
    while (write(*pipe, &sent, sizeof(sent)) < 0 && errno == EINTR) {
    }
    close(*pipe);
    *pipe = -1;
}
