/* SPDX-License-Identifier: MIT */
/*
 * The timer wheel: never early, at most one tick late, whatever is armed, moved, cancelled or
 * freed, also by a timer that fires. Times are made up; nothing here waits.
 */
#include <stdlib.h>
#include "base/memory.h"
#include "base/wheel.h"
#include "sequence.h"
#include "test.h"

#define TICK ODY_WHEEL_TICK_MS
#define RANGE_MS ((UINT64_C(1) << 24) * TICK)

static unsigned fired_count;
static uint64_t fired_at;

static void count_fire(ody_timer *timer, uint64_t now)
{
    CHECK(now >= timer->due);
    CHECK(!ody_timer_armed(timer));
    fired_count++;
    fired_at = now;
}

TEST(wheel_fires_once_in_the_first_tick_that_is_not_early)
{
    const uint64_t starts[] = {0, 1, 63, 64, 4095 * TICK, 1700000000123};

    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
        for (uint64_t delay = 0; delay < 300; delay += 7) {
            static ody_wheel wheel;
            ody_timer timer = {.fire = count_fire};
            uint64_t now = starts[i];

            fired_count = 0;
            ody_wheel_init(&wheel, now);
            ody_wheel_arm(&wheel, &timer, starts[i] + delay);
            CHECK(ody_timer_armed(&timer));
            for (; fired_count == 0; now++) {
                CHECK(now < starts[i] + delay + 2 * TICK);
                ody_wheel_advance(&wheel, now);
            }
            CHECK(fired_at >= starts[i] + delay);
            CHECK(fired_at <= starts[i] + delay + TICK);
            ody_wheel_advance(&wheel, now + 100 * TICK);
            CHECK_EQUAL(fired_count, 1);
            CHECK_EQUAL(wheel.armed, 0);
        }
    }
}

TEST(wheel_moves_an_armed_timer)
{
    static ody_wheel wheel;
    ody_timer timer = {.fire = count_fire};

    ody_wheel_init(&wheel, 0);
    ody_wheel_arm(&wheel, &timer, 10 * TICK);
    ody_wheel_arm(&wheel, &timer, 1000 * TICK);
    CHECK_EQUAL(wheel.armed, 1);
    ody_wheel_advance(&wheel, 999 * TICK);
    CHECK_EQUAL(fired_count, 0);
    ody_wheel_arm(&wheel, &timer, 0);
    ody_wheel_advance(&wheel, 999 * TICK);
    CHECK_EQUAL(fired_count, 0);
    ody_wheel_advance(&wheel, 1000 * TICK);
    CHECK_EQUAL(fired_count, 1);
}

TEST(wheel_cancels)
{
    static ody_wheel wheel;
    ody_timer timer = {.fire = count_fire};

    ody_wheel_init(&wheel, 0);
    ody_wheel_cancel(&wheel, &timer);
    CHECK_EQUAL(wheel.armed, 0);
    ody_wheel_arm(&wheel, &timer, 5 * TICK);
    ody_wheel_cancel(&wheel, &timer);
    ody_wheel_cancel(&wheel, &timer);
    CHECK(!ody_timer_armed(&timer));
    CHECK_EQUAL(wheel.armed, 0);
    ody_wheel_advance(&wheel, 100 * TICK);
    CHECK_EQUAL(fired_count, 0);
}

TEST(wheel_survives_the_largest_times)
{
    static ody_wheel wheel;
    ody_timer never = {.fire = count_fire}, soon = {.fire = count_fire};

    ody_wheel_init(&wheel, 12345);
    ody_wheel_arm(&wheel, &never, UINT64_MAX);
    ody_wheel_arm(&wheel, &soon, 12345 + 500);
    ody_wheel_advance(&wheel, 12345 + 500 + TICK);
    CHECK_EQUAL(fired_count, 1);
    ody_wheel_advance(&wheel, 12345 + 2 * RANGE_MS);
    CHECK_EQUAL(fired_count, 1);
    CHECK(ody_timer_armed(&never));
    ody_wheel_cancel(&wheel, &never);
    CHECK_EQUAL(wheel.armed, 0);
    ody_wheel_advance(&wheel, UINT64_MAX);
    CHECK_EQUAL(wheel.tick, UINT64_MAX / TICK);
}

TEST(wheel_ignores_a_clock_that_stands_or_goes_back)
{
    static ody_wheel wheel;
    ody_timer timer = {.fire = count_fire};

    ody_wheel_init(&wheel, 1000 * TICK);
    ody_wheel_arm(&wheel, &timer, 1000 * TICK);
    ody_wheel_advance(&wheel, 1000 * TICK);
    ody_wheel_advance(&wheel, 0);
    CHECK_EQUAL(fired_count, 0);
    ody_wheel_advance(&wheel, 1001 * TICK);
    CHECK_EQUAL(fired_count, 1);
}

/* A timer of a model that knows the exact tick in which it has to fire. */
typedef struct modelled {
    ody_timer timer;
    uint64_t tick;
    bool armed;
} modelled;

static ody_wheel model_wheel;
static modelled *all_modelled;
static uint64_t last_tick;
static uint64_t model_numbers = 5;

static void arm_modelled(modelled *one, uint64_t due)
{
    one->tick = (due + TICK - 1) / TICK;
    if (one->tick <= model_wheel.tick) {
        one->tick = model_wheel.tick + 1;
    }
    one->armed = true;
    ody_wheel_arm(&model_wheel, &one->timer, due);
}

static void check_fire(ody_timer *timer, uint64_t now)
{
    modelled *one = ody_container_of(timer, modelled, timer);

    CHECK(one->armed);
    CHECK_EQUAL(model_wheel.tick, one->tick);
    CHECK(now >= timer->due);
    CHECK(one->tick >= last_tick);
    last_tick = one->tick;
    one->armed = false;
    fired_count++;
}

