/* SPDX-License-Identifier: MIT */
/* Lines of a pipe, with a bound on how many. */
#include "child_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "ody/log.h"
#include "supervisor_state.h"

#define PART_MAX 3000

bool ody_child_output_open(ody_child_output *output, int descriptor)
{
    *output = (ody_child_output){
        .descriptor = descriptor,
        .buffer = malloc(ODY_OUTPUT_LINE_MAX),
    };
    if (!output->buffer) {
        ody__descriptor_close(&output->descriptor);
    }
    return output->buffer != NULL;
}

void ody_child_output_drop(ody_child_output *output)
{
    ody__descriptor_close(&output->descriptor);
    free(output->buffer);
    output->buffer = NULL;
}

/* A line of the log has 4 KiB. A part ends with a whole character. */
static void parts_log(pid_t pid, const char *line, size_t length)
{
    int number = 0;

    while (length > 0) {
        size_t part = length < PART_MAX ? length : PART_MAX;

        for (int back = 0; back < 3 && part < length && ((unsigned char)line[part] & 0xc0) == 0x80;
             back++) {
            part--;
        }
        ody_log(ODY_LOG_INFO, "php worker", ODY_NUMBER("pid", pid), ODY_NUMBER("part", ++number),
                ODY_TEXT("line", ((ody_view){line, part})));
        line += part;
        length -= part;
    }
}

static void line_log(ody_child_output *output, pid_t pid, const char *line, size_t length)
{
    output->lines++;
    if (output->skipping) {
        output->left_out += length;
        ody_log(ODY_LOG_WARNING, "the end of a php worker's long line is left out",
                ODY_NUMBER("pid", pid), ODY_NUMBER("bytes", output->left_out));
        output->skipping = false;
        output->left_out = 0;
        return;
    }
    if (length > 0 && line[length - 1] == '\r') {
        length--;
    }
    if (length > PART_MAX) {
        parts_log(pid, line, length);
        return;
    }
    ody_log(ODY_LOG_INFO, "php worker", ODY_NUMBER("pid", pid),
            ODY_TEXT("line", ((ody_view){line, length})));
}

/* The buffer is full and has no whole line in it. */
static void overlong_cut(ody_child_output *output, pid_t pid)
{
    if (output->skipping) {
        output->left_out += output->length;
    } else {
        line_log(output, pid, output->buffer, output->length);
        output->skipping = true;
    }
    output->length = 0;
}

/* Logs the whole lines of the buffer, while there is room for lines in this second. */
static void lines_take(ody_child_output *output, pid_t pid)
{
    size_t start = 0;

    while (output->lines < ODY_OUTPUT_LINES_MAX) {
        const char *line = output->buffer + start;
        const char *end = memchr(line, '\n', output->length - start);

        if (!end) {
            break;
        }
        line_log(output, pid, line, (size_t)(end - line));
        start += (size_t)(end - line) + 1;
    }
    output->length -= start;
    memmove(output->buffer, output->buffer + start, output->length);
    if (output->length == ODY_OUTPUT_LINE_MAX && output->lines < ODY_OUTPUT_LINES_MAX) {
        overlong_cut(output, pid);
    }
}

static void second_begin(ody_child_output *output, uint64_t now_ms)
{
    if (output->second != now_ms / 1000) {
        output->second = now_ms / 1000;
        output->bytes = 0;
        output->lines = 0;
    }
}

bool ody_child_output_sated(const ody_child_output *output, uint64_t now_ms)
{
    return output->second == now_ms / 1000 &&
           (output->bytes >= ODY_OUTPUT_BYTES_MAX || output->lines >= ODY_OUTPUT_LINES_MAX);
}

bool ody_child_output_waits(const ody_child_output *output)
{
    return output->length > 0 && output->lines >= ODY_OUTPUT_LINES_MAX;
}

/* @return whether there may be more. */
static bool some_read(ody_child_output *output, pid_t pid)
{
    ssize_t count = read(output->descriptor, output->buffer + output->length,
                         ODY_OUTPUT_LINE_MAX - output->length);

    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    if (count <= 0) {
        ody__descriptor_close(&output->descriptor);
        return false;
    }
    output->bytes += (size_t)count;
    output->length += (size_t)count;
    lines_take(output, pid);
    return true;
}

void ody_child_output_read(ody_child_output *output, pid_t pid, uint64_t now_ms)
{
    second_begin(output, now_ms);
    lines_take(output, pid);
    while (output->descriptor >= 0 && !ody_child_output_sated(output, now_ms) &&
           some_read(output, pid)) {
    }
}

void ody_child_output_close(ody_child_output *output, pid_t pid, uint64_t now_ms)
{
    int waiting = 0;

    if (!output->buffer) {
        return;
    }
    ody_child_output_read(output, pid, now_ms);
    if (output->length > 0 && output->lines < ODY_OUTPUT_LINES_MAX) {
        line_log(output, pid, output->buffer, output->length);
        output->length = 0;
    }
    if (output->descriptor >= 0 && ioctl(output->descriptor, FIONREAD, &waiting) < 0) {
        waiting = 0;
    }
    output->left_out += output->length + (size_t)waiting;
    if (output->left_out > 0) {
        ody_log(ODY_LOG_WARNING, "the last output of a php worker is left out: it printed too much",
                ODY_NUMBER("pid", pid), ODY_NUMBER("bytes", output->left_out));
    }
    ody_child_output_drop(output);
}
