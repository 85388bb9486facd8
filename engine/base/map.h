/* SPDX-License-Identifier: MIT */
/*
 * A hash map from bytes to pointers. Keys come from outside, so hashing is keyed (SipHash-1-3) with
 * a seed from the system. Keys are borrowed: they live in the value or longer. One owner, one
 * thread.
 */
#ifndef ODY_BASE_MAP_H
#define ODY_BASE_MAP_H

#include <stdint.h>
#include "ody/view.h"

typedef struct ody_map_entry ody_map_entry;

typedef struct ody_map {
    ody_map_entry *entries;
    size_t capacity; /* 0 or a power of two */
    size_t count;
} ody_map;

/**
 * The keyed hash of this process: the same in all its threads, different in every process. Until
 * ody_hash_seed has run its key is fixed, which only tests may rely on. Any thread.
 */
uint64_t ody_hash(ody_view key);

/** Draws the process's hash key. Call once, before the first thread; a second call does nothing. */
void ody_hash_seed(void);

/** Makes an empty map without memory; a zeroed struct is the same. */
void ody_map_init(ody_map *map);
/** Frees the table; keys and values belong to the caller. */
void ody_map_fini(ody_map *map);
/** Looks key up. @return the value, or NULL when there is none. */
void *ody_map_get(const ody_map *map, ody_view key);
/**
 * Adds or replaces, the stored key included.
 * @param key borrowed until the entry is removed or replaced.
 * @param value borrowed, not NULL.
 * @return 0, or ODY_EMEMORY with the map unchanged (ODY_EINVALID for a NULL value).
 */
int ody_map_put(ody_map *map, ody_view key, void *value) __attribute__((warn_unused_result));
/** Takes an entry out. @return its value, or NULL. Never fails, may shrink or free the table. */
void *ody_map_remove(ody_map *map, ody_view key);
/**
 * Walks the map in no order. Start with *cursor = 0. Do not change the map between calls.
 * @param key may be NULL.
 * @return the next value, or NULL at the end.
 */
void *ody_map_next(const ody_map *map, size_t *cursor, ody_view *key);

#endif
