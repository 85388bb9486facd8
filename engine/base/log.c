/* SPDX-License-Identifier: MIT */
/*
 * The log: builds a line in one of three formats on the stack and writes it with one call. A pipe
 * takes 4 KiB in one piece, so a line is never longer than that, its end included.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "ody/log.h"
#include "base/clock.h"
#include "base/utf8.h"

#define LINE_SIZE 4096
#define TAIL_SIZE 16 /* kept free for the end of a cut line: `","cut":true}\n` is the longest */
#define GATE_LINES 10

/*
 * A line being built. What does not fit as a whole is left out, and so is everything after it, so
 * that a character or an escape is never cut in the middle.
 */
typedef struct line {
    size_t length;
    bool cut;
    bool json;
    bool quoted; /* what is appended stands between quotes */
    char data[LINE_SIZE];
} line;

static _Atomic int log_fd = STDERR_FILENO;
static _Atomic int log_level = ODY_LOG_INFO;
static _Atomic int log_format = ODY_LOG_READABLE;

static const char *const level_names[] = {"debug", "info", "warning", "error"};
static const char *const level_colours[] = {"\x1b[90m", "\x1b[32m", "\x1b[33m", "\x1b[31m"};

void ody_log_setup(int fd, ody_log_level level, ody_log_format format)
{
    atomic_store(&log_fd, fd);
    atomic_store(&log_level, (int)level);
    atomic_store(&log_format, (int)format);
}

void ody_log_set_level(ody_log_level level)
{
    atomic_store(&log_level, (int)level);
}

bool ody_log_enabled(ody_log_level level)
{
    return (int)level >= atomic_load_explicit(&log_level, memory_order_relaxed);
}

static void put(line *out, const char *data, size_t length)
{
    if (out->cut || out->length + length > LINE_SIZE - TAIL_SIZE) {
        out->cut = true;
        return;
    }
    memcpy(out->data + out->length, data, length);
    out->length += length;
}

static void put_string(line *out, const char *text)
{
    put(out, text, strlen(text));
}

/* Appends to the end of a line, into the space that put keeps free. */
static void put_tail(line *out, const char *text)
{
    size_t length = strlen(text);

    memcpy(out->data + out->length, text, length);
    out->length += length;
}

