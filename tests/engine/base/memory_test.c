/* SPDX-License-Identifier: MIT */
/* The allocator, and the faults that tests of other rooms plant in it. */
#include <pthread.h>
#include <stdint.h>
#include "base/memory.h"
#include "test.h"

TEST(memory_empty_blocks_are_blocks)
{
    void *blocks[] = {ody_malloc(0), ody_calloc(0, 8), ody_calloc(8, 0), ody_realloc(NULL, 0)};

    for (size_t i = 0; i < 4; i++) {
        CHECK(blocks[i] != NULL);
        ody_free(blocks[i]);
    }
    ody_free(NULL);
}

TEST(memory_calloc_zeroes_and_refuses_an_overflow)
{
    unsigned char *block = ody_calloc(7, 9);
    size_t huge = SIZE_MAX / 2;

    CHECK(block != NULL);
    for (size_t i = 0; i < 63; i++) {
        CHECK_EQUAL(block[i], 0);
    }
    ody_free(block);
    CHECK(ody_calloc(huge, 3) == NULL);
}

TEST(memory_realloc_keeps_the_contents)
{
    char *block = ody_memdup("abc", 3);
    char *moved;

    CHECK(block != NULL);
    moved = ody_realloc(block, 100000);
    CHECK(moved != NULL);
    CHECK_TEXT(ody_view_of(moved), "abc");
    ody_free(moved);
}

TEST(memory_memdup_copies_and_ends_with_nul)
{
    char *copy = ody_memdup("a\0b", 3);
    char *empty = ody_memdup(NULL, 0);

    CHECK(copy && empty);
    CHECK_EQUAL(copy[3], 0);
    CHECK_TEXT(((ody_view){copy, 3}), "a\0b");
    CHECK_EQUAL(empty[0], 0);
    CHECK(ody_memdup("x", SIZE_MAX) == NULL);
    ody_free(copy);
    ody_free(empty);
}

TEST(memory_every_function_can_fail)
{
    void *block = ody_malloc(8);

    ody_memory_fail_at(1);
    CHECK(ody_malloc(1) == NULL);
    ody_memory_fail_at(1);
    CHECK(ody_calloc(1, 1) == NULL);
    ody_memory_fail_at(1);
    CHECK(ody_memdup("a", 1) == NULL);
    ody_memory_fail_at(1);
    CHECK(ody_realloc(block, 16) == NULL);
    ody_free(block);
}

TEST(memory_only_the_chosen_allocation_fails)
{
    ody_memory_fail_at(3);
    for (int i = 1; i <= 6; i++) {
        void *block = ody_malloc(8);

        CHECK_EQUAL(block == NULL, i == 3);
        ody_free(block);
    }
    ody_memory_fail_at(1);
    ody_memory_fail_at(0);
    void *block = ody_malloc(8);
    CHECK(block != NULL);
    ody_free(block);
}

static void *allocate_elsewhere(void *context)
{
    void *block = ody_malloc(8);

    (void)context;
    CHECK(block != NULL);
    ody_free(block);
    return NULL;
}

TEST(memory_faults_stay_in_their_thread)
{
    pthread_t thread;

    ody_memory_fail_at(1);
    CHECK_EQUAL(pthread_create(&thread, NULL, allocate_elsewhere, NULL), 0);
    pthread_join(thread, NULL);
    CHECK(ody_malloc(8) == NULL);
}

TEST(memory_trim_keeps_what_is_in_use)
{
    char *block = ody_memdup("kept", 4);

    CHECK(block != NULL);
    ody_memory_trim();
    CHECK_TEXT(ody_view_of(block), "kept");
    ody_free(block);
}
