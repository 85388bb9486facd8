/* SPDX-License-Identifier: MIT */
/*
 * The query of a request, or a form that was posted: "a=1&list[]=x&list[]=y". Decoded here, once:
 * percent-encoding, NUL (refused), names that come twice (refused unless they are a list), UTF-8.
 * Names are in lower case, as signatures want them. No state; the thread that owns the struct.
 */
#ifndef ODY_WIRE_QUERY_H
#define ODY_WIRE_QUERY_H

#include "ody/error.h"
#include "ody/view.h"

/** Parameters in one query; each element of a list counts. */
#define ODY_QUERY_MAX 128

/** One parameter. A list is as many of them in a row as it has elements. */
typedef struct ody_parameter {
    ody_view name; /* of "list[]" and "list[0]" without the brackets */
    ody_view value;
    bool list; /* an element of a list */
} ody_parameter;

/** All parameters, sorted by the bytes of their names; elements of a list as they came. */
typedef struct ody_query {
    const ody_parameter *parameters;
    size_t count;
    void *owned; /* private */
} ody_query;

/**
 * Reads a query.
 * @param text borrowed; what the struct needs is copied.
 * @return 0 with query filled (free it with ody_query_fini), or ODY_EINVALID, ODY_EENCODING,
 *         ODY_EMEMORY; the sentence is for the client. After an error there is nothing to free.
 */
int ody_query_parse(ody_view text, ody_query *query, ody_error *error);
/** Frees what the struct owns; its views are void. A zeroed struct is an empty query. */
void ody_query_fini(ody_query *query);

/** The value of a parameter that is no list; ODY_VIEW_NONE when there is none. */
ody_view ody_query_find(const ody_query *query, ody_view name);
/**
 * The parameters of a name: the elements of a list, or the one value.
 * @param count of them.
 * @return the first; NULL when there is none.
 */
const ody_parameter *ody_query_list(const ody_query *query, ody_view name, size_t *count);

#endif
