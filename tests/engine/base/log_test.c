/* SPDX-License-Identifier: MIT */
/* Log lines in every format: exact text, hostile bytes, lines that are cut, threads that share. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/utf8.h"
#include "ody/log.h"
#include "sequence.h"
#include "test.h"

#define TIME_READABLE "2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"

static int pipe_ends[2];
static char written[1 << 20];

/* Sends lines into a pipe, which take_lines empties. */
static void capture(ody_log_level level, ody_log_format format)
{
    CHECK_EQUAL(pipe(pipe_ends), 0);
    CHECK_EQUAL(fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK), 0);
    CHECK_EQUAL(fcntl(pipe_ends[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
    ody_log_setup(pipe_ends[1], level, format);
}

/* What was written since the last call. */
static ody_view take_lines(void)
{
    ssize_t size = read(pipe_ends[0], written, sizeof(written));

    return (ody_view){written, size > 0 ? (size_t)size : 0};
}

/* The one line that was written, without the time, which is checked and ends at `after`. */
static ody_view line_after(const char *before, const char *after)
{
    ody_view line = take_lines();
    char pattern[200];
    regmatch_t match;
    regex_t compiled;

    CHECK(line.length > 0 && line.length < sizeof(written));
    written[line.length] = '\0';
    CHECK_EQUAL(strlen(written), line.length);
    CHECK(strchr(written, '\n') == written + line.length - 1);
    snprintf(pattern, sizeof(pattern), "^%s" TIME_READABLE "%s", before, after);
    CHECK_EQUAL(regcomp(&compiled, pattern, REG_EXTENDED), 0);
    if (regexec(&compiled, written, 1, &match, 0) != 0) {
        FAIL("no time: %s", written);
    }
    regfree(&compiled);
    return (ody_view){written + match.rm_eo, line.length - (size_t)match.rm_eo};
}

#define READABLE_LINE() line_after("", " ")
#define JSON_LINE() line_after("\\{\"time\":\"", "\",")

TEST(log_readable_line)
{
    capture(ODY_LOG_DEBUG, ODY_LOG_READABLE);
    ody_log(ODY_LOG_INFO, "client connected", ODY_STRING("peer", "127.0.0.1:5000"),
            ODY_NUMBER("code", -4001), ODY_TEXT("agent", ODY_VIEW("a b")),
            ODY_STRING("none", NULL));
    CHECK_TEXT(READABLE_LINE(),
               "info    client connected peer=127.0.0.1:5000 code=-4001 agent=\"a b\" none=\"\"\n");
    ody_log(ODY_LOG_WARNING, "key \"portt\" is unknown");
    CHECK_TEXT(READABLE_LINE(), "warning key \"portt\" is unknown\n");
    ody_log(ODY_LOG_ERROR, "a\nb");
    CHECK_TEXT(READABLE_LINE(), "error   a\\nb\n");
    ody_log_write(ODY_LOG_DEBUG, "plain", NULL);
    CHECK_TEXT(READABLE_LINE(), "debug   plain\n");
}

TEST(log_colour_line)
{
    capture(ODY_LOG_DEBUG, ODY_LOG_COLOUR);
    ody_log(ODY_LOG_WARNING, "slow", ODY_NUMBER("ms", 7), ODY_STRING("text", "\x1b[2J"));
    CHECK_TEXT(READABLE_LINE(), "\x1b[33mwarning\x1b[0m slow \x1b[2mms=\x1b[0m7 "
                                "\x1b[2mtext=\x1b[0m\"\\u001b[2J\"\n");
}

TEST(log_colours_only_in_the_colour_format)
{
    const ody_log_format formats[] = {ODY_LOG_READABLE, ODY_LOG_JSON};

    for (size_t i = 0; i < 2; i++) {
        ody_view line;

        capture(ODY_LOG_DEBUG, formats[i]);
        ody_log(ODY_LOG_ERROR, "\x1b[31mred", ODY_STRING("a", "\x1b[0m\x9b"), ODY_NUMBER("b", 1));
        line = take_lines();
        CHECK(line.length > 0 && !memchr(line.data, '\x1b', line.length));
    }
}

TEST(log_json_line)
{
    capture(ODY_LOG_DEBUG, ODY_LOG_JSON);
    ody_log(ODY_LOG_INFO, "client \"x\" connected", ODY_STRING("peer", "127.0.0.1"),
            ODY_NUMBER("code", INT64_MIN), ODY_STRING("none", NULL));
    CHECK_TEXT(JSON_LINE(),
               "\"level\":\"info\",\"message\":\"client \\\"x\\\" connected\","
               "\"peer\":\"127.0.0.1\",\"code\":-9223372036854775808,\"none\":\"\"}\n");
    ody_log(ODY_LOG_DEBUG, "nothing more");
    CHECK_TEXT(JSON_LINE(), "\"level\":\"debug\",\"message\":\"nothing more\"}\n");
}

/* Quotes, controls, a NUL, broken UTF-8, C1 controls, line separators, a change of direction. */
#define HOSTILE                                                                                    \
    "\"\\\r\n\t\0\x7f\xff\xc3\xe2\x82|\xc2\x9b\xe2\x80\xa8\xe2\x80\xae\xed\xa0\x80\xc3\xa4"        \
    "\xf0\x9f\x98\x80"

TEST(log_escapes_hostile_bytes_for_readers)
{
    capture(ODY_LOG_DEBUG, ODY_LOG_READABLE);
    ody_log(ODY_LOG_INFO, "m", ODY_TEXT("v", ODY_VIEW(HOSTILE)));
    CHECK_TEXT(READABLE_LINE(),
               "info    m v=\"\\\"\\\\\\r\\n\\t\\u0000\\u007f\\xff\\xc3\\xe2\\x82|\\u009b\\u2028"
               "\\u202e\\xed\\xa0\\x80\xc3\xa4\xf0\x9f\x98\x80\"\n");
}

TEST(log_escapes_hostile_bytes_in_json)
{
    capture(ODY_LOG_DEBUG, ODY_LOG_JSON);
    ody_log(ODY_LOG_INFO, "m", ODY_TEXT("v", ODY_VIEW(HOSTILE)));
    CHECK_TEXT(JSON_LINE(),
               "\"level\":\"info\",\"message\":\"m\",\"v\":\"\\\"\\\\\\r\\n\\t\\u0000\\u007f\\ufffd"
               "\\ufffd\\ufffd\\ufffd|\\u009b\\u2028\\u202e\\ufffd\\ufffd\\ufffd\xc3\xa4"
               "\xf0\x9f\x98\x80\"}\n");
}

TEST(log_readable_values_cannot_forge_fields)
{
    capture(ODY_LOG_DEBUG, ODY_LOG_READABLE);
    ody_log(ODY_LOG_INFO, "m", ODY_STRING("a", "x b=1"), ODY_STRING("c", "x=1"),
            ODY_STRING("d", "\" e=\"1"), ODY_STRING("f", "back\\slash"));
    CHECK_TEXT(READABLE_LINE(),
               "info    m a=\"x b=1\" c=\"x=1\" d=\"\\\" e=\\\"1\" f=\"back\\\\slash\"\n");
}

/* A minimal reader of one JSON object of texts, numbers and true. Returns whether it is one. */
static const char *skip_json_text(const char *at)
{
    if (*at++ != '"') {
        return NULL;
    }
    while (*at != '"') {
        if ((unsigned char)*at < 0x20) {
            return NULL;
        }
        if (*at == '\\') {
            at++;
            if (*at == 'u') {
                if (strspn(at + 1, "0123456789abcdef") < 4) {
                    return NULL;
                }
                at += 4;
            } else if (!*at || !strchr("\"\\rnt", *at)) {
                return NULL;
            }
        }
        at++;
    }
    return at + 1;
}

static bool is_json_object(const char *at)
{
    if (*at++ != '{') {
        return false;
    }
    for (;;) {
        at = skip_json_text(at);
        if (!at || *at++ != ':') {
            return false;
        }
        if (*at == '"') {
            at = skip_json_text(at);
        } else {
            size_t digits = strspn(at, "-0123456789");

            digits = digits ? digits : strncmp(at, "true", 4) == 0 ? 4 : 0;
            at = digits ? at + digits : NULL;
        }
        if (!at || (*at != ',' && *at != '}')) {
            return false;
        }
        if (*at++ == '}') {
            return strcmp(at, "\n") == 0;
        }
    }
}

TEST(log_json_reader_of_this_test_is_strict)
{
    CHECK(is_json_object("{\"a\":\"b\",\"c\":-1,\"d\":true}\n"));
    CHECK(!is_json_object("{\"a\":\"b\n\"}\n"));
    CHECK(!is_json_object("{\"a\":\"b}\n"));
    CHECK(!is_json_object("{\"a\":\"\\u12\"}\n"));
    CHECK(!is_json_object("{\"a\":}\n"));
    CHECK(!is_json_object("{\"a\":1}"));
    CHECK(!is_json_object("{\"a\":1,}\n"));
}

/* Whether a line ends as its format wants it; `cut` says whether it lost something. */
static void check_long_line(ody_log_format format, ody_view line, bool cut)
{
    static char text[5000];

    CHECK(line.length <= 4096);
    CHECK(ody_utf8_valid(line));
    memcpy(text, line.data, line.length);
    text[line.length] = '\0';
    CHECK(strchr(text, '\n') == text + line.length - 1);
    if (format == ODY_LOG_JSON) {
        CHECK(is_json_object(text));
        CHECK_EQUAL(strstr(text, ",\"cut\":true}\n") != NULL, cut);
    } else {
        CHECK_EQUAL(strstr(text, " …\n") != NULL, cut);
    }
}

TEST(log_cuts_long_lines_without_breaking_them)
{
    static char value[6000];
    const ody_log_format formats[] = {ODY_LOG_READABLE, ODY_LOG_COLOUR, ODY_LOG_JSON};
    const char *const units[] = {"a",  "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                 "\n", "\xff",     "\x01",         "\""};

    for (size_t i = 0; i < 3; i++) {
        capture(ODY_LOG_DEBUG, formats[i]);
        for (size_t unit = 0; unit < sizeof(units) / sizeof(*units); unit++) {
            for (size_t length = 3900; length < 4400; length++) {
                size_t size = strlen(units[unit]);
                size_t whole = unit < 4 ? length / size * size : length / 6;

                for (size_t at = 0; at < whole; at += size) {
                    memcpy(value + at, units[unit], size);
                }
                ody_log(ODY_LOG_INFO, "m", ODY_TEXT("v", ((ody_view){value, whole})),
                        ODY_NUMBER("last", 12345));
                ody_view line = take_lines();
                bool complete = memmem(line.data, line.length, "last", 4) != NULL;

                check_long_line(formats[i], line, !complete);
                CHECK(unit >= 4 || length < 4200 || !complete);
            }
        }
    }
}

TEST(log_uses_the_whole_length_of_a_line)
{
    static char value[6000];
    const ody_log_format formats[] = {ODY_LOG_READABLE, ODY_LOG_COLOUR, ODY_LOG_JSON};

    memset(value, 'a', sizeof(value));
    for (size_t i = 0; i < 3; i++) {
        ody_view line;

        capture(ODY_LOG_DEBUG, formats[i]);
        ody_log(ODY_LOG_INFO, "m", ODY_TEXT("v", ((ody_view){value, sizeof(value)})));
        line = take_lines();
        check_long_line(formats[i], line, true);
        CHECK(line.length > 4080);
    }
}

TEST(log_cuts_long_messages_and_drops_the_fields)
{
    static char message[5000];
    const ody_log_format formats[] = {ODY_LOG_READABLE, ODY_LOG_COLOUR, ODY_LOG_JSON};

    memset(message, 'm', sizeof(message) - 1);
    for (size_t i = 0; i < 3; i++) {
        ody_view line;

        capture(ODY_LOG_DEBUG, formats[i]);
        ody_log(ODY_LOG_INFO, message, ODY_STRING("field", "value"), ODY_NUMBER("number", 1));
        line = take_lines();
        check_long_line(formats[i], line, true);
        CHECK(!memmem(line.data, line.length, "field", 5));
    }
}

TEST(log_many_fields_end_at_a_whole_field)
{
    const ody_log_format formats[] = {ODY_LOG_READABLE, ODY_LOG_COLOUR, ODY_LOG_JSON};
    ody_log_field fields[1001] = {0};

    for (size_t i = 0; i < 1000; i++) {
        fields[i] = i % 2 ? ODY_NUMBER("abcdefg", 1000000 + i) : ODY_STRING("x", "");
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t shift = 0; shift < 30; shift++) {
            char message[31];

            memset(message, 'm', shift);
            message[shift] = '\0';
            capture(ODY_LOG_DEBUG, formats[i]);
            ody_log_write(ODY_LOG_INFO, message, fields);
            check_long_line(formats[i], take_lines(), true);
            close(pipe_ends[0]);
            close(pipe_ends[1]);
        }
    }
}

TEST(log_random_bytes_never_break_a_line)
{
    const ody_log_format formats[] = {ODY_LOG_READABLE, ODY_LOG_COLOUR, ODY_LOG_JSON};
    static char value[5000];
    uint64_t numbers = 11;

    for (int turn = 0; turn < 3000; turn++) {
        size_t length = sequence_below(&numbers, turn % 10 ? 200 : sizeof(value));
        ody_log_format format = formats[turn % 3];
        ody_view line;

        if (turn < 3) {
            capture(ODY_LOG_DEBUG, format);
        }
        ody_log_setup(pipe_ends[1], ODY_LOG_DEBUG, format);
        for (size_t i = 0; i < length; i++) {
            value[i] = (char)sequence_next(&numbers);
        }
        ody_log(ODY_LOG_INFO, "m", ODY_TEXT("v", ((ody_view){value, length})));
        line = take_lines();
        CHECK(line.length > 0);
        check_long_line(format, line,
                        memmem(line.data, line.length, " …\n", 5) ||
                            memmem(line.data, line.length, ",\"cut\":true}", 12));
        for (size_t i = 0; format != ODY_LOG_COLOUR && i + 1 < line.length; i++) {
            CHECK((unsigned char)line.data[i] >= 0x20 && line.data[i] != 0x7f);
        }
    }
}

TEST(log_levels_are_filtered)
{
    static unsigned evaluated;

    capture(ODY_LOG_WARNING, ODY_LOG_READABLE);
    CHECK(!ody_log_enabled(ODY_LOG_DEBUG) && !ody_log_enabled(ODY_LOG_INFO));
    CHECK(ody_log_enabled(ODY_LOG_WARNING) && ody_log_enabled(ODY_LOG_ERROR));
    ody_log(ODY_LOG_INFO, "not written", ODY_NUMBER("n", ++evaluated));
    CHECK_EQUAL(take_lines().length, 0);
    CHECK_EQUAL(evaluated, 0);
    ody_log(ODY_LOG_WARNING, "written", ODY_NUMBER("n", ++evaluated));
    CHECK_TEXT(READABLE_LINE(), "warning written n=1\n");
}

TEST(log_goes_to_standard_error_before_the_setup)
{
    CHECK_EQUAL(pipe(pipe_ends), 0);
    CHECK_EQUAL(dup2(pipe_ends[1], STDERR_FILENO), STDERR_FILENO);
    ody_log(ODY_LOG_DEBUG, "too small");
    ody_log(ODY_LOG_INFO, "early");
    CHECK_TEXT(READABLE_LINE(), "info    early\n");
}

TEST(log_keeps_errno_and_survives_a_closed_descriptor)
{
    ody_log_setup(-1, ODY_LOG_DEBUG, ODY_LOG_READABLE);
    errno = ENOENT;
    ody_log(ODY_LOG_ERROR, "nobody reads this");
    CHECK_EQUAL(errno, ENOENT);
}

TEST(log_drops_lines_that_a_full_pipe_refuses)
{
    size_t lines = 0;

    CHECK_EQUAL(pipe2(pipe_ends, O_NONBLOCK), 0);
    CHECK_EQUAL(fcntl(pipe_ends[1], F_SETPIPE_SZ, 4096), 4096);
    ody_log_setup(pipe_ends[1], ODY_LOG_DEBUG, ODY_LOG_READABLE);
    for (int i = 0; i < 1000; i++) {
        ody_log(ODY_LOG_INFO, "a line among many", ODY_NUMBER("i", i));
    }
    ody_view all = take_lines();
    for (size_t i = 0; i < all.length; i++) {
        lines += all.data[i] == '\n';
    }
    CHECK(lines > 10 && lines < 1000);
    CHECK_EQUAL(all.data[all.length - 1], '\n');
}

enum { WRITERS = 4, LINES = 500 };

static void *write_lines(void *context)
{
    static const char filler[] = "................................................................";
    int64_t writer = (int64_t)(intptr_t)context;

    for (int i = 0; i < LINES; i++) {
        ody_log(ODY_LOG_INFO, "line", ODY_NUMBER("writer", writer), ODY_NUMBER("i", i),
                ODY_STRING("filler", filler));
    }
    return NULL;
}

TEST(log_lines_of_threads_do_not_mix)
{
    pthread_t threads[WRITERS];
    unsigned next[WRITERS] = {0};
    ody_view all;

    capture(ODY_LOG_DEBUG, ODY_LOG_READABLE);
    for (intptr_t i = 0; i < WRITERS; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, write_lines, (void *)i), 0);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    all = take_lines();
    CHECK(all.length > 0 && all.length < sizeof(written));
    written[all.length] = '\0';
    for (char *line = strtok(written, "\n"); line; line = strtok(NULL, "\n")) {
        unsigned writer, i;
        char filler[100];

        CHECK_EQUAL(sscanf(line, "%*s info line writer=%u i=%u filler=%99s", &writer, &i, filler),
                    3);
        CHECK(writer < WRITERS && strlen(filler) == 64);
        CHECK_EQUAL(i, next[writer]);
        next[writer]++;
    }
    for (size_t i = 0; i < WRITERS; i++) {
        CHECK_EQUAL(next[i], LINES);
    }
}

