/* SPDX-License-Identifier: MIT */
/* An intrusive doubly linked list: a node is a member of what it links. One thread. */
#ifndef ODY_BASE_LIST_H
#define ODY_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ody_list_node {
    struct ody_list_node *next; /* NULL: in no list */
    struct ody_list_node *previous;
} ody_list_node;

/** The head is a node that belongs to no element. */
typedef ody_list_node ody_list;

/** The element that contains node as `member`. */
#define ody_container_of(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))

/** Makes an empty list. */
static inline void ody_list_init(ody_list *list)
{
    list->next = list->previous = list;
}

/** Whether nothing is in it. */
static inline bool ody_list_empty(const ody_list *list)
{
    return list->next == list;
}

/** Whether node is in some list. A zeroed node is in none. */
static inline bool ody_list_linked(const ody_list_node *node)
{
    return node->next != NULL;
}

/** Puts node, which is in no list, at the end. */
static inline void ody_list_append(ody_list *list, ody_list_node *node)
{
    node->previous = list->previous;
    node->next = list;
    list->previous->next = node;
    list->previous = node;
}

/** Takes node out of its list; a node in no list stays as it is. */
static inline void ody_list_remove(ody_list_node *node)
{
    if (!node->next) {
        return;
    }
    node->previous->next = node->next;
    node->next->previous = node->previous;
    node->next = node->previous = NULL;
}

/** Takes the first node out and returns it, or NULL when the list is empty. */
static inline ody_list_node *ody_list_take_first(ody_list *list)
{
    ody_list_node *node = list->next;

    if (node == list) {
        return NULL;
    }
    ody_list_remove(node);
    return node;
}

#endif
