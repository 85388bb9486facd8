/* SPDX-License-Identifier: MIT */
/* The allocator of the engine: the system's, with a fault that tests can plant per thread. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include "base/memory.h"

#define MMAP_THRESHOLD (128 * 1024)
#define TRIM_THRESHOLD (128 * 1024)

#ifdef ODY_FAULTS
static _Thread_local long allocations_until_fault;

void ody_memory_fail_at(long n)
{
    allocations_until_fault = n;
}

static bool fault_is_due(void)
{
    return allocations_until_fault > 0 && --allocations_until_fault == 0;
}
#else
static bool fault_is_due(void)
{
    return false;
}
#endif

/* NULL has to mean "no memory" and nothing else, so an empty block takes a byte. */
static size_t at_least_one(size_t size)
{
    return size ? size : 1;
}

void *ody_malloc(size_t size)
{
    return fault_is_due() ? NULL : malloc(at_least_one(size));
}

void *ody_calloc(size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total) || fault_is_due()) {
        return NULL;
    }
    return calloc(1, at_least_one(total));
}

void *ody_realloc(void *block, size_t size)
{
    return fault_is_due() ? NULL : realloc(block, at_least_one(size));
}

char *ody_memdup(const char *data, size_t length)
{
    char *copy = length < SIZE_MAX ? ody_malloc(length + 1) : NULL;

    if (!copy) {
        return NULL;
    }
    if (length > 0) {
        memcpy(copy, data, length);
    }
    copy[length] = '\0';
    return copy;
}

void ody_free(void *block)
{
    free(block);
}

void ody_memory_setup(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
    mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
#endif
}

void ody_memory_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
