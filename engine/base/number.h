/* SPDX-License-Identifier: MIT */
/* Numbers that come as text from outside. Pure; any thread. */
#ifndef ODY_BASE_NUMBER_H
#define ODY_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>
#include "ody/view.h"

/**
 * Reads a whole number: decimal digits and nothing else. Leading zeros are no matter.
 * @param most what it may be at most, up to UINT64_MAX / 16.
 * @param number gets it; what it gets when this is none is not told.
 * @return whether text is such a number.
 */
bool ody_number_parse(ody_view text, uint64_t most, uint64_t *number);

#endif
