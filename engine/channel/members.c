/* SPDX-License-Identifier: MIT */
/* Open addressing with linear probing; a removal moves later entries back, so there are no tombs.
 */
#include "channel/members.h"

#include "base/memory.h"
#include "ody/error.h"

#define CAPACITY_MIN 2

static uint32_t home_slot(const ody_members *members, ody_socket_id id)
{
    uint64_t mixed = (id.second ^ id.first) * UINT64_C(0x9E3779B97F4A7C15);

    return (uint32_t)(mixed >> 32) & (members->capacity - 1);
}

/* The slot of id, or the empty slot where it belongs. There is always an empty one. */
static ody_member *probe(const ody_members *members, ody_socket_id id)
{
    uint32_t slot = home_slot(members, id);

    while (members->slots[slot].id.first != 0 &&
           !ody_socket_id_equal(members->slots[slot].id, id)) {
        slot = (slot + 1) & (members->capacity - 1);
    }
    return &members->slots[slot];
}

static int resize(ody_members *members, uint32_t capacity)
{
    ody_members grown = {.capacity = capacity, .count = members->count};

    grown.slots = ody_calloc(capacity, sizeof(*grown.slots));
    if (!grown.slots) {
        return ODY_EMEMORY;
    }
    for (uint32_t slot = 0; slot < members->capacity; slot++) {
        if (members->slots[slot].id.first != 0) {
            *probe(&grown, members->slots[slot].id) = members->slots[slot];
        }
    }
    ody_free(members->slots);
    *members = grown;
    return 0;
}

void ody_members_fini(ody_members *members)
{
    ody_free(members->slots);
    *members = (ody_members){0};
}

ody_member *ody_members_find(const ody_members *members, ody_socket_id id)
{
    ody_member *found;

    if (members->count == 0 || id.first == 0) {
        return NULL;
    }
    found = probe(members, id);
    return found->id.first == 0 ? NULL : found;
}

int ody_members_add(ody_members *members, ody_socket_id id, struct ody_presence_user *user)
{
    /* At most three quarters full, and never completely. */
    if ((members->count + 1) * UINT64_C(4) > members->capacity * UINT64_C(3)) {
        uint32_t capacity = members->capacity ? members->capacity * 2 : CAPACITY_MIN;

        if (capacity < members->capacity || resize(members, capacity) < 0) {
            return ODY_EMEMORY;
        }
    }
    *probe(members, id) = (ody_member){id, user};
    members->count++;
    return 0;
}

/* Closes the gap at `gap`: an entry moves back unless that would put it before its home slot. */
static void close_gap(ody_members *members, uint32_t gap)
{
    uint32_t mask = members->capacity - 1;
    uint32_t slot = (gap + 1) & mask;

    while (members->slots[slot].id.first != 0) {
        uint32_t home = home_slot(members, members->slots[slot].id);

        if (((slot - home) & mask) >= ((slot - gap) & mask)) {
            members->slots[gap] = members->slots[slot];
            gap = slot;
        }
        slot = (slot + 1) & mask;
    }
    members->slots[gap] = (ody_member){0};
}

bool ody_members_remove(ody_members *members, ody_socket_id id)
{
    ody_member *found = ody_members_find(members, id);

    if (!found) {
        return false;
    }
    close_gap(members, (uint32_t)(found - members->slots));
    members->count--;
    if (members->count == 0) {
        ody_members_fini(members);
    } else if (members->capacity > 8 && members->count < members->capacity / 8) {
        /* Without memory the table stays as large as it is, which is not an error. */
        (void)resize(members, members->capacity / 4);
    }
    return true;
}

const ody_member *ody_members_next(const ody_members *members, uint32_t *cursor)
{
    while (*cursor < members->capacity) {
        const ody_member *member = &members->slots[(*cursor)++];

        if (member->id.first != 0) {
            return member;
        }
    }
    return NULL;
}
