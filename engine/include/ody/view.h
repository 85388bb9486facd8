/* SPDX-License-Identifier: MIT */
/* A borrowed run of bytes. The one string type that crosses room borders. Any thread. */
#ifndef ODY_VIEW_H
#define ODY_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** Borrowed bytes: not NUL-terminated, may contain NUL. `data` may be NULL only if length is 0. */
typedef struct ody_view {
    const char *data;
    size_t length;
} ody_view;

/** The view of a string literal. */
#define ODY_VIEW(literal) ((ody_view){(literal), sizeof(literal) - 1})

/** The empty view whose data is NULL: "absent" where a parameter is optional. */
#define ODY_VIEW_NONE ((ody_view){NULL, 0})

/** The view of a NUL-terminated string; NULL gives ODY_VIEW_NONE. */
static inline ody_view ody_view_of(const char *text)
{
    return (ody_view){text, text ? strlen(text) : 0};
}

/** Whether both hold the same bytes. Not for secrets: see ody_secret_equal. */
static inline bool ody_view_equal(ody_view a, ody_view b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/** Whether view begins with all bytes of prefix. */
static inline bool ody_view_starts(ody_view view, ody_view prefix)
{
    return view.length >= prefix.length &&
           (prefix.length == 0 || memcmp(view.data, prefix.data, prefix.length) == 0);
}

#endif
