/* SPDX-License-Identifier: MIT */
/*
 * What callers of the HTTP API send: one JSON body becomes one checked struct, as strictly as in
 * wire/message.h. Whether names and sizes are allowed is for hub/requests.h to say. The views point
 * into the struct's own memory or into the query; an absent optional field is ODY_VIEW_NONE, and so
 * is one that is null. No state; the thread that owns the struct.
 */
#ifndef ODY_WIRE_API_REQUEST_H
#define ODY_WIRE_API_REQUEST_H

#include "ody/error.h"
#include "ody/options.h"
#include "ody/view.h"
#include "wire/query.h"

/** One event to publish. */
typedef struct ody_api_event {
    ody_view name;
    ody_view data; /* the string as sent, byte for byte */
    const ody_view *channels;
    size_t channel_count;
    ody_view socket_id;
    ody_view info; /* attributes that are asked for, with commas */
} ody_api_event;

/** What a body holds. */
typedef struct ody_api_events {
    const ody_api_event *events;
    size_t count;
    void *owned; /* private */
} ody_api_events;

/**
 * Reads the body of POST …/events: one event with `channel` or `channels`.
 * @param body borrowed; "" is as good as "{}".
 * @param query gives what the body leaves out; borrowed for as long as the struct lives.
 * @return 0 (free with ody_api_events_fini), or ODY_EENCODING, ODY_EJSON, ODY_EDEPTH, ODY_EINVALID
 *         (something is missing or of the wrong type), ODY_EMEMORY; the sentence is for the client.
 *         After an error there is nothing to free. The same for all readers below.
 */
int ody_api_event_parse(ody_view body, const ody_query *query, const ody_app_limits *limits,
                        ody_api_events *out, ody_error *error);
/** Reads the body of POST …/batch_events: {"batch":[…]}, each with one `channel`. Also
 *  ODY_EPAYLOAD_SIZE when there are too many. */
int ody_api_batch_parse(ody_view body, const ody_app_limits *limits, ody_api_events *out,
                        ody_error *error);
/** Reads the body of POST …/connections/{id}/events: one event; its channel may be absent. */
int ody_api_whisper_parse(ody_view body, const ody_app_limits *limits, ody_api_events *out,
                          ody_error *error);
void ody_api_events_fini(ody_api_events *events);

/** The body of POST /api/broadcast. */
typedef struct ody_api_broadcast {
    ody_view channel;
    ody_view event;
    ody_view data; /* a string's own text, or the JSON text of another value */
    ody_view api_key;
    ody_view broadcast_key; /* or ODY_VIEW_NONE */
    void *owned;            /* private */
} ody_api_broadcast;

/** @param depth how deep its data may nest. */
int ody_api_broadcast_parse(ody_view body, uint32_t depth, ody_api_broadcast *out,
                            ody_error *error);
/** The same of a form; its views point into the query, which must outlive them. */
int ody_api_broadcast_form(const ody_query *form, ody_api_broadcast *out, ody_error *error);
void ody_api_broadcast_fini(ody_api_broadcast *broadcast);

#endif
