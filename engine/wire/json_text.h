/* SPDX-License-Identifier: MIT */
/*
 * Work on JSON as text, before and after a parser has judged it: the parser recurses and keeps no
 * positions. Nothing here recurses or allocates. Any thread.
 */
#ifndef ODY_WIRE_JSON_TEXT_H
#define ODY_WIRE_JSON_TEXT_H

#include <stdint.h>
#include "ody/view.h"

/** Whether arrays and objects nest at most max deep. Also for text that is not JSON: then it counts
 *  at least as much as a parser opens before it finds the error. */
bool ody__json_depth_within(ody_view text, uint32_t max);

/** The value of the member at index (from 0, in the order of the text), with the white space around
 *  it. @param object the text of a valid JSON object. @return ODY_VIEW_NONE past the last one. */
ody_view ody__json_member(ody_view object, size_t index);

/** Copies valid JSON without the white space between its parts; strings and numbers stay as they
 * are spelled. @param out json.length bytes. @return how many of them it used. */
size_t ody__json_compact(ody_view json, char *out);

#endif
