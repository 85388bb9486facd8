/* SPDX-License-Identifier: MIT */
/*
 * The harness of the engine's C tests. A test registers itself and runs in a process of its own, so
 * a failed check simply ends that process: it may stand in any thread of the test. The runner
 * (main.c) is single-threaded and starts no thread.
 */
#ifndef ODY_TEST_H
#define ODY_TEST_H

#include <inttypes.h>
#include <stdio.h>
#include "ody/view.h"

/** One registered test; static memory. */
typedef struct ody_test {
    const char *file;
    const char *name;
    void (*run)(void);
    struct ody_test *next;
} ody_test;

/** Adds test to the list of the runner. Called before main, by TEST only. */
void ody_test_register(ody_test *test);

/** Prints where and why a check failed and ends the process of the test. Any thread. */
void ody_test_fail(const char *file, int line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

/** Compares two texts for CHECK_VIEW; prints both, escaped, and ends the test when they differ. */
void ody_test_views(const char *file, int line, const char *code, ody_view got, ody_view wanted);

/** Defines a test: TEST(keeps_order) { … }. A test passes when its body comes to its end. */
#define TEST(test_name)                                                                            \
    static void test_##test_name(void);                                                            \
    __attribute__((constructor)) static void register_##test_name(void)                            \
    {                                                                                              \
        static ody_test test = {__FILE__, #test_name, test_##test_name, NULL};                     \
        ody_test_register(&test);                                                                  \
    }                                                                                              \
    static void test_##test_name(void)

/** Fails the test with a formatted sentence. */
#define FAIL(...) ody_test_fail(__FILE__, __LINE__, __VA_ARGS__)

/** Fails the test unless condition holds. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            FAIL("%s is false", #condition);                                                       \
        }                                                                                          \
    } while (0)

/** Fails the test unless two integers are equal; what is got comes first. */
#define CHECK_EQUAL(got, wanted)                                                                   \
    do {                                                                                           \
        intmax_t ody_got = (intmax_t)(got), ody_wanted = (intmax_t)(wanted);                       \
        if (ody_got != ody_wanted) {                                                               \
            FAIL("%s is %" PRIdMAX ", not %s (%" PRIdMAX ")", #got, ody_got, #wanted, ody_wanted); \
        }                                                                                          \
    } while (0)

/** Fails the test unless two views hold the same bytes. */
#define CHECK_VIEW(got, wanted) ody_test_views(__FILE__, __LINE__, #got, (got), (wanted))

/** Fails the test unless a view holds the bytes of a literal, which may contain NUL bytes. */
#define CHECK_TEXT(got, literal) CHECK_VIEW(got, ((ody_view){"" literal, sizeof("" literal) - 1}))

#endif
