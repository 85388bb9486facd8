/* SPDX-License-Identifier: MIT */
/* Line by line, as the format's description says it. */
#include "exposition.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include "base/utf8.h"
#include "test.h"

static bool is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_' && *text != ':') {
        return false;
    }
    while (isalnum((unsigned char)*text) || *text == '_' || *text == ':') {
        text++;
    }
    return *text == '\0';
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static int find_family(const exposition *self, const char *name)
{
    for (size_t index = 0; index < self->family_count; index++) {
        if (strcmp(self->families[index].name, name) == 0) {
            return (int)index;
        }
    }
    return -1;
}

/* # HELP name text, # TYPE name kind */
static void read_comment(exposition *self, char *line)
{
    char *name = line + 7;
    char *rest = strchr(name, ' ');

    CHECK(rest && strlen(rest + 1) > 0);
    *rest++ = '\0';
    CHECK(is_name(name));
    if (strncmp(line, "# HELP ", 7) == 0) {
        CHECK_EQUAL(find_family(self, name), -1);
        CHECK(!strchr(rest, '\\'));
        snprintf(self->families[self->family_count++].name, 96, "%s", name);
        return;
    }
    CHECK(strncmp(line, "# TYPE ", 7) == 0);
    /* Right behind its HELP. */
    CHECK_EQUAL(find_family(self, name), self->family_count - 1);
    CHECK(self->families[self->family_count - 1].kind[0] == '\0');
    CHECK(strcmp(rest, "counter") == 0 || strcmp(rest, "gauge") == 0 ||
          strcmp(rest, "histogram") == 0);
    CHECK_EQUAL(strcmp(rest, "counter") == 0, ends_with(name, "_total"));
    snprintf(self->families[self->family_count - 1].kind, 16, "%s", rest);
}

/* Whether a label of that name stands between start and end. */
static bool has_label(const char *start, const char *end, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = start; at + length + 1 < end; at++) {
        if ((at == start || at[-1] == ',') && strncmp(at, name, length) == 0 && at[length] == '=' &&
            at[length + 1] == '"') {
            return true;
        }
    }
    return false;
}

/* name="value",name="value" with escapes. Returns what stands behind the closing brace. */
static char *read_labels(char *at, exposition_sample *sample)
{
    char *start = at;

    while (*at != '}') {
        char *name = at;

        at += strcspn(at, "=");
        CHECK(*at == '=' && at[1] == '"');
        *at = '\0';
        CHECK(is_name(name) && strchr(name, ':') == NULL && strncmp(name, "__", 2) != 0);
        CHECK(!has_label(start, name, name));
        *at = '=';
        for (at += 2; *at != '"'; at++) {
            CHECK(*at != '\0');
            if (*at == '\\') {
                at++;
                CHECK(*at == 'n' || *at == '\\' || *at == '"');
            }
        }
        at++;
        CHECK(*at == ',' || *at == '}');
        at += *at == ',';
    }
    CHECK(at > start && at[-1] == '"');
    snprintf(sample->labels, sizeof(sample->labels), "%.*s", (int)(at - start), start);
    return at + 1;
}

static void read_sample(exposition *self, char *line)
{
    exposition_sample *sample = &self->samples[self->sample_count];
    char *at = line + strcspn(line, "{ ");
    char *end;
    const char *family = self->families[self->family_count - 1].name;

    CHECK(self->sample_count < EXPOSITION_SAMPLES_MAX && self->family_count > 0);
    memset(sample, 0, sizeof(*sample));
    snprintf(sample->name, sizeof(sample->name), "%.*s", (int)(at - line), line);
    CHECK(is_name(sample->name));
    if (*at == '{') {
        at = read_labels(at + 1, sample);
    }
    CHECK(*at == ' ');
    sample->value = strtod(at + 1, &end);
    CHECK(end > at + 1 && *end == '\0');
    sample->family = (int)self->family_count - 1;
    if (strcmp(self->families[sample->family].kind, "histogram") == 0) {
        CHECK(strncmp(sample->name, family, strlen(family)) == 0);
        CHECK(ends_with(sample->name, "_bucket") || ends_with(sample->name, "_sum") ||
              ends_with(sample->name, "_count"));
    } else if (strcmp(sample->name, family) != 0) {
        FAIL("a sample of %s stands among those of %s", sample->name, family);
    }
    if (exposition_has(self, sample->name, sample->labels)) {
        FAIL("%s{%s} comes twice", sample->name, sample->labels);
    }
    CHECK(sample->value >= 0);
    self->families[sample->family].samples++;
    self->sample_count++;
}

/* Buckets grow, the last is +Inf and equals the count. */
static void check_histogram(const exposition *self, int family)
{
    double below = 0;
    double bound = 0;
    double last = -1;
    char name[128];

    for (size_t index = 0; index < self->sample_count; index++) {
        const exposition_sample *sample = &self->samples[index];
        double le;

        if (sample->family != family || !ends_with(sample->name, "_bucket")) {
            continue;
        }
        CHECK(strncmp(sample->labels, "le=\"", 4) == 0);
        le = strtod(sample->labels + 4, NULL);
        CHECK(le > bound && sample->value >= below);
        bound = le;
        below = last = sample->value;
    }
    CHECK(isinf(bound));
    snprintf(name, sizeof(name), "%s_count", self->families[family].name);
    CHECK(exposition_value(self, name, "") == last);
    snprintf(name, sizeof(name), "%s_sum", self->families[family].name);
    CHECK(exposition_has(self, name, ""));
}

void exposition_read(exposition *self, ody_view text)
{
    char *copy = malloc(text.length + 1);
    char *line = copy;

    memset(self, 0, sizeof(*self));
    CHECK(text.length > 0 && text.data[text.length - 1] == '\n');
    CHECK(ody_utf8_valid(text) && !memchr(text.data, '\0', text.length));
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    while (*line) {
        char *end = strchr(line, '\n');

        CHECK(end > line);
        *end = '\0';
        if (*line == '#') {
            read_comment(self, line);
        } else {
            read_sample(self, line);
        }
        line = end + 1;
    }
    free(copy);
    for (size_t index = 0; index < self->family_count; index++) {
        if (self->families[index].samples == 0 || self->families[index].kind[0] == '\0') {
            FAIL("%s has no samples or no kind", self->families[index].name);
        }
        if (strcmp(self->families[index].kind, "histogram") == 0) {
            check_histogram(self, (int)index);
        }
    }
}

static const exposition_sample *find(const exposition *self, const char *name, const char *labels)
{
    for (size_t index = 0; index < self->sample_count; index++) {
        if (strcmp(self->samples[index].name, name) == 0 &&
            strcmp(self->samples[index].labels, labels) == 0) {
            return &self->samples[index];
        }
    }
    return NULL;
}

bool exposition_has(const exposition *self, const char *name, const char *labels)
{
    return find(self, name, labels) != NULL;
}

double exposition_value(const exposition *self, const char *name, const char *labels)
{
    const exposition_sample *sample = find(self, name, labels);

    if (!sample) {
        FAIL("there is no %s{%s}", name, labels);
    }
    return sample->value;
}

void exposition_monotone(const exposition *before, const exposition *after)
{
    for (size_t index = 0; index < before->sample_count; index++) {
        const exposition_sample *sample = &before->samples[index];

        if (strcmp(before->families[sample->family].kind, "gauge") != 0 &&
            exposition_value(after, sample->name, sample->labels) < sample->value) {
            FAIL("%s{%s} goes back", sample->name, sample->labels);
        }
    }
}