static int by_tick(const void *a, const void *b)
{
    uint64_t x = all_modelled[*(const uint32_t *)a].tick,
             y = all_modelled[*(const uint32_t *)b].tick;

    return x < y ? -1 : x > y;
}

/* A delay that is as likely near as far: up to twice the range of the wheel. */
static uint64_t random_delay(void)
{
    return sequence_next(&model_numbers) % (2 * RANGE_MS) >> sequence_below(&model_numbers, 31);
}

TEST(wheel_fires_like_a_sorted_list)
{
    enum { TIMERS = 100000 };
    static uint32_t order[TIMERS];
    uint64_t now = 987654321;
    size_t expected = 0;

    all_modelled = ody_calloc(TIMERS, sizeof(*all_modelled));
    CHECK(all_modelled != NULL);
    ody_wheel_init(&model_wheel, now);
    for (uint32_t i = 0; i < TIMERS; i++) {
        order[i] = i;
        all_modelled[i].timer.fire = check_fire;
        arm_modelled(&all_modelled[i], now + random_delay());
    }
    qsort(order, TIMERS, sizeof(*order), by_tick);
    while (expected < TIMERS) {
        /* Never past the next timer by more than a jump, of a millisecond up to an hour. */
        uint64_t next = all_modelled[order[expected]].tick * TICK;
        uint64_t jump =
            sequence_below(&model_numbers, 3600000) >> sequence_below(&model_numbers, 22);

        now = (next > now + jump ? next - sequence_below(&model_numbers, 2) : now) + jump;
        ody_wheel_advance(&model_wheel, now);
        while (expected < TIMERS && all_modelled[order[expected]].tick <= now / TICK) {
            CHECK(!all_modelled[order[expected]].armed);
            expected++;
        }
        CHECK_EQUAL(fired_count, expected);
        CHECK_EQUAL(model_wheel.armed, TIMERS - expected);
    }
    ody_free(all_modelled);
}

enum { CROWD = 2000 };
static modelled *crowd[CROWD];
static unsigned freed_count;

static void check_and_stir(ody_timer *timer, uint64_t now);

static modelled *new_modelled(void)
{
    modelled *one = ody_calloc(1, sizeof(*one));

    CHECK(one != NULL);
    one->timer.fire = check_and_stir;
    return one;
}

/* Does something to any timer of the crowd, which may be the one that fires. */
static void stir(uint64_t now)
{
    size_t place = sequence_below(&model_numbers, CROWD);
    modelled *one = crowd[place];
    uint64_t action = sequence_below(&model_numbers, 4);

    if (action == 0) {
        ody_wheel_cancel(&model_wheel, &one->timer);
        one->armed = false;
    } else if (action == 1) {
        ody_wheel_cancel(&model_wheel, &one->timer);
        ody_free(one);
        freed_count++;
        crowd[place] = new_modelled();
    } else {
        /* Many meet in few ticks, so that slots hold several when one of them fires. */
        arm_modelled(one, now + sequence_below(&model_numbers, action == 2 ? 3 * TICK : 90000));
    }
}

static void check_and_stir(ody_timer *timer, uint64_t now)
{
    uint64_t what = sequence_below(&model_numbers, 3);

    check_fire(timer, now);
    if (what == 0) {
        arm_modelled(ody_container_of(timer, modelled, timer), now);
    } else if (what == 1) {
        for (size_t i = 0; i < CROWD; i++) {
            if (&crowd[i]->timer == timer) {
                ody_free(crowd[i]);
                freed_count++;
                crowd[i] = new_modelled();
            }
        }
    }
    for (uint64_t i = sequence_below(&model_numbers, 4); i > 0; i--) {
        stir(now);
    }
}

static void check_crowd(void)
{
    size_t armed = 0;

    for (size_t i = 0; i < CROWD; i++) {
        CHECK_EQUAL(ody_timer_armed(&crowd[i]->timer), crowd[i]->armed);
        CHECK(!crowd[i]->armed || crowd[i]->tick > model_wheel.tick);
        armed += crowd[i]->armed;
    }
    CHECK_EQUAL(model_wheel.armed, armed);
}

TEST(wheel_lets_a_firing_timer_do_anything)
{
    uint64_t now = 5000;

    ody_wheel_init(&model_wheel, now);
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i] = new_modelled();
        arm_modelled(crowd[i], now + sequence_below(&model_numbers, 90000));
    }
    for (int turn = 0; turn < 3000; turn++) {
        now += sequence_below(&model_numbers, 5 * TICK);
        ody_wheel_advance(&model_wheel, now);
        check_crowd();
        stir(now);
    }
    CHECK(fired_count > 10000 && freed_count > 1000);
    for (size_t i = 0; i < CROWD; i++) {
        ody_wheel_cancel(&model_wheel, &crowd[i]->timer);
        ody_free(crowd[i]);
    }
    CHECK_EQUAL(model_wheel.armed, 0);
}

static void rearm_for_now(ody_timer *timer, uint64_t now)
{
    fired_count++;
    ody_wheel_arm(&model_wheel, timer, now);
}

TEST(wheel_advance_ends_when_a_timer_rearms_for_now)
{
    ody_timer timer = {.fire = rearm_for_now};

    ody_wheel_init(&model_wheel, 0);
    ody_wheel_arm(&model_wheel, &timer, 0);
    ody_wheel_advance(&model_wheel, TICK);
    CHECK_EQUAL(fired_count, 1);
    ody_wheel_advance(&model_wheel, 2 * TICK);
    CHECK_EQUAL(fired_count, 2);
}
