/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a list of the inspector: a byte that says whether it has ids, one for the length of
 * its pages, then places, each ended by a line feed. A place comes through its text as it was, and
 * all pages together hold every entry once, in one order.
 */
#include "fuzz.h"
#include "http/best.h"
#include "http/place.h"

#define ENTRIES_MAX 300

static ody_browse_entry entries[ENTRIES_MAX];

static bool same(const ody_browse_entry *a, const ody_browse_entry *b)
{
    return a->weight == b->weight && a->id.first == b->id.first &&
           (a->id.first != 0 || ody_view_equal(a->name, b->name));
}

static void check_text(const ody_browse_entry *entry)
{
    ody_bytes text = {0};
    ody_browse_entry again;

    ody_place_write(&text, entry);
    MUST(!text.failed);
    MUST(ody_place_read(ody_bytes_view(&text), entry->id.first != 0, &again));
    MUST(same(entry, &again));
    ody_bytes_fini(&text);
}

/* @return how many places the rest holds, each of them once. */
static size_t read_entries(ody_view rest, bool ids)
{
    size_t count = 0;

    while (rest.length > 0 && count < ENTRIES_MAX) {
        ody_browse_entry *entry = &entries[count];
        bool known = false;

        if (!ody_place_read(fuzz_take(&rest, '\n'), ids, entry)) {
            continue;
        }
        check_text(entry);
        for (size_t index = 0; index < count; index++) {
            known = known || same(&entries[index], entry);
        }
        count += !known;
    }
    return count;
}

/* One page behind a place. @return how many entries it has; place becomes that of its last one,
 * whose name is copied. */
static size_t read_page(size_t count, size_t limit, ody_browse_entry *place, bool *more)
{
    ody_best best = {.limit = limit, .continued = *more, .after = *place};
    const ody_browse_entry *last;
    size_t shown;

    for (size_t round = 0; round < 2; round++) {
        for (size_t index = 0; index < count; index++) {
            MUST(ody_best_offer(&best, &entries[index]) == 0);
        }
    }
    *more = best.more;
    shown = best.count;
    MUST(shown <= limit && (shown == limit || !best.more));
    MUST(ody_best_least(&best) <= UINT32_MAX);
    last = shown > 0 ? best.entries[shown - 1] : place;
    for (size_t index = 0; index < count; index++) {
        if (same(&entries[index], last)) {
            *place = entries[index];
        }
    }
    for (size_t index = 1; index < shown; index++) {
        MUST(best.entries[index - 1]->weight >= best.entries[index]->weight);
        MUST(!same(best.entries[index - 1], best.entries[index]));
    }
    ody_best_fini(&best);
    return shown;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_browse_entry place = {0};
    size_t count, limit, shown = 0;
    bool more = false;

    if (size < 2) {
        return 0;
    }
    count = read_entries((ody_view){(const char *)data + 2, size - 2}, data[0] == '1');
    limit = data[1] % ODY_BEST_MAX + 1u;
    do {
        uint32_t weight = place.weight;
        bool first = !more;
        size_t page = read_page(count, limit, &place, &more);

        MUST(page > 0 || (first && count == 0));
        MUST(first || place.weight <= weight);
        shown += page;
    } while (more);
    MUST(shown == count);
    return 0;
}
