/* SPDX-License-Identifier: MIT */
/* JSON string escaping, shared by the encoders of this room. No state; the buffer's thread. */
#ifndef ODY_WIRE_ESCAPE_H
#define ODY_WIRE_ESCAPE_H

#include "base/bytes.h"

/** Appends text as it stands inside a JSON string: no quotes around it. Valid UTF-8. */
void ody__escape(ody_bytes *out, ody_view text);

/** The same for a string inside JSON that itself stands inside a JSON string. */
void ody__escape_twice(ody_bytes *out, ody_view text);

#endif
