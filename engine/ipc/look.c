/* SPDX-License-Identifier: MIT */
/* Looks, and learns whether that is worth it. */
#include "ipc/look.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>
#include "base/clock.h"

/* After so many failures in a row it looks for one answer in 64. */
#define FAILURES_MOST 6

static void note_failure(ody_ipc_look *look)
{
    if (look->failures < FAILURES_MOST) {
        look->failures++;
    }
    look->rest = (uint8_t)((1u << look->failures) - 1);
}

static bool rests(ody_ipc_look *look)
{
    if (look->rest == 0) {
        return false;
    }
    look->rest--;
    return true;
}

ssize_t ody__ipc_look(ody_ipc_look *look, int descriptor, void *data, size_t room)
{
    uint64_t end;

    if (rests(look)) {
        errno = EAGAIN;
        return -1;
    }
    end = ody_clock_us() + ODY_IPC_LOOK_US;
    do {
        ssize_t count = recv(descriptor, data, room, MSG_DONTWAIT);

        if (count >= 0 || errno != EAGAIN) {
            look->failures = 0;
            return count;
        }
        sched_yield();
    } while (ody_clock_us() < end);
    note_failure(look);
    errno = EAGAIN;
    return -1;
}
