/* SPDX-License-Identifier: MIT */
/*
 * The numbers that the inspector shows: the status, and counters as they are. Whoever reads twice
 * knows rates and quantiles, so nothing is kept here for readers.
 */
#ifndef ODY_OVERVIEW_H
#define ODY_OVERVIEW_H

#include "metrics.h"
#include "status.h"

/** What the overview says besides status and metrics. */
typedef struct ody_overview_facts {
    const ody_metrics_facts *metrics;
    const ody_status_facts *status;
    uint64_t clock_us; /* monotonic */
    size_t tails;
} ody_overview_facts;

/** Appends one JSON object. The API thread; reads the shards' counters without stopping them. */
void ody_overview_write(ody_bytes *out, const ody_overview_facts *facts);

#endif
