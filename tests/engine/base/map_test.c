/* SPDX-License-Identifier: MIT */
/* The hash map against a simple model, with colliding keys and without memory. */
#include <stdlib.h>
#include "base/map.h"
#include "base/memory.h"
#include "ody/error.h"
#include "sequence.h"
#include "test.h"

typedef struct item {
    char text[24];
    ody_view key;
} item;

static void name_item(item *named, unsigned number)
{
    int length = snprintf(named->text, sizeof(named->text), "key-%u", number);

    named->key = (ody_view){named->text, (size_t)length};
}

TEST(map_starts_empty_and_ends_empty)
{
    ody_map map;
    size_t cursor = 0;

    ody_map_init(&map);
    CHECK(ody_map_get(&map, ODY_VIEW("a")) == NULL);
    CHECK(ody_map_remove(&map, ODY_VIEW("a")) == NULL);
    CHECK(ody_map_next(&map, &cursor, NULL) == NULL);
    CHECK_EQUAL(ody_map_put(&map, ODY_VIEW("a"), &map), 0);
    CHECK(ody_map_remove(&map, ODY_VIEW("b")) == NULL);
    CHECK(ody_map_remove(&map, ODY_VIEW("a")) == &map);
    CHECK_EQUAL(map.count, 0);
    CHECK_EQUAL(map.capacity, 0);
    ody_map_fini(&map);
}

TEST(map_tells_keys_apart_by_every_byte)
{
    ody_view keys[] = {ODY_VIEW(""),     ODY_VIEW("a"),  ODY_VIEW("a\0"),
                       ODY_VIEW("a\0b"), ODY_VIEW("\0"), ODY_VIEW("b")};
    ody_map map = {0};

    for (size_t i = 0; i < 6; i++) {
        CHECK_EQUAL(ody_map_put(&map, keys[i], &keys[i]), 0);
    }
    CHECK_EQUAL(map.count, 6);
    for (size_t i = 0; i < 6; i++) {
        CHECK(ody_map_get(&map, keys[i]) == &keys[i]);
    }
    CHECK(ody_map_get(&map, ODY_VIEW_NONE) == &keys[0]);
    ody_map_fini(&map);
}

TEST(map_replaces_the_value_and_the_key)
{
    ody_map map = {0};
    item old, new;
    size_t cursor = 0;
    ody_view key;

    name_item(&old, 1);
    name_item(&new, 1);
    CHECK_EQUAL(ody_map_put(&map, old.key, &old), 0);
    CHECK_EQUAL(ody_map_put(&map, new.key, &new), 0);
    CHECK_EQUAL(map.count, 1);
    CHECK(ody_map_next(&map, &cursor, &key) == &new);
    CHECK(key.data == new.text);
    CHECK(ody_map_next(&map, &cursor, &key) == NULL);
    ody_map_fini(&map);
}

TEST(map_refuses_a_value_that_means_absent)
{
    ody_map map = {0};

    CHECK_EQUAL(ody_map_put(&map, ODY_VIEW("a"), NULL), ODY_EINVALID);
    CHECK_EQUAL(map.count, 0);
    ody_map_fini(&map);
}

/* Walks the map and checks that every item of the model comes exactly once. */
static void check_walk(const ody_map *map, item *items, const bool *present, size_t count)
{
    static bool seen[4096];
    size_t cursor = 0, walked = 0;
    ody_view key;
    item *value;

    memset(seen, 0, sizeof(seen));
    while ((value = ody_map_next(map, &cursor, &key))) {
        size_t number = (size_t)(value - items);

        CHECK(number < count && present[number] && !seen[number]);
        CHECK_VIEW(key, value->key);
        seen[number] = true;
        walked++;
    }
    CHECK_EQUAL(walked, map->count);
}

static void check_shape(const ody_map *map, size_t count)
{
    CHECK_EQUAL(map->count, count);
    CHECK((map->capacity & (map->capacity - 1)) == 0 || map->capacity == 0);
    CHECK(map->count <= map->capacity / 4 * 3);
}

