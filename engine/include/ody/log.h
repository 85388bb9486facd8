/* SPDX-License-Identifier: MIT */
/*
 * Structured log lines: a message, then named values. One write(2) a line, so lines of threads and
 * processes do not mix. Values from outside are escaped: a line never holds a control character or
 * broken UTF-8. Secrets are never passed in here. Any thread, once ody_log_setup has run.
 */
#ifndef ODY_LOG_H
#define ODY_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "ody/options.h"
#include "ody/view.h"

typedef enum ody_log_level {
    ODY_LOG_DEBUG,
    ODY_LOG_INFO,
    ODY_LOG_WARNING,
    ODY_LOG_ERROR,
} ody_log_level;

typedef struct ody_log_field {
    const char *name; /* NULL ends a list */
    enum { ODY_FIELD_TEXT, ODY_FIELD_NUMBER } kind;
    ody_view text;
    int64_t number;
} ody_log_field;

#define ODY_TEXT(name, view) ((ody_log_field){(name), ODY_FIELD_TEXT, (view), 0})
#define ODY_STRING(name, c_string)                                                                 \
    ((ody_log_field){(name), ODY_FIELD_TEXT, ody_view_of(c_string), 0})
#define ODY_NUMBER(name, value)                                                                    \
    ((ody_log_field){(name), ODY_FIELD_NUMBER, ODY_VIEW_NONE, (int64_t)(value)})

/**
 * Says where lines go. Before that they go to standard error, readable, from INFO on.
 * @param fd borrowed, stays open for as long as anybody logs.
 */
void ody_log_setup(int fd, ody_log_level level, ody_log_format format);

/** Lines below that level are no longer written. Any thread. */
void ody_log_set_level(ody_log_level level);

/** Whether a line of that level would be written. Any thread. */
bool ody_log_enabled(ody_log_level level);

/**
 * Writes one line of at most 4 KiB; fields and ends of texts that do not fit are left out, and the
 * line says so. What the descriptor does not take is lost. Keeps errno.
 * @param message a fixed sentence; control characters in it are escaped.
 * @param fields NULL, or a list that ends with a field without a name. In JSON each is a member
 *        beside `time`, `level`, `message` and `cut`, so no field is named like these.
 */
void ody_log_write(ody_log_level level, const char *message, const ody_log_field *fields);

/**
 * Writes one line with any number of fields, which are evaluated only if the line is written:
 * ody_log(ODY_LOG_INFO, "client refused", ODY_STRING("peer", peer), ODY_NUMBER("code", 4001));
 */
#define ody_log(level, message, ...)                                                               \
    do {                                                                                           \
        if (ody_log_enabled(level)) {                                                              \
            /* An unused first field, so that a line without fields is fine too. */                \
            ody_log_write((level), (message),                                                      \
                          &(const ody_log_field[]){{0}, ##__VA_ARGS__, {0}}[1]);                   \
        }                                                                                          \
    } while (0)

/**
 * Bounds what a hostile client can make us log: a gate is a static of its place in the code, and
 * lets 10 lines a second through.
 */
typedef struct ody_log_gate {
    _Atomic uint64_t window; /* second << 16 | lines let through in it */
    _Atomic uint64_t suppressed;
} ody_log_gate;

/**
 * @param suppressed lines held back at this place since the last one that passed.
 * @return whether the caller may log now.
 */
bool ody_log_gate_pass(ody_log_gate *gate, uint64_t now_ms, uint64_t *suppressed);

#endif
