/* SPDX-License-Identifier: MIT */
/* A strict reader of the Prometheus text format, for tests: whatever is not exactly so fails. */
#ifndef ODY_TESTS_EXPOSITION_H
#define ODY_TESTS_EXPOSITION_H

#include "base/bytes.h"

#define EXPOSITION_SAMPLES_MAX 4096

typedef struct exposition_sample {
    char name[96];    /* with _bucket, _sum, _count */
    char labels[256]; /* as they are spelled, without braces */
    int family;
    double value;
} exposition_sample;

typedef struct exposition {
    size_t family_count;
    struct {
        char name[96];
        char kind[16];
        size_t samples;
    } families[256];
    size_t sample_count;
    exposition_sample samples[EXPOSITION_SAMPLES_MAX];
} exposition;

/**
 * Reads text and checks it: every line ends and parses; each family has one HELP, then one TYPE,
 * then at least one sample, and all of its samples stand together; no sample comes twice; counters
 * and only they end in _total and are not negative; histograms are complete and cumulative.
 */
void exposition_read(exposition *self, ody_view text);
/** The value of a sample. @param labels as they are spelled, or "". Fails when there is none. */
double exposition_value(const exposition *self, const char *name, const char *labels);
/** Whether there is such a sample. */
bool exposition_has(const exposition *self, const char *name, const char *labels);
/** Fails when a counter or a bucket of `before` is missing in `after`, or has become less. */
void exposition_monotone(const exposition *before, const exposition *after);

#endif
