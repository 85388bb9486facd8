/* SPDX-License-Identifier: MIT */
/*
 * Members of a JSON object, one after the other. The comma before a member is set unless the object
 * has just been begun. Names are written as they are. Without memory `out` is marked as failed, and
 * the rest is in vain. Pure; any thread.
 */
#ifndef ODY_WIRE_OBJECT_H
#define ODY_WIRE_OBJECT_H

#include "base/bytes.h"

/** Appends the name of a member, whose value the caller appends then. */
void ody_object_name(ody_bytes *out, const char *name);
/** Appends a member that is an object, and begins it: its members follow, then a brace. */
void ody_object_begin(ody_bytes *out, const char *name);
void ody_object_number(ody_bytes *out, const char *name, uint64_t number);
/** @param text UTF-8; escaped as it is written. */
void ody_object_text(ody_bytes *out, const char *name, ody_view text);
/** The same, but null for what is empty. */
void ody_object_text_or_null(ody_bytes *out, const char *name, ody_view text);
void ody_object_truth(ody_bytes *out, const char *name, bool truth);

#endif
