/* SPDX-License-Identifier: MIT */
/* The allocator, and the faults that tests of other rooms plant in it. */
#include <malloc.h>
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

/* The sanitizers bring an allocator of their own, which the calls below do not reach. */
#ifdef __has_feature
#define OWN_ALLOCATOR (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_ALLOCATOR 1
#else
#define OWN_ALLOCATOR 0
#endif

#if defined(__GLIBC__) && !OWN_ALLOCATOR
static long resident_pages(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long total, resident;

    CHECK(file != NULL);
    CHECK_EQUAL(fscanf(file, "%ld %ld", &total, &resident), 2);
    fclose(file);
    return resident;
}

TEST(memory_trim_gives_freed_memory_back)
{
    enum { BLOCKS = 20000, SIZE = 1000 };
    static char *blocks[BLOCKS];
    long before;

    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = ody_malloc(SIZE);
        CHECK(blocks[i] != NULL);
        memset(blocks[i], 'x', SIZE);
    }
    /* The last block stays, so that the heap cannot simply end earlier. */
    for (size_t i = 0; i + 1 < BLOCKS; i++) {
        ody_free(blocks[i]);
    }
    before = resident_pages();
    ody_memory_trim();
    CHECK(before - resident_pages() > (long)BLOCKS * SIZE / 4096 / 2);
    ody_free(blocks[BLOCKS - 1]);
}

TEST(memory_setup_maps_large_blocks_after_one_was_freed)
{
    enum { SIZE = 1 << 20 };
    size_t before;
    void *block;

    ody_memory_setup();
    ody_free(ody_malloc(SIZE));
    before = mallinfo2().hblks;
    block = ody_malloc(SIZE);
    CHECK(block != NULL);
    CHECK_EQUAL(mallinfo2().hblks, before + 1);
    ody_free(block);
}
#endif
