/* SPDX-License-Identifier: MIT */
/*
 * The hash map: open addressing with linear probing. Removing moves later entries of the same run
 * back instead of leaving a mark, so a map that lives long does not become slow.
 */
#include "ody/error.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/siphash.h"

#define FIRST_CAPACITY 4

struct ody_map_entry {
    uint64_t hash; /* 0: the place is empty */
    ody_view key;
    void *value;
};

static uint64_t hash_key[2];
static bool hash_is_seeded;

void ody_hash_seed(void)
{
    if (!hash_is_seeded) {
        ody_random_fill(hash_key, sizeof(hash_key));
        hash_is_seeded = true;
    }
}

uint64_t ody_hash(ody_view key)
{
    return ody__siphash(hash_key, key);
}

/* The hash of an entry: never 0, which marks an empty place. */
static uint64_t entry_hash(ody_view key)
{
    uint64_t hash = ody_hash(key);

    return hash ? hash : 1;
}

void ody_map_init(ody_map *map)
{
    *map = (ody_map){0};
}

void ody_map_fini(ody_map *map)
{
    ody_free(map->entries);
    ody_map_init(map);
}

/* Returns the place of key, or the empty place where it belongs. There always is an empty one. */
static ody_map_entry *find(const ody_map *map, uint64_t hash, ody_view key)
{
    size_t mask = map->capacity - 1;
    size_t place = hash & mask;

    for (;; place = (place + 1) & mask) {
        ody_map_entry *entry = &map->entries[place];

        if (entry->hash == 0 || (entry->hash == hash && ody_view_equal(entry->key, key))) {
            return entry;
        }
    }
}

void *ody_map_get(const ody_map *map, ody_view key)
{
    return map->count > 0 ? find(map, entry_hash(key), key)->value : NULL;
}

/* Moves all entries into a table of another size. Without memory the map stays as it is. */
static int resize(ody_map *map, size_t capacity)
{
    ody_map_entry *old = map->entries;
    ody_map_entry *entries = ody_calloc(capacity, sizeof(*entries));
    size_t mask = capacity - 1;

    if (!entries) {
        return ODY_EMEMORY;
    }
    for (size_t i = 0; i < map->capacity; i++) {
        size_t place = old[i].hash & mask;

        if (old[i].hash == 0) {
            continue;
        }
        while (entries[place].hash != 0) {
            place = (place + 1) & mask;
        }
        entries[place] = old[i];
    }
    map->entries = entries;
    map->capacity = capacity;
    ody_free(old);
    return 0;
}

/* Makes sure that one more entry leaves a quarter of the places empty. */
static int make_room(ody_map *map)
{
    if (map->count + 1 <= map->capacity / 4 * 3) {
        return 0;
    }
    return resize(map, map->capacity ? map->capacity * 2 : FIRST_CAPACITY);
}

int ody_map_put(ody_map *map, ody_view key, void *value)
{
    uint64_t hash = entry_hash(key);
    ody_map_entry *entry = map->capacity ? find(map, hash, key) : NULL;

    if (!value) {
        return ODY_EINVALID;
    }
    if (!entry || entry->hash == 0) {
        int result = make_room(map);

        if (result != 0) {
            return result;
        }
        entry = find(map, hash, key);
        map->count++;
    }
    *entry = (ody_map_entry){hash, key, value};
    return 0;
}

/* Empties a place and moves back the entries behind it that would not be found any more. */
static void close_gap(ody_map *map, size_t gap)
{
    size_t mask = map->capacity - 1;

    for (size_t place = (gap + 1) & mask; map->entries[place].hash != 0;
         place = (place + 1) & mask) {
        size_t home = map->entries[place].hash & mask;

        if (((place - home) & mask) >= ((place - gap) & mask)) {
            map->entries[gap] = map->entries[place];
            gap = place;
        }
    }
    map->entries[gap] = (ody_map_entry){0};
}

static void shrink(ody_map *map)
{
    if (map->count == 0) {
        ody_map_fini(map);
    } else if (map->capacity > FIRST_CAPACITY && map->count < map->capacity / 8) {
        /* Without memory for the smaller table the large one stays, which is correct too. */
        (void)resize(map, map->capacity / 2);
    }
}

void *ody_map_remove(ody_map *map, ody_view key)
{
    ody_map_entry *entry;
    void *value;

    if (map->count == 0) {
        return NULL;
    }
    entry = find(map, entry_hash(key), key);
    if (entry->hash == 0) {
        return NULL;
    }
    value = entry->value;
    close_gap(map, (size_t)(entry - map->entries));
    map->count--;
    shrink(map);
    return value;
}

void *ody_map_next(const ody_map *map, size_t *cursor, ody_view *key)
{
    while (*cursor < map->capacity) {
        const ody_map_entry *entry = &map->entries[(*cursor)++];

        if (entry->hash != 0) {
            if (key) {
                *key = entry->key;
            }
            return entry->value;
        }
    }
    return NULL;
}
