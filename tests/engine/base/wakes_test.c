/* SPDX-License-Identifier: MIT */
/* Wakes are sent at once, or held and then sent once for each receiver. */
#include "base/wakes.h"

#include "base/mailbox.h"
#include "test.h"

static void note(void *context)
{
    ++*(int *)context;
}

TEST(wakes_are_sent_at_once_by_who_does_not_hold_them)
{
    int waked = 0;

    ody_wakes_posted(note, &waked);
    ody_wakes_posted(NULL, &waked);
    CHECK_EQUAL(waked, 1);
}

TEST(wakes_are_held_until_the_turn_ends_and_sent_once)
{
    ody_wakes wakes = {0};
    int waked[2] = {0};

    ody_wakes_hold(&wakes);
    for (int round = 0; round < 3; round++) {
        ody_wakes_posted(note, &waked[0]);
        ody_wakes_posted(note, &waked[1]);
    }
    CHECK_EQUAL(waked[0] + waked[1], 0);
    ody_wakes_send(&wakes);
    CHECK_EQUAL(waked[0], 1);
    CHECK_EQUAL(waked[1], 1);
    ody_wakes_send(&wakes);
    CHECK_EQUAL(waked[0], 1);
    ody_wakes_posted(note, &waked[0]);
    ody_wakes_send(&wakes);
    CHECK_EQUAL(waked[0], 2);
    ody_wakes_hold(NULL);
}

TEST(wakes_are_not_held_for_too_many_posts_or_receivers)
{
    ody_wakes wakes = {0};
    int waked[ODY_WAKES_MAX + 1] = {0};

    ody_wakes_hold(&wakes);
    ody_wakes_posted(note, &waked[0]);
    for (int post = 2; post < ODY_WAKES_POSTS; post++) {
        ody_wakes_posted(NULL, &waked[0]);
    }
    CHECK_EQUAL(waked[0], 0);
    ody_wakes_posted(NULL, &waked[0]);
    CHECK_EQUAL(waked[0], 1);
    wakes.count = ODY_WAKES_MAX;
    for (int index = 0; index < ODY_WAKES_MAX; index++) {
        wakes.held[index].wake = note;
        wakes.held[index].context = &waked[index];
    }
    ody_wakes_posted(note, &waked[ODY_WAKES_MAX]);
    CHECK_EQUAL(waked[ODY_WAKES_MAX], 1);
    ody_wakes_hold(NULL);
}

TEST(a_mailbox_wakes_its_taker_when_the_posters_turn_ends)
{
    ody_wakes wakes = {0};
    ody_mailbox mailbox;
    ody_mailbox_node nodes[2] = {{.cost = 1}, {.cost = 1}};
    int waked = 0;

    ody_mailbox_init(&mailbox, 100, note, &waked);
    ody_wakes_hold(&wakes);
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &nodes[0], false), 0);
    CHECK_EQUAL(ody_mailbox_post(&mailbox, &nodes[1], false), 0);
    CHECK_EQUAL(waked, 0);
    ody_wakes_send(&wakes);
    CHECK_EQUAL(waked, 1);
    CHECK(ody_mailbox_take(&mailbox) == &nodes[0]);
    ody_mailbox_fini(&mailbox);
    ody_wakes_hold(NULL);
}
