/* SPDX-License-Identifier: MIT */
/*
 * What the HTTP API answers: each function appends JSON to a buffer. Texts must be valid UTF-8. A
 * failed append stays in out->failed. No state; the thread that owns the buffer.
 */
#ifndef ODY_WIRE_API_ANSWER_H
#define ODY_WIRE_API_ANSWER_H

#include <stdint.h>
#include "base/bytes.h"
#include "ody/error.h"
#include "wire/query.h"

/** What may be asked of a channel or of an event: bits of a set. */
enum ody_api_info {
    ODY_INFO_USER_COUNT = 1,
    ODY_INFO_SUBSCRIPTION_COUNT = 2,
    ODY_INFO_CACHE = 4,   /* of one channel */
    ODY_INFO_SENT_TO = 8, /* of an event; no other server has it */
};

/**
 * Reads a list of attributes: "user_count,subscription_count".
 * @param info ODY_VIEW_NONE is an empty list.
 * @return the set, or ODY_EINVALID for a name that is not known.
 */
int ody_api_info_parse(ody_view info, ody_error *error);

/** The same of a query's "info=a,b" or "info[]=a&info[]=b". A query without it asks for nothing. */
int ody_api_info_find(const ody_query *query, ody_error *error);

/** What is known of a channel. */
typedef struct ody_api_attributes {
    int shown; /* set of enum ody_api_info: the others are left out */
    uint64_t user_count;
    uint64_t subscription_count;
    ody_view cached;     /* a JSON string with its quotes, or ODY_VIEW_NONE: null */
    uint64_t cached_for; /* ms */
    uint64_t sent_to;
} ody_api_attributes;

/** {"user_count":1,"subscription_count":2,"cache":{"data":"…","ttl":60}}, or {}. */
void ody_encode_attributes(ody_bytes *out, const ody_api_attributes *attributes);
/** The same with {"occupied":…} in front. */
void ody_encode_occupied(ody_bytes *out, bool occupied, const ody_api_attributes *attributes);
/**
 * [{"id":"1"}] of a list [{"user_id":"1","user_info":…}] as ody_encode_user makes it.
 * @return 0; ODY_EJSON when users is no such list, ODY_EMEMORY.
 */
int ody_encode_user_ids(ody_bytes *out, ody_view users);

#endif
