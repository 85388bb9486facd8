/* SPDX-License-Identifier: MIT */
/* Unpredictable numbers from the kernel, drawn in blocks of 4 KiB per thread. */
#ifndef ODY_BASE_RANDOM_H
#define ODY_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** Fills out; ends the process if the kernel refuses, because ids would be guessable. Any thread.
 */
void ody_random_fill(void *out, size_t length);
/** A number from 0 to 2^bits - 1. @param bits 1 to 64. */
uint64_t ody_random_bits(unsigned bits);

#endif
