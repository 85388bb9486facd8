/* SPDX-License-Identifier: MIT */
/* SipHash-1-3, the keyed hash of the map. Shared inside of base/ only. Stateless; any thread. */
#ifndef ODY_BASE_SIPHASH_H
#define ODY_BASE_SIPHASH_H

#include <stdint.h>
#include "ody/view.h"

/**
 * Hashes bytes with a 128-bit key.
 * @param key the two little-endian halves of the key.
 * @return the same number on every machine for the same input.
 */
uint64_t ody__siphash(const uint64_t key[2], ody_view bytes);

#endif
