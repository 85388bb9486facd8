/* SPDX-License-Identifier: MIT */
/* UTF-8 validity (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF). Any thread.
 */
#ifndef ODY_BASE_UTF8_H
#define ODY_BASE_UTF8_H

#include "ody/view.h"

/** Whether all bytes are valid UTF-8. Fast on ASCII: it is on the path of every published event. */
bool ody_utf8_valid(ody_view text);

/**
 * For base/ itself: the size of the character that text begins with.
 * @return 1 to 4; 0 when there is none, it is invalid, or it is longer than length bytes.
 */
size_t ody__utf8_character(const char *text, size_t length);

/**
 * For base/ itself: the length of text without a last character that was cut in the middle.
 * @return length, or up to three bytes less.
 */
size_t ody__utf8_trim(const char *text, size_t length);

#endif
