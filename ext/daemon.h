/* SPDX-License-Identifier: MIT */
/*
 * Into the background: the caller forks first of all, and waits on a pipe until the child says how
 * it went. Called by a process with one thread.
 */
#ifndef ODY_EXT_DAEMON_H
#define ODY_EXT_DAEMON_H

#include <sys/types.h>
#include "ody/error.h"

/**
 * Forks a process in a session of its own, whose parent is init. There standard input and output
 * are /dev/null and every other descriptor but standard error is closed.
 * @param pipe_out in the child: where ody_daemon_report writes; in the caller: -1.
 * @return in the child 0. In the caller the child's process id, once it has reported success; else
 *         the error that it reported, or ODY_ESYSTEM.
 */
pid_t ody_daemon_fork(int *pipe_out, ody_error *error);

/**
 * Tells the waiting caller how it went, once; closes the pipe and sets *pipe to -1. In a process
 * whose *pipe is -1 it does nothing.
 * @param code 0, or the error in error.
 */
void ody_daemon_report(int *pipe, int code, const ody_error *error);

#endif
