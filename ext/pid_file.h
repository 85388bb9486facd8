/* SPDX-License-Identifier: MIT */
/*
 * The file that says which supervisor serves. It is locked for as long as that process lives, so a
 * file left behind by a dead one claims nothing. The lock belongs to the open file (OFD lock):
 * asking for its state does not take it, and closing another descriptor of the file does not lose
 * it.
 */
#ifndef ODY_EXT_PID_FILE_H
#define ODY_EXT_PID_FILE_H

#include <sys/types.h>
#include "ody/error.h"

/**
 * Makes the file (and its directory where missing, 0755), locks it and writes this process's id.
 * @return a descriptor (CLOEXEC) that holds the lock until it is closed; ODY_EADDRESS_IN_USE
 * with a sentence that names the process that has it; ODY_ESYSTEM.
 */
int ody_pid_file_take(const char *path, ody_error *error);

/** Deletes the file. The lock stays until the descriptor is closed or the process ends. */
void ody_pid_file_remove(const char *path);

/**
 * Opens the file to ask who holds it.
 * @return a descriptor, owned by the caller; ODY_ENO_SERVER when there is no file; ODY_ESYSTEM.
 */
int ody_pid_file_open(const char *path, ody_error *error);

/**
 * The process that holds the lock, also when the file was deleted since it was opened.
 * @param descriptor of ody_pid_file_open.
 * @return its id, or 0 when nobody holds it.
 */
pid_t ody_pid_file_holder(int descriptor);

#endif
