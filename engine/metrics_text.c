/* SPDX-License-Identifier: MIT */
/* Help texts and names are ours; only values of labels need escapes. */
#include "metrics_text.h"

#include <stdio.h>
#include "base/utf8.h"

static const struct {
    const char *name;
    const char *kind;
    const char *label;
    const char *help;
} metrics[] = {
#define KIND_GAUGE "gauge"
#define KIND_COUNTER "counter"
#define KIND_HISTOGRAM "histogram"
#define METRIC_ROW(ID, kind, name, label, help) {name, KIND_##kind, label, help},
    ODY_METRICS(METRIC_ROW)
#undef METRIC_ROW
};

const char *ody__metric_name(ody_metric metric)
{
    return metrics[metric].name;
}

void ody__metric_begin(ody_bytes *out, ody_metric metric)
{
    ody_bytes_append_literal(out, "# HELP ");
    ody_bytes_append_view(out, ody_view_of(metrics[metric].name));
    ody_bytes_append_byte(out, ' ');
    ody_bytes_append_view(out, ody_view_of(metrics[metric].help));
    ody_bytes_append_literal(out, "\n# TYPE ");
    ody_bytes_append_view(out, ody_view_of(metrics[metric].name));
    ody_bytes_append_byte(out, ' ');
    ody_bytes_append_view(out, ody_view_of(metrics[metric].kind));
    ody_bytes_append_byte(out, '\n');
}

static void append_escaped(ody_bytes *out, ody_view value)
{
    for (size_t index = 0; index < value.length; index++) {
        switch (value.data[index]) {
        case '\n':
            ody_bytes_append_literal(out, "\\n");
            break;
        case '"':
        case '\\':
            ody_bytes_append_byte(out, '\\');
            ody_bytes_append_byte(out, value.data[index]);
            break;
        default:
            ody_bytes_append_byte(out, value.data[index]);
        }
    }
}

void ody__metric_pair(ody_bytes *out, const char *name, ody_view value)
{
    ody_bytes_append_view(out, ody_view_of(name));
    ody_bytes_append_literal(out, "=\"");
    /* One line that is no UTF-8 would spoil all of them. */
    append_escaped(out, ody_utf8_valid(value) ? value : ODY_VIEW("?"));
    ody_bytes_append_byte(out, '"');
}

static void begin_sample(ody_bytes *out, ody_metric metric, ody_view label)
{
    ody_bytes_append_view(out, ody_view_of(metrics[metric].name));
    if (label.data) {
        ody_bytes_append_byte(out, '{');
        ody__metric_pair(out, metrics[metric].label, label);
        ody_bytes_append_byte(out, '}');
    }
    ody_bytes_append_byte(out, ' ');
}

void ody__metric_sample(ody_bytes *out, ody_metric metric, ody_view label, uint64_t value)
{
    begin_sample(out, metric, label);
    ody_bytes_append_number(out, value);
    ody_bytes_append_byte(out, '\n');
}

void ody__metric_append_seconds(ody_bytes *out, uint64_t microseconds)
{
    char fraction[8];

    snprintf(fraction, sizeof(fraction), ".%06u", (unsigned)(microseconds % 1000000));
    ody_bytes_append_number(out, microseconds / 1000000);
    ody_bytes_append_view(out, ody_view_of(fraction));
}

void ody__metric_seconds(ody_bytes *out, ody_metric metric, ody_view label, uint64_t microseconds)
{
    begin_sample(out, metric, label);
    ody__metric_append_seconds(out, microseconds);
    ody_bytes_append_byte(out, '\n');
}

void ody__metric_single(ody_bytes *out, ody_metric metric, uint64_t value)
{
    ody__metric_begin(out, metric);
    ody__metric_sample(out, metric, ODY_VIEW_NONE, value);
}
