/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: the pages that are part of the program. They are constant; any thread may
 * read them.
 */
#ifndef ODY_HTTP_PAGES_H
#define ODY_HTTP_PAGES_H

#include "ody/view.h"

typedef struct ody_page {
    const char *tag;    /* ETag with its quotes: other bytes have another one */
    const char *policy; /* Content-Security-Policy */
    ody_view text;      /* HTML in UTF-8 */
} ody_page;

extern const ody_page ody__page_test;
extern const ody_page ody__page_inspector;

#endif
