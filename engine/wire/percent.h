/* SPDX-License-Identifier: MIT */
/* Percent-encoding (RFC 3986, section 2.1). Stateless; any thread. */
#ifndef ODY_WIRE_PERCENT_H
#define ODY_WIRE_PERCENT_H

#include "ody/view.h"

/**
 * Decodes %XX; a '%' that no two hex digits follow stands for itself.
 * @param plus a '+' is a space, as in queries and forms.
 * @param out text.length bytes; may be where text is.
 * @return how many of them it used.
 */
size_t ody_percent_decode(ody_view text, bool plus, char *out);

#endif
