/* SPDX-License-Identifier: MIT */
/* The two clocks, in milliseconds. Pure rooms never call these: time is passed to them. */
#ifndef ODY_BASE_CLOCK_H
#define ODY_BASE_CLOCK_H

#include <stdint.h>

/** Monotonic ms since some start; never goes back. Any thread. */
uint64_t ody_clock_ms(void);
/** The same clock in µs, for what is measured. Any thread. */
uint64_t ody_clock_us(void);
/** Wall-clock ms since 1970-01-01 UTC. Any thread. */
uint64_t ody_clock_unix_ms(void);

#endif
