/* SPDX-License-Identifier: MIT */
/*
 * The json_loadb of this file stands before jansson's in the link, so that tests can let it fail
 * without touching jansson's allocator, which belongs to the whole process.
 */
#include "support.h"
#include <dlfcn.h>

const ody_app_limits test_limits = {
    .client_event_data_size = 10240,
    .event_name_length = 200,
    .channel_name_length = 164,
    .presence_user_id_length = 128,
    .presence_user_info_size = 1024,
    .watchlist_length = 100,
    .json_depth = 32,
};

static long parses_until_fault;
static bool fault_is_told;

void fail_json_at(long n, bool told)
{
    parses_until_fault = n;
    fault_is_told = told;
}

json_t *json_loadb(const char *buffer, size_t length, size_t flags, json_error_t *error)
{
    json_t *(*real)(const char *, size_t, size_t, json_error_t *);

    if (parses_until_fault > 0 && --parses_until_fault == 0) {
        strcpy(error->text, fault_is_told ? "Out of memory" : "");
        error->text[JSON_ERROR_TEXT_LENGTH - 1] = fault_is_told ? json_error_out_of_memory : 0;
        return NULL;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "json_loadb");
    return real(buffer, length, flags, error);
}

json_t *decode(ody_view text)
{
    json_error_t error;
    json_t *value = json_loadb(text.data, text.length,
                               JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);

    if (!value) {
        FAIL("%.*s is not JSON: %s", (int)text.length, text.data, error.text);
    }
    return value;
}

ody_view string_of(const json_t *value)
{
    CHECK(json_is_string(value));
    return (ody_view){json_string_value(value), json_string_length(value)};
}

json_t *decode_member(const json_t *object, const char *key)
{
    return decode(string_of(json_object_get(object, key)));
}