TEST(map_follows_a_model_through_random_operations)
{
    enum { ITEMS = 4096 };
    static item items[ITEMS];
    static bool present[ITEMS];
    size_t count = 0;
    uint64_t numbers = 42;
    ody_map map = {0};

    ody_hash_seed();
    for (unsigned i = 0; i < ITEMS; i++) {
        name_item(&items[i], i);
    }
    for (int step = 0; step < 200000; step++) {
        size_t number = sequence_below(&numbers, ITEMS);
        /* Long waves of mostly adding and mostly removing, so that the table grows and shrinks. */
        bool adding = sequence_below(&numbers, 100) < (step / 20000 % 2 ? 10u : 90u);

        CHECK(ody_map_get(&map, items[number].key) == (present[number] ? &items[number] : NULL));
        if (adding) {
            CHECK_EQUAL(ody_map_put(&map, items[number].key, &items[number]), 0);
            count += !present[number];
        } else {
            CHECK(ody_map_remove(&map, items[number].key) ==
                  (present[number] ? &items[number] : NULL));
            count -= present[number];
        }
        present[number] = adding;
        check_shape(&map, count);
        if (step % 10000 == 0) {
            check_walk(&map, items, present, ITEMS);
        }
    }
    check_walk(&map, items, present, ITEMS);
    ody_map_fini(&map);
}

/* Finds keys whose hashes have the same low bits: all begin at one place of a small table. */
static size_t find_colliding(item *items, size_t wanted)
{
    size_t found = 0;

    for (unsigned number = 0; found < wanted; number++) {
        name_item(&items[found], number);
        /* The last place, so that their run wraps round the end of the table. */
        found += (ody_hash(items[found].key) & 255) == 255;
    }
    return found;
}

TEST(map_keeps_colliding_keys_apart)
{
    enum { ITEMS = 40 };
    static item items[ITEMS];
    uint64_t numbers = 7;

    ody_hash_seed();
    find_colliding(items, ITEMS);
    for (int turn = 0; turn < 200; turn++) {
        ody_map map = {0};
        bool present[ITEMS] = {0};

        for (int step = 0; step < 300; step++) {
            size_t number = sequence_below(&numbers, ITEMS);

            if (present[number]) {
                CHECK(ody_map_remove(&map, items[number].key) == &items[number]);
            } else {
                CHECK_EQUAL(ody_map_put(&map, items[number].key, &items[number]), 0);
            }
            present[number] = !present[number];
            for (size_t i = 0; i < ITEMS; i++) {
                CHECK(ody_map_get(&map, items[i].key) == (present[i] ? &items[i] : NULL));
            }
        }
        ody_map_fini(&map);
    }
}

TEST(map_gives_memory_back)
{
    enum { ITEMS = 3000 };
    static item items[ITEMS];
    ody_map map = {0};
    size_t largest;

    for (unsigned i = 0; i < ITEMS; i++) {
        name_item(&items[i], i);
        CHECK_EQUAL(ody_map_put(&map, items[i].key, &items[i]), 0);
    }
    largest = map.capacity;
    CHECK_EQUAL(largest, 4096);
    for (unsigned i = 0; i < ITEMS - 10; i++) {
        CHECK(ody_map_remove(&map, items[i].key) == &items[i]);
    }
    CHECK(map.capacity <= 128);
    for (unsigned i = ITEMS - 10; i < ITEMS; i++) {
        CHECK(ody_map_get(&map, items[i].key) == &items[i]);
    }
    ody_map_fini(&map);
}

TEST(map_is_unchanged_when_it_cannot_grow)
{
    static item items[100];
    ody_map map = {0};
    size_t refused = 0;

    for (unsigned i = 0; i < 100; i++) {
        size_t capacity = map.capacity;
        int result;

        name_item(&items[i], i);
        ody_memory_fail_at(1);
        result = ody_map_put(&map, items[i].key, &items[i]);
        ody_memory_fail_at(0);
        if (result != 0) {
            CHECK_EQUAL(result, ODY_EMEMORY);
            CHECK_EQUAL(map.count, i);
            CHECK_EQUAL(map.capacity, capacity);
            CHECK(ody_map_get(&map, items[i].key) == NULL);
            refused++;
            CHECK_EQUAL(ody_map_put(&map, items[i].key, &items[i]), 0);
        }
        for (unsigned k = 0; k <= i; k++) {
            CHECK(ody_map_get(&map, items[k].key) == &items[k]);
        }
    }
    CHECK_EQUAL(refused, 7); /* 4, 8, 16, 32, 64, 128 and 256 places */
    ody_map_fini(&map);
}

TEST(map_removes_without_memory_to_shrink)
{
    static item items[500];
    ody_map map = {0};
    size_t capacity;

    for (unsigned i = 0; i < 500; i++) {
        name_item(&items[i], i);
        CHECK_EQUAL(ody_map_put(&map, items[i].key, &items[i]), 0);
    }
    capacity = map.capacity;
    for (unsigned i = 0; i < 499; i++) {
        ody_memory_fail_at(1);
        CHECK(ody_map_remove(&map, items[i].key) == &items[i]);
        ody_memory_fail_at(0);
    }
    CHECK_EQUAL(map.capacity, capacity);
    CHECK(ody_map_get(&map, items[499].key) == &items[499]);
    ody_map_fini(&map);
}
