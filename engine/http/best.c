/* SPDX-License-Identifier: MIT */
/* A sorted array: few are wanted, so most that are offered are compared with the last one only. */
#include "http/best.h"

#include "base/memory.h"
#include "ody/error.h"

typedef ody_browse_entry entry;

static int compare_names(ody_view a, ody_view b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;

    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* The heavier ones come first; connections of the same weight by id, everything else by name. */
static int compare(const entry *a, const entry *b)
{
    if (a->weight != b->weight) {
        return a->weight > b->weight ? -1 : 1;
    }
    if (a->id.first != b->id.first) {
        return a->id.first < b->id.first ? -1 : 1;
    }
    return a->id.first == 0 ? compare_names(a->name, b->name) : 0;
}

/* A copy that outlives the step. */
static entry *copy(const entry *from)
{
    entry *made = ody_malloc(sizeof(*made) + from->name.length + from->info.length);
    char *text = (char *)(made + 1);

    if (!made) {
        return NULL;
    }
    *made = *from;
    made->name.data = text;
    made->info.data = text + from->name.length;
    if (from->name.length > 0) {
        memcpy(text, from->name.data, from->name.length);
    }
    if (from->info.length > 0) {
        memcpy(text + from->name.length, from->info.data, from->info.length);
    }
    return made;
}

/* Makes room at place, and pushes out the last one when there are too many. */
static void put(ody_best *best, size_t place, entry *take_one)
{
    memmove(&best->entries[place + 1], &best->entries[place],
            (best->count - place) * sizeof(best->entries[0]));
    best->entries[place] = take_one;
    if (best->count == best->limit) {
        ody_free(best->entries[best->limit]);
        best->more = true;
    } else {
        best->count++;
    }
}

int ody_best_offer(ody_best *best, const entry *one)
{
    size_t place = best->count;
    entry *made;

    if (best->continued && compare(&best->after, one) >= 0) {
        return 0;
    }
    while (place > 0 && compare(one, best->entries[place - 1]) < 0) {
        place--;
    }
    if (place > 0 && compare(one, best->entries[place - 1]) == 0) {
        return 0; /* its table was changed between two steps */
    }
    if (place == best->limit) {
        best->more = true;
        return 0;
    }
    made = copy(one);
    if (!made) {
        return ODY_EMEMORY;
    }
    put(best, place, made);
    return 0;
}

uint32_t ody_best_least(const ody_best *best)
{
    return best->more ? best->entries[best->count - 1]->weight : 0;
}

void ody_best_fini(ody_best *best)
{
    for (size_t index = 0; index < best->count; index++) {
        ody_free(best->entries[index]);
    }
    best->count = 0;
}
