/* SPDX-License-Identifier: MIT */
/* How busy the process is. */
#ifndef ODY_TEST_NET_PROCESSOR_H
#define ODY_TEST_NET_PROCESSOR_H

#include <time.h>

/** Milliseconds of processor time that this process uses in the next `wait` ms, in which the
 *  calling thread sleeps. */
static inline long processor_ms(long wait)
{
    struct timespec before;
    struct timespec after;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    nanosleep(&(struct timespec){wait / 1000, wait % 1000 * 1000000}, NULL);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    return (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
}

#endif
