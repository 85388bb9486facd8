/* SPDX-License-Identifier: MIT */
/* The Prometheus text format 0.0.4: how families and samples are spelled. The API thread. */
#ifndef ODY_METRICS_TEXT_H
#define ODY_METRICS_TEXT_H

#include "base/bytes.h"
#include "metrics_list.h"

typedef enum ody_metric {
#define ODY_METRIC_ENUM(ID, kind, name, label, help) ODY_METRIC_##ID,
    ODY_METRICS(ODY_METRIC_ENUM)
#undef ODY_METRIC_ENUM
        ODY_METRICS_COUNT,
} ody_metric;

/** Begins a metric: its HELP and its TYPE. */
void ody__metric_begin(ody_bytes *out, ody_metric metric);
/** One sample. @param label the value of the metric's label; ODY_VIEW_NONE where it has none. */
void ody__metric_sample(ody_bytes *out, ody_metric metric, ody_view label, uint64_t value);
/** The same for a value that is counted in µs and shown in seconds. */
void ody__metric_seconds(ody_bytes *out, ody_metric metric, ody_view label, uint64_t microseconds);
/** A metric that has one sample without a label. */
void ody__metric_single(ody_bytes *out, ody_metric metric, uint64_t value);
/** One more pair in a sample that is written by hand: name="value". */
void ody__metric_pair(ody_bytes *out, const char *name, ody_view value);
/** Its name, as it stands in front of samples. */
const char *ody__metric_name(ody_metric metric);
/** Appends µs as seconds, without a loss. */
void ody__metric_append_seconds(ody_bytes *out, uint64_t microseconds);

#endif
