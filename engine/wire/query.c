/* SPDX-License-Identifier: MIT */
/* Reads queries: everything is decoded into one block, which begins with the parameters. */
#include "wire/query.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "wire/percent.h"

/* Takes the text before the next '&' off the front of rest. */
static ody_view take_pair(ody_view *rest)
{
    const char *end = memchr(rest->data, '&', rest->length);
    ody_view pair = {rest->data, end ? (size_t)(end - rest->data) : rest->length};
    size_t taken = pair.length + (end != NULL);

    *rest = (ody_view){rest->data + taken, rest->length - taken};
    return pair;
}

static size_t count_pairs(ody_view text)
{
    size_t count = 0;

    while (text.length > 0) {
        count += take_pair(&text).length > 0;
    }
    return count;
}

static ody_view decode(ody_view text, char **at)
{
    ody_view decoded = {*at, ody_percent_decode(text, true, *at)};

    *at += decoded.length;
    return decoded;
}

static void lower(char *text, size_t length)
{
    for (size_t index = 0; index < length; index++) {
        if (text[index] >= 'A' && text[index] <= 'Z') {
            text[index] = (char)(text[index] | 0x20);
        }
    }
}

/* Takes "[]" or "[digits]" off the end of a name. */
static bool take_brackets(ody_view *name)
{
    size_t at = name->length;

    if (at < 3 || name->data[--at] != ']') {
        return false;
    }
    while (at > 1 && name->data[at - 1] >= '0' && name->data[at - 1] <= '9') {
        at--;
    }
    if (at < 2 || name->data[at - 1] != '[') {
        return false;
    }
    name->length = at - 1;
    return true;
}

static ody_parameter read_pair(ody_view pair, char **at)
{
    const char *equals = memchr(pair.data, '=', pair.length);
    size_t length = equals ? (size_t)(equals - pair.data) : pair.length;
    char *name = *at;
    ody_parameter parameter = {.value = ODY_VIEW("")};

    parameter.name = decode((ody_view){pair.data, length}, at);
    lower(name, parameter.name.length);
    parameter.list = take_brackets(&parameter.name);
    if (equals) {
        parameter.value = decode((ody_view){equals + 1, pair.length - length - 1}, at);
    }
    return parameter;
}

static int compare(ody_view a, ody_view b)
{
    size_t length = a.length < b.length ? a.length : b.length;
    int order = length > 0 ? memcmp(a.data, b.data, length) : 0;

    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* Puts parameter behind all whose names are not greater: lists keep their order. */
static void insert(ody_parameter *parameters, size_t count, ody_parameter parameter)
{
    while (count > 0 && compare(parameters[count - 1].name, parameter.name) > 0) {
        parameters[count] = parameters[count - 1];
        count--;
    }
    parameters[count] = parameter;
}

static bool has_nul(ody_view text)
{
    return text.length > 0 && memchr(text.data, '\0', text.length);
}

static int check(const ody_parameter *parameters, size_t count, ody_error *error)
{
    for (size_t index = 0; index < count; index++) {
        const ody_parameter *one = &parameters[index];

        if (!ody_utf8_valid(one->name) || !ody_utf8_valid(one->value)) {
            return ody_error_set(error, ODY_EENCODING,
                                 "The query string has a parameter that is not valid UTF-8");
        }
        if (one->name.length == 0 || has_nul(one->name) || has_nul(one->value)) {
            return ody_error_set(error, ODY_EINVALID,
                                 "The query string has a parameter without a name or with a NUL "
                                 "character");
        }
        if (index > 0 && compare(one[-1].name, one->name) == 0 && !(one[-1].list && one->list)) {
            return ody_error_set(error, ODY_EINVALID, "The query string has a parameter twice");
        }
    }
    return 0;
}

int ody_query_parse(ody_view text, ody_query *query, ody_error *error)
{
    size_t count = count_pairs(text);
    ody_parameter *parameters;
    char *at;
    int code;

    *query = (ody_query){0};
    if (count == 0) {
        return 0;
    }
    if (count > ODY_QUERY_MAX) {
        return ody_error_set(error, ODY_EINVALID, "The query string has more than %d parameters",
                             ODY_QUERY_MAX);
    }
    parameters = ody_malloc(count * sizeof(*parameters) + text.length);
    if (!parameters) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    at = (char *)(parameters + count);
    count = 0;
    while (text.length > 0) {
        ody_view pair = take_pair(&text);

        if (pair.length > 0) {
            insert(parameters, count++, read_pair(pair, &at));
        }
    }
    code = check(parameters, count, error);
    if (code < 0) {
        ody_free(parameters);
        return code;
    }
    *query = (ody_query){parameters, count, parameters};
    return 0;
}

void ody_query_fini(ody_query *query)
{
    ody_free(query->owned);
    *query = (ody_query){0};
}

const ody_parameter *ody_query_list(const ody_query *query, ody_view name, size_t *count)
{
    const ody_parameter *first = NULL;

    *count = 0;
    for (size_t index = 0; index < query->count; index++) {
        if (ody_view_equal(query->parameters[index].name, name)) {
            first = first ? first : &query->parameters[index];
            ++*count;
        }
    }
    return first;
}

ody_view ody_query_find(const ody_query *query, ody_view name)
{
    size_t count;
    const ody_parameter *found = ody_query_list(query, name, &count);

    return found && !found->list ? found->value : ODY_VIEW_NONE;
}
