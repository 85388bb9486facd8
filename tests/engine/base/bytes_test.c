/* SPDX-License-Identifier: MIT */
/* The growing buffer: contents, growth, and the failure that stays. */
#include "base/bytes.h"
#include "base/memory.h"
#include "sequence.h"
#include "test.h"

TEST(bytes_append_all_kinds)
{
    ody_bytes bytes = {0};

    CHECK_EQUAL(ody_bytes_view(&bytes).length, 0);
    ody_bytes_append(&bytes, "ab\0c", 4);
    ody_bytes_append_view(&bytes, ODY_VIEW("de"));
    ody_bytes_append_view(&bytes, ODY_VIEW_NONE);
    ody_bytes_append_byte(&bytes, '-');
    ody_bytes_append_number(&bytes, 0);
    ody_bytes_append_number(&bytes, UINT64_MAX);
    ody_bytes_append_literal(&bytes, "end");
    CHECK_TEXT(ody_bytes_view(&bytes), "ab\0cde-018446744073709551615end");
    CHECK(!bytes.failed);
    ody_bytes_fini(&bytes);
    CHECK(bytes.data == NULL && bytes.length == 0 && bytes.capacity == 0);
}

TEST(bytes_numbers_in_decimal)
{
    ody_bytes bytes;
    uint64_t number = 1;

    ody_bytes_init(&bytes);
    for (int digits = 1; digits <= 20; digits++, number = number * 10 + (uint64_t)digits % 10) {
        char wanted[24];

        snprintf(wanted, sizeof(wanted), "%" PRIu64, number);
        ody_bytes_clear(&bytes);
        ody_bytes_append_number(&bytes, number);
        CHECK_VIEW(ody_bytes_view(&bytes), ody_view_of(wanted));
    }
    ody_bytes_fini(&bytes);
}

TEST(bytes_grow_like_a_model)
{
    static char model[200000];
    size_t length = 0;
    uint64_t numbers = 1;
    ody_bytes bytes = {0};

    while (length < 150000) {
        size_t size = sequence_below(&numbers, 1000);

        for (size_t i = 0; i < size; i++) {
            model[length + i] = (char)sequence_next(&numbers);
        }
        ody_bytes_append(&bytes, model + length, size);
        length += size;
        CHECK(bytes.capacity >= bytes.length);
    }
    CHECK_VIEW(ody_bytes_view(&bytes), ((ody_view){model, length}));
    ody_bytes_fini(&bytes);
}

TEST(bytes_reserve_makes_appends_free_of_allocations)
{
    ody_bytes bytes = {0};
    size_t capacity;

    CHECK(ody_bytes_reserve(&bytes, 1000));
    capacity = bytes.capacity;
    CHECK(capacity >= 1000);
    ody_memory_fail_at(1);
    for (int i = 0; i < 1000; i++) {
        ody_bytes_append_byte(&bytes, 'x');
    }
    ody_memory_fail_at(0);
    CHECK(!bytes.failed);
    CHECK_EQUAL(bytes.length, 1000);
    CHECK_EQUAL(bytes.capacity, capacity);
    ody_bytes_fini(&bytes);
}

TEST(bytes_failure_stays_until_cleared)
{
    ody_bytes bytes = {0};

    ody_bytes_append_literal(&bytes, "kept");
    ody_memory_fail_at(1);
    CHECK(!ody_bytes_reserve(&bytes, 1000));
    CHECK(bytes.failed);
    ody_bytes_append_literal(&bytes, "lost");
    CHECK(!ody_bytes_reserve(&bytes, 1));
    CHECK_TEXT(ody_bytes_view(&bytes), "kept");
    ody_bytes_clear(&bytes);
    CHECK(!bytes.failed);
    ody_bytes_append_literal(&bytes, "again");
    CHECK_TEXT(ody_bytes_view(&bytes), "again");
    ody_bytes_fini(&bytes);
}

TEST(bytes_every_append_can_fail)
{
    ody_bytes bytes = {0};

    ody_memory_fail_at(1);
    ody_bytes_append(&bytes, "a", 1);
    CHECK(bytes.failed);
    ody_bytes_clear(&bytes);
    ody_memory_fail_at(1);
    ody_bytes_append_view(&bytes, ODY_VIEW("a"));
    CHECK(bytes.failed);
    ody_bytes_clear(&bytes);
    ody_memory_fail_at(1);
    ody_bytes_append_byte(&bytes, 'a');
    CHECK(bytes.failed);
    ody_bytes_clear(&bytes);
    ody_memory_fail_at(1);
    ody_bytes_append_number(&bytes, 1);
    CHECK(bytes.failed);
    CHECK_EQUAL(bytes.length, 0);
    ody_bytes_fini(&bytes);
}

TEST(bytes_a_size_beyond_all_memory_fails)
{
    ody_bytes bytes = {0};

    ody_bytes_append_literal(&bytes, "a");
    CHECK(!ody_bytes_reserve(&bytes, SIZE_MAX));
    CHECK(bytes.failed);
    CHECK_TEXT(ody_bytes_view(&bytes), "a");
    ody_bytes_fini(&bytes);
}
