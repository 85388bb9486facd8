/* SPDX-License-Identifier: MIT */
/*
 * The place of an entry in a list of the inspector as text, so that whoever has a page can ask for
 * the next one: its weight, a colon, and its id or, where there are no ids, its name. Pure.
 */
#ifndef ODY_HTTP_PLACE_H
#define ODY_HTTP_PLACE_H

#include "base/bytes.h"
#include "hub/browse.h"

/** Appends the place of entry. */
void ody_place_write(ody_bytes *out, const ody_browse_entry *entry);
/**
 * Reads what that has written.
 * @param ids whether the list has ids.
 * @param place gets weight, and id or a name that borrows from text.
 * @return false: it is no place in such a list.
 */
bool ody_place_read(ody_view text, bool ids, ody_browse_entry *place);

#endif
