/* SPDX-License-Identifier: MIT */
/*
 * The timer wheel. A slot of level n is 64^n ticks wide. A timer starts on the level on which it is
 * less than 64 slots away, and moves one level down each time the wheel comes to its slot, until
 * level 0, whose slots are the ticks themselves.
 */
#include "base/wheel.h"

#define SLOT_BITS 6
#define RANGE ((uint64_t)1 << (SLOT_BITS * ODY_WHEEL_LEVELS))

_Static_assert(ODY_WHEEL_SLOTS == 1 << SLOT_BITS, "a level has 2^SLOT_BITS slots");

void ody_wheel_init(ody_wheel *wheel, uint64_t now)
{
    wheel->tick = now / ODY_WHEEL_TICK_MS;
    wheel->armed = 0;
    for (unsigned level = 0; level < ODY_WHEEL_LEVELS; level++) {
        for (unsigned slot = 0; slot < ODY_WHEEL_SLOTS; slot++) {
            ody_list_init(&wheel->slots[level][slot]);
        }
    }
}

/* The first tick at which due has passed. */
static uint64_t tick_of(uint64_t due)
{
    return due / ODY_WHEEL_TICK_MS + (due % ODY_WHEEL_TICK_MS != 0);
}

static ody_list *slot_of(ody_wheel *wheel, unsigned level, uint64_t tick)
{
    return &wheel->slots[level][(tick >> (SLOT_BITS * level)) % ODY_WHEEL_SLOTS];
}

/*
 * Links timer into its slot. A tick before `earliest` becomes that one. One beyond the wheel's
 * range is put as far away as possible; when the wheel comes there, its real time is looked at
 * again.
 */
static void place(ody_wheel *wheel, ody_timer *timer, uint64_t earliest)
{
    uint64_t tick = tick_of(timer->due);
    unsigned level = 0;

    if (tick < earliest) {
        tick = earliest;
    }
    if (tick - wheel->tick >= RANGE) {
        tick = wheel->tick + RANGE - 1;
    }
    while ((tick - wheel->tick) >> (SLOT_BITS * (level + 1)) != 0) {
        level++;
    }
    ody_list_append(slot_of(wheel, level, tick), &timer->node);
}

void ody_wheel_arm(ody_wheel *wheel, ody_timer *timer, uint64_t due)
{
    ody_wheel_cancel(wheel, timer);
    timer->due = due;
    place(wheel, timer, wheel->tick + 1);
    wheel->armed++;
}

void ody_wheel_cancel(ody_wheel *wheel, ody_timer *timer)
{
    if (ody_timer_armed(timer)) {
        ody_list_remove(&timer->node);
        wheel->armed--;
    }
}

/* Moves all nodes of `from` to the empty list `to`. */
static void move_all(ody_list *from, ody_list *to)
{
    ody_list_init(to);
    if (ody_list_empty(from)) {
        return;
    }
    *to = *from;
    to->next->previous = to;
    to->previous->next = to;
    ody_list_init(from);
}

/* Spreads the slots that begin at the current tick over the levels below them. */
static void cascade(ody_wheel *wheel)
{
    for (unsigned level = 1; level < ODY_WHEEL_LEVELS; level++) {
        ody_list_node *node;
        ody_list moving;

        if (wheel->tick % ((uint64_t)1 << (SLOT_BITS * level)) != 0) {
            return;
        }
        move_all(slot_of(wheel, level, wheel->tick), &moving);
        while ((node = ody_list_take_first(&moving))) {
            place(wheel, ody_container_of(node, ody_timer, node), wheel->tick);
        }
    }
}

/* Fires the slot of the current tick. What a firing timer cancels is taken out of `firing` too. */
static void fire_slot(ody_wheel *wheel, uint64_t now)
{
    ody_list_node *node;
    ody_list firing;

    move_all(slot_of(wheel, 0, wheel->tick), &firing);
    while ((node = ody_list_take_first(&firing))) {
        ody_timer *timer = ody_container_of(node, ody_timer, node);

        wheel->armed--;
        timer->fire(timer, now);
    }
}

void ody_wheel_advance(ody_wheel *wheel, uint64_t now)
{
    uint64_t target = now / ODY_WHEEL_TICK_MS;

    while (wheel->tick < target) {
        if (wheel->armed == 0) {
            wheel->tick = target;
            return;
        }
        wheel->tick++;
        cascade(wheel);
        fire_slot(wheel, now);
    }
}
