/* SPDX-License-Identifier: MIT */
/* Networks as configuration writes them. Stateless; any thread. */
#ifndef ODY_NETWORK_H
#define ODY_NETWORK_H

#include "ody/error.h"
#include "ody/options.h"
#include "ody/view.h"

/**
 * Reads "10.0.0.0/8", "192.0.2.1", "2001:db8::/32" or "::1".
 * @return 0, or ODY_EINVALID.
 */
int ody_network_parse(ody_view text, ody_network *out);

#endif
