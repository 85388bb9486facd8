/* SPDX-License-Identifier: MIT */
/* What a running engine may take over of a new configuration. Pure; any thread. */
#ifndef ODY_RELOAD_H
#define ODY_RELOAD_H

#include "ody/error.h"
#include "ody/options.h"

/** Room for the keys that ody_reload_merge names. */
#define ODY_RELOAD_KEYS_SIZE 256

/**
 * Makes the options to go on with: the wanted ones, but what needs a new engine as it is.
 * @param out of base/options.h: one reference, which is the caller's.
 * @param kept the keys that were to change and need a new engine, with commas; empty when there are
 *        none.
 * @return 0; ODY_ECONFIGURATION when TLS was to be turned on or off; ODY_EMEMORY.
 */
int ody_reload_merge(const ody_options *current, const ody_options *wanted, const ody_options **out,
                     char kept[ODY_RELOAD_KEYS_SIZE], ody_error *error);

#endif
