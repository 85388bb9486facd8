/* SPDX-License-Identifier: MIT */
/*
 * The engine's only allocator calls. A failed allocation is returned on network paths (NULL), so
 * that one client's request fails and not the server. Any thread.
 */
#ifndef ODY_BASE_MEMORY_H
#define ODY_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/** @return size bytes owned by the caller, or NULL. */
void *ody_malloc(size_t size) __attribute__((warn_unused_result, malloc));
/** @return count × size zeroed bytes, or NULL (also when the product overflows). */
void *ody_calloc(size_t count, size_t size) __attribute__((warn_unused_result, malloc));
/** @return the moved block, or NULL; then the old block is still the caller's. */
void *ody_realloc(void *block, size_t size) __attribute__((warn_unused_result));
/** @return a NUL-terminated copy of length bytes, or NULL. */
char *ody_memdup(const char *data, size_t length) __attribute__((warn_unused_result));
/** Frees a block of this room; NULL is fine. */
void ody_free(void *block);
/** Keeps the allocator from holding on to more the larger the blocks were that it has seen. Once,
 * in the process of the engine, before the first thread. */
void ody_memory_setup(void);
/** Gives freed memory back to the system; called when quiet after a drop in load. */
void ody_memory_trim(void);
/** Bytes of this process that are in memory; 0 where /proc is not mounted. Any thread. */
uint64_t ody_memory_resident(void);
/** Bytes that it could have: those of the machine, or of its control group if they are fewer. */
uint64_t ody_memory_available(void);

#ifdef ODY_FAULTS
/** Tests: the n-th allocation from now on in this thread fails, once; 0 switches that off. */
void ody_memory_fail_at(long n);
#endif

#endif
