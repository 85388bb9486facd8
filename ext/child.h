/* SPDX-License-Identifier: MIT */
/* Programs that the supervisor starts: fork and exec, with nothing inherited. */
#ifndef ODY_EXT_CHILD_H
#define ODY_EXT_CHILD_H

#include <sys/types.h>
#include "ody/error.h"

/** A program to start. */
typedef struct ody_child {
    const char *const *command; /* its absolute path or a name in PATH, arguments, NULL */
    int death_signal;           /* that it gets when we die */
    int *output;                /* gets a pipe of its standard output; never NULL */
    int *errors;                /* gets one of its standard error; NULL: the same pipe */
} ody_child;

/**
 * Starts a program: standard input is /dev/null, no other descriptor is open, every signal is as in
 * a fresh process. The environment is the one that we were started with, without the variables of
 * the service manager: what PHP has set since (a framework sets all of .env) would win over the
 * files that the program is to read anew.
 * @return its process id, or ODY_ESYSTEM. When it cannot be executed it ends with 127 and says why
 *         on its standard error.
 */
pid_t ody_child_start(const ody_child *child, ody_error *error);

/** Closes every descriptor from first on but keep. */
void ody_descriptors_close(int first, int keep);

#endif
