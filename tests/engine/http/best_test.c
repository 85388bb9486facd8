/* SPDX-License-Identifier: MIT */
/* The first of an order, whatever order they are offered in. */
#include "http/best.h"
#include "base/memory.h"
#include "ody/error.h"
#include "test.h"

static void offer(ody_best *best, uint32_t weight, const char *name)
{
    const ody_browse_entry entry = {.weight = weight, .name = ody_view_of(name)};

    CHECK_EQUAL(ody_best_offer(best, &entry), 0);
}

static void check(const ody_best *best, const char *wanted)
{
    char text[256] = "";

    for (size_t index = 0; index < best->count; index++) {
        const ody_browse_entry *entry = best->entries[index];

        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%u%.*s ", entry->weight,
                 (int)entry->name.length, entry->name.data);
    }
    CHECK_VIEW(ody_view_of(text), ody_view_of(wanted));
}

TEST(the_heaviest_come_first_and_then_by_name)
{
    ody_best best = {.limit = 5};

    CHECK_EQUAL(ody_best_least(&best), 0);
    offer(&best, 1, "b");
    offer(&best, 3, "z");
    offer(&best, 1, "ab");
    offer(&best, 1, "a");
    offer(&best, 2, "m");
    check(&best, "3z 2m 1a 1ab 1b ");
    CHECK(!best.more);
    CHECK_EQUAL(ody_best_least(&best), 0);
    offer(&best, 2, "c");
    check(&best, "3z 2c 2m 1a 1ab ");
    offer(&best, 0, "a");
    CHECK(best.more);
    CHECK_EQUAL(ody_best_least(&best), 1);
    ody_best_fini(&best);
}

TEST(what_is_offered_twice_is_there_once)
{
    ody_best best = {.limit = 3};

    for (int round = 0; round < 3; round++) {
        offer(&best, 1, "a");
        offer(&best, 1, "b");
    }
    check(&best, "1a 1b ");
    ody_best_fini(&best);
}

TEST(a_list_goes_on_behind_its_last_entry)
{
    static const char *const names[] = {"g", "c", "a", "f", "b", "e", "d"};
    ody_best best = {.limit = 3};

    for (size_t index = 0; index < 7; index++) {
        offer(&best, index == 3 ? 9 : 1, names[index]);
    }
    check(&best, "9f 1a 1b ");
    ody_best_fini(&best);
    best = (ody_best){.limit = 3, .continued = true, .after = {.weight = 1, .name = ODY_VIEW("b")}};
    for (size_t index = 0; index < 7; index++) {
        offer(&best, index == 3 ? 9 : 1, names[index]);
    }
    check(&best, "1c 1d 1e ");
    CHECK(best.more);
    ody_best_fini(&best);
}

TEST(connections_of_the_same_weight_come_by_id)
{
    ody_best best = {.limit = 2};

    for (uint64_t first = 5; first > 0; first--) {
        const ody_browse_entry entry = {.id = {first * 64, 7}, .name = ODY_VIEW("same")};

        CHECK_EQUAL(ody_best_offer(&best, &entry), 0);
    }
    CHECK_EQUAL(best.entries[0]->id.first, 64);
    CHECK_EQUAL(best.entries[1]->id.first, 128);
    ody_best_fini(&best);
}

TEST(entries_are_copied_with_their_texts)
{
    char text[] = "name{\"n\":1}";
    ody_best best = {.limit = 1};
    const ody_browse_entry entry = {.name = {text, 4}, .info = {text + 4, 7}};

    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_best_offer(&best, &entry), ODY_EMEMORY);
    ody_memory_fail_at(0);
    CHECK_EQUAL(ody_best_offer(&best, &entry), 0);
    memset(text, 0, sizeof(text));
    CHECK_TEXT(best.entries[0]->name, "name");
    CHECK_TEXT(best.entries[0]->info, "{\"n\":1}");
    ody_best_fini(&best);
}
