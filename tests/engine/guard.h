/* SPDX-License-Identifier: MIT */
/*
 * Inputs that end where memory ends: reading one byte past them is a crash, with or without a
 * sanitizer. The pages are given back when the process of the test ends.
 */
#ifndef ODY_TEST_GUARD_H
#define ODY_TEST_GUARD_H

#include <sys/mman.h>
#include <unistd.h>
#include "test.h"

/** A copy of text whose last byte is the last one of a readable page. */
static inline ody_view ody_test_guarded(ody_view text)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (text.length + page - 1) / page * page;
    char *pages =
        mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(pages != MAP_FAILED);
    CHECK_EQUAL(mprotect(pages + room, page, PROT_NONE), 0);
    if (text.length > 0) {
        memcpy(pages + room - text.length, text.data, text.length);
    }
    return (ody_view){pages + room - text.length, text.length};
}

#endif