TEST(log_gate_lets_ten_lines_a_second_through)
{
    ody_log_gate gate = {0};
    uint64_t suppressed = 99;

    for (uint64_t second = 0; second < 3; second++) {
        for (unsigned i = 0; i < 25; i++) {
            CHECK_EQUAL(ody_log_gate_pass(&gate, second * 1000 + i * 40, &suppressed), i < 10);
            if (i < 10) {
                CHECK_EQUAL(suppressed, second > 0 && i == 0 ? 15 : 0);
            }
        }
    }
    /* A clock that is read a little late belongs to the same second. */
    CHECK(!ody_log_gate_pass(&gate, 1999, &suppressed));
    CHECK(ody_log_gate_pass(&gate, 3000, &suppressed));
    CHECK_EQUAL(suppressed, 16);
}

static ody_log_gate shared_gate;
static _Atomic uint64_t gate_passed;
static _Atomic uint64_t gate_suppressed;

static void *knock(void *context)
{
    (void)context;
    for (int i = 0; i < 10000; i++) {
        uint64_t suppressed;

        if (ody_log_gate_pass(&shared_gate, 5000, &suppressed)) {
            atomic_fetch_add(&gate_passed, 1);
            atomic_fetch_add(&gate_suppressed, suppressed);
        }
    }
    return NULL;
}

TEST(log_gate_counts_across_threads)
{
    pthread_t threads[4];
    uint64_t suppressed;

    for (size_t i = 0; i < 4; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, knock, NULL), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_EQUAL(gate_passed, 10);
    CHECK(ody_log_gate_pass(&shared_gate, 6000, &suppressed));
    CHECK_EQUAL(gate_suppressed + suppressed, 40000 - 10);
}
