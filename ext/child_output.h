/* SPDX-License-Identifier: MIT */
/*
 * What a PHP worker prints becomes lines of the log. Bounded: so many bytes and lines a second are
 * read, and whoever prints more is held up by its pipe.
 */
#ifndef ODY_EXT_CHILD_OUTPUT_H
#define ODY_EXT_CHILD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ODY_OUTPUT_LINE_MAX 8192
#define ODY_OUTPUT_BYTES_MAX 65536 /* in a second */
#define ODY_OUTPUT_LINES_MAX 200   /* in a second */

typedef struct ody_child_output {
    int descriptor; /* -1: closed */
    char *buffer;   /* ODY_OUTPUT_LINE_MAX bytes, those not logged yet */
    size_t length;
    bool skipping;   /* the line's beginning was logged, its end is left out */
    size_t left_out; /* bytes of it until now */
    uint64_t second; /* that the two below belong to */
    size_t bytes;
    unsigned lines;
} ody_child_output;

/** Begins to read a pipe. @return false without memory; then the descriptor is closed. */
bool ody_child_output_open(ody_child_output *output, int descriptor);

/** Reads what is there and logs whole lines. Call it when the pipe is readable. */
void ody_child_output_read(ody_child_output *output, pid_t pid, uint64_t now_ms);

/** Whether as much has been read in this second as may be. */
bool ody_child_output_sated(const ody_child_output *output, uint64_t now_ms);

/** Whether lines that have been read wait for the next second. */
bool ody_child_output_waits(const ody_child_output *output);

/** The process is gone: logs what it has left behind, as far as it may, and closes. */
void ody_child_output_close(ody_child_output *output, pid_t pid, uint64_t now_ms);

/** Closes and frees without reading. */
void ody_child_output_drop(ody_child_output *output);

#endif
