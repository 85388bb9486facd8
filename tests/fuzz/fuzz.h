/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share. A target is one file <name>_fuzz.c, its seeds are corpus/<name>/. */
#ifndef ODY_FUZZ_H
#define ODY_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "ody/view.h"

/** Ends the process where something is not so that must be so for every input. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s is false\n", __FILE__, __LINE__, #condition);               \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/** One input. libFuzzer and replay_main.c call it. @return 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Takes the bytes up to the next separator, or all the rest, off the front of input. */
static inline ody_view fuzz_take(ody_view *input, char separator)
{
    const char *end = input->length > 0 ? memchr(input->data, separator, input->length) : NULL;
    ody_view part = {input->data, end ? (size_t)(end - input->data) : input->length};
    size_t taken = end ? part.length + 1 : part.length;

    *input = (ody_view){input->data + taken, input->length - taken};
    return part;
}

#endif
