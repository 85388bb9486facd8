/* SPDX-License-Identifier: MIT */
/* The intrusive list: order, removal from any place, and what "in no list" means. */
#include "base/list.h"
#include "test.h"

typedef struct item {
    int number;
    ody_list_node node;
} item;

static int first_number(const ody_list *list)
{
    return ody_container_of(list->next, item, node)->number;
}

TEST(list_keeps_order)
{
    ody_list list;
    item items[5] = {0};

    ody_list_init(&list);
    CHECK(ody_list_empty(&list));
    for (int i = 0; i < 5; i++) {
        items[i].number = i;
        CHECK(!ody_list_linked(&items[i].node));
        ody_list_append(&list, &items[i].node);
        CHECK(ody_list_linked(&items[i].node));
    }
    for (int i = 0; i < 5; i++) {
        CHECK_EQUAL(first_number(&list), i);
        CHECK(ody_list_take_first(&list) == &items[i].node);
        CHECK(!ody_list_linked(&items[i].node));
    }
    CHECK(ody_list_empty(&list));
    CHECK(ody_list_take_first(&list) == NULL);
}

TEST(list_removes_from_any_place)
{
    ody_list list;
    item items[4] = {{.number = 0}, {.number = 1}, {.number = 2}, {.number = 3}};

    ody_list_init(&list);
    for (int i = 0; i < 4; i++) {
        ody_list_append(&list, &items[i].node);
    }
    ody_list_remove(&items[2].node);
    ody_list_remove(&items[0].node);
    CHECK_EQUAL(first_number(&list), 1);
    ody_list_remove(&items[3].node);
    CHECK(list.previous == &items[1].node);
    ody_list_remove(&items[1].node);
    CHECK(ody_list_empty(&list));
}

TEST(list_removes_an_unlinked_node_without_harm)
{
    item lonely = {0};

    ody_list_remove(&lonely.node);
    CHECK(!ody_list_linked(&lonely.node));
}
