/* SPDX-License-Identifier: MIT */
/* Repeatable numbers for tests: the same start gives the same run, on every machine. */
#ifndef ODY_TEST_SEQUENCE_H
#define ODY_TEST_SEQUENCE_H

#include <stdint.h>

/** The next number of a sequence (splitmix64). @param state any number at first. */
static inline uint64_t sequence_next(uint64_t *state)
{
    uint64_t number = *state += UINT64_C(0x9e3779b97f4a7c15);

    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

/** The next number of a sequence, from 0 to bound - 1. */
static inline uint64_t sequence_below(uint64_t *state, uint64_t bound)
{
    return sequence_next(state) % bound;
}

#endif
