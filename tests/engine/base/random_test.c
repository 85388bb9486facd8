/* SPDX-License-Identifier: MIT */
/* Random numbers: bounds, no repetition across blocks, threads and forks. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/random.h"
#include "test.h"

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void check_distinct(uint64_t *numbers, size_t count)
{
    qsort(numbers, count, sizeof(*numbers), compare);
    for (size_t i = 1; i < count; i++) {
        CHECK(numbers[i] != numbers[i - 1]);
    }
}

TEST(random_bits_fit_and_use_every_bit)
{
    for (unsigned bits = 1; bits <= 64; bits++) {
        uint64_t mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
        uint64_t ones = 0, zeros = 0;

        for (int i = 0; i < 200; i++) {
            uint64_t number = ody_random_bits(bits);

            CHECK((number & ~mask) == 0);
            ones |= number;
            zeros |= ~number;
        }
        CHECK(ones == mask);
        CHECK((zeros & mask) == mask);
    }
}

TEST(random_numbers_do_not_repeat_across_blocks)
{
    static uint64_t numbers[5000];

    for (size_t i = 0; i < 5000; i++) {
        numbers[i] = ody_random_bits(64);
    }
    check_distinct(numbers, 5000);
}

TEST(random_fill_of_every_size)
{
    static unsigned char block[20001];
    const size_t sizes[] = {0, 1, 3, 100, 4095, 4096, 4097, 20000};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        bool touched = sizes[i] == 0;

        /* A last byte of 0 in all of 20 tries has a chance of 2^-160. */
        for (int turn = 0; turn < 20; turn++) {
            memset(block, 0, sizeof(block));
            ody_random_fill(block, sizes[i]);
            CHECK_EQUAL(block[sizes[i]], 0);
            touched = touched || block[sizes[i] - 1] != 0;
        }
        CHECK(touched);
    }
}

static void *draw_many(void *context)
{
    uint64_t *numbers = context;

    for (size_t i = 0; i < 1000; i++) {
        numbers[i] = ody_random_bits(64);
    }
    return NULL;
}

TEST(random_threads_draw_different_numbers)
{
    static uint64_t numbers[4000];
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, draw_many, numbers + i * 1000), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    check_distinct(numbers, 4000);
}

TEST(random_forks_draw_different_numbers)
{
    uint64_t numbers[2] = {0, 0};
    int ends[2];
    int status;
    pid_t child;

    (void)ody_random_bits(64);
    CHECK_EQUAL(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        uint64_t number = ody_random_bits(64);

        _exit(write(ends[1], &number, sizeof(number)) != sizeof(number));
    }
    CHECK(child > 0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK_EQUAL(read(ends[0], numbers, sizeof(*numbers)), sizeof(*numbers));
    numbers[1] = ody_random_bits(64);
    check_distinct(numbers, 2);
}
