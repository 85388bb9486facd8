/* SPDX-License-Identifier: MIT */
/*
 * A preload library for sanitizer runs: PHP opens extensions with RTLD_DEEPBIND, which
 * AddressSanitizer refuses. This takes the flag away. It must be preloaded before the sanitizer.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

__attribute__((visibility("default"))) void *dlopen(const char *file, int mode)
{
    static void *(*next)(const char *, int);

    if (!next) {
        next = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    }
    return next(file, mode & ~RTLD_DEEPBIND);
}
