/* SPDX-License-Identifier: MIT */
/* Looking for an answer: what is there is taken, and what never comes is looked for less often. */
#include "ipc/look.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include "test.h"

static void pair_open(int pair[2])
{
    CHECK_EQUAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
}

static void expect_nothing(ody_ipc_look *look, int descriptor)
{
    char byte;

    errno = 0;
    CHECK_EQUAL(ody__ipc_look(look, descriptor, &byte, 1), -1);
    CHECK_EQUAL(errno, EAGAIN);
}

TEST(look_takes_what_is_there)
{
    ody_ipc_look look = {0};
    char data[8] = {0};
    int pair[2];

    pair_open(pair);
    CHECK_EQUAL(write(pair[1], "ab", 2), 2);
    CHECK_EQUAL(ody__ipc_look(&look, pair[0], data, sizeof(data)), 2);
    CHECK_EQUAL(memcmp(data, "ab", 3), 0);
    close(pair[1]);
    CHECK_EQUAL(ody__ipc_look(&look, pair[0], data, sizeof(data)), 0);
    close(pair[0]);
}

TEST(look_says_what_is_wrong)
{
    ody_ipc_look look = {0};
    char byte;

    errno = 0;
    CHECK_EQUAL(ody__ipc_look(&look, -1, &byte, 1), -1);
    CHECK_EQUAL(errno, EBADF);
}

TEST(look_rests_longer_after_each_failure_and_begins_anew_after_success)
{
    static const uint8_t rests[] = {1, 3, 7, 15, 31, 63, 63};
    ody_ipc_look look = {0};
    char byte;
    int pair[2];

    pair_open(pair);
    for (size_t index = 0; index < sizeof(rests); index++) {
        expect_nothing(&look, pair[0]);
        CHECK_EQUAL(look.rest, rests[index]);
        /* What comes meanwhile is slept for, not looked for. */
        CHECK_EQUAL(write(pair[1], "x", 1), 1);
        for (; look.rest > 0;) {
            expect_nothing(&look, pair[0]);
        }
        CHECK_EQUAL(read(pair[0], &byte, 1), 1);
    }
    CHECK_EQUAL(write(pair[1], "x", 1), 1);
    CHECK_EQUAL(ody__ipc_look(&look, pair[0], &byte, 1), 1);
    expect_nothing(&look, pair[0]);
    CHECK_EQUAL(look.rest, 1);
    close(pair[0]);
    close(pair[1]);
}