static uint32_t code_point(const unsigned char *at, size_t size)
{
    switch (size) {
    case 1:
        return at[0];
    case 2:
        return (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
    case 3:
        return (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
    }
    return (at[0] & 0x07u) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 | (at[3] & 0x3fu);
}

/* Whether a terminal or an editor would act on the character: controls, line ends, directions. */
static bool acts(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
           (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* Appends one character as an escape. All that act are below U+10000, so \uXXXX always fits. */
static void put_escape(line *out, uint32_t code)
{
    char escape[16];

    switch (code) {
    case '\n':
        put_string(out, "\\n");
        return;
    case '\r':
        put_string(out, "\\r");
        return;
    case '\t':
        put_string(out, "\\t");
        return;
    }
    snprintf(escape, sizeof(escape), "\\u%04" PRIx32, code);
    put_string(out, escape);
}

/* Appends a byte that is not UTF-8. JSON has no way to write one: there it becomes U+FFFD. */
static void put_broken(line *out, unsigned char byte)
{
    char escape[8];

    if (out->json) {
        put_string(out, "\\ufffd");
        return;
    }
    snprintf(escape, sizeof(escape), "\\x%02x", byte);
    put_string(out, escape);
}

static void put_escaped(line *out, ody_view text)
{
    size_t size;

    for (size_t i = 0; i < text.length && !out->cut; i += size) {
        const char *at = text.data + i;
        uint32_t code;

        size = ody__utf8_character(at, text.length - i);
        if (size == 0) {
            put_broken(out, (unsigned char)*at);
            size = 1;
            continue;
        }
        code = code_point((const unsigned char *)at, size);
        if (acts(code)) {
            put_escape(out, code);
        } else if (code == '\\' || (code == '"' && out->quoted)) {
            put(out, (const char[]){'\\', *at}, 2);
        } else {
            put(out, at, size);
        }
    }
}

/* Whether a value can stand in a readable line without quotes. */
static bool plain(ody_view text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        if (byte <= ' ' || byte >= 0x7f || byte == '"' || byte == '\\' || byte == '=') {
            return false;
        }
    }
    return text.length > 0;
}

/* Appends the time as `2026-01-31T23:59:59.999Z`. */
static void put_time(line *out)
{
    uint64_t now = ody_clock_unix_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm parts;
    char text[40];
    size_t length;

    gmtime_r(&seconds, &parts);
    length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
    put(out, text, length);
    snprintf(text, sizeof(text), ".%03uZ", (unsigned)(now % 1000));
    put_string(out, text);
}

static void put_number(line *out, int64_t number)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRId64, number);
    put_string(out, digits);
}

static void put_json_field(line *out, const ody_log_field *field)
{
    put_string(out, ",\"");
    put_escaped(out, ody_view_of(field->name));
    put_string(out, "\":");
    if (field->kind == ODY_FIELD_NUMBER) {
        put_number(out, field->number);
        return;
    }
    put_string(out, "\"");
}

static void put_readable_field(line *out, const ody_log_field *field, bool colour)
{
    put_string(out, colour ? " \x1b[2m" : " ");
    put_escaped(out, ody_view_of(field->name));
    put_string(out, colour ? "=\x1b[0m" : "=");
    if (field->kind == ODY_FIELD_NUMBER) {
        put_number(out, field->number);
    } else if (!plain(field->text)) {
        put_string(out, "\"");
    }
}

/*
 * Appends the name and, of a number, the value. Either all of it or, in a full line, nothing: half
 * a name or half a number would say something that is not true. Returns whether a text follows.
 */
static bool put_field_head(line *out, const ody_log_field *field, bool colour)
{
    size_t start = out->length;

    if (out->json) {
        put_json_field(out, field);
    } else {
        put_readable_field(out, field, colour);
    }
    if (out->cut) {
        out->length = start;
        return false;
    }
    return field->kind == ODY_FIELD_TEXT;
}

static void put_fields(line *out, const ody_log_field *fields, bool colour)
{
    for (const ody_log_field *field = fields; field && field->name && !out->cut; field++) {
        if (!put_field_head(out, field, colour)) {
            continue;
        }
        put_escaped(out, field->text);
        if (out->json || !plain(field->text)) {
            /* The tail of a cut line has room for it. */
            put_tail(out, "\"");
        }
    }
}

static void build_json(line *out, ody_log_level level, const char *message,
                       const ody_log_field *fields)
{
    put_string(out, "{\"time\":\"");
    put_time(out);
    put_string(out, "\",\"level\":\"");
    put_string(out, level_names[level]);
    put_string(out, "\",\"message\":\"");
    put_escaped(out, ody_view_of(message));
    put_tail(out, "\"");
    put_fields(out, fields, false);
    put_tail(out, out->cut ? ",\"cut\":true}\n" : "}\n");
}

static void build_readable(line *out, ody_log_level level, const char *message,
                           const ody_log_field *fields, bool colour)
{
    char name[32];

    put_time(out);
    snprintf(name, sizeof(name), " %s%-7s%s ", colour ? level_colours[level] : "",
             level_names[level], colour ? "\x1b[0m" : "");
    put_string(out, name);
    out->quoted = false;
    put_escaped(out, ody_view_of(message));
    out->quoted = true;
    put_fields(out, fields, colour);
    put_tail(out, out->cut ? " …\n" : "\n");
}

/* Writes a whole line. What the descriptor refuses is lost: nobody could be told about it. */
static void write_line(const line *done)
{
    int fd = atomic_load_explicit(&log_fd, memory_order_relaxed);
    size_t written = 0;

    while (written < done->length) {
        ssize_t size = write(fd, done->data + written, done->length - written);

        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return;
        }
        written += (size_t)size;
    }
}

void ody_log_write(ody_log_level level, const char *message, const ody_log_field *fields)
{
    int format = atomic_load_explicit(&log_format, memory_order_relaxed);
    int saved_errno = errno;
    line out;

    out.length = 0;
    out.cut = false;
    out.quoted = true;
    out.json = format == ODY_LOG_JSON;
    if (out.json) {
        build_json(&out, level, message, fields);
    } else {
        build_readable(&out, level, message, fields, format == ODY_LOG_COLOUR);
    }
    write_line(&out);
    errno = saved_errno;
}

bool ody_log_gate_pass(ody_log_gate *gate, uint64_t now_ms, uint64_t *suppressed)
{
    uint64_t second = now_ms / 1000;
    uint64_t window = atomic_load(&gate->window);
    uint64_t next;

    do {
        /* Threads read the clock at slightly different times: a window never goes back. */
        bool same = second <= window >> 16;

        if (same && (window & 0xffff) >= GATE_LINES) {
            atomic_fetch_add(&gate->suppressed, 1);
            return false;
        }
        next = same ? window + 1 : second << 16 | 1;
    } while (!atomic_compare_exchange_weak(&gate->window, &window, next));
    *suppressed = atomic_exchange(&gate->suppressed, 0);
    return true;
}
