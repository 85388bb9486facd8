/* SPDX-License-Identifier: MIT */
/*
 * jansson recurses once a level, so depth is checked before. What it says about a text may quote
 * half a character of it, so the sentences are ours.
 */
#include "wire/json_load.h"
#include "base/utf8.h"
#include "wire/json_text.h"

static int refuse(const json_error_t *found, const char *subject, ody_error *error)
{
    /* Where jansson finds no memory, it mostly leaves without a word. */
    if (found->text[0] == '\0') {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    switch (json_error_code(found)) {
    case json_error_out_of_memory:
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    case json_error_stack_overflow:
        return ody_error_set(error, ODY_EDEPTH, "Invalid %s (nested too deeply)", subject);
    case json_error_duplicate_key:
        return ody_error_set(error, ODY_EJSON, "Invalid %s (an object has the same key twice)",
                             subject);
    case json_error_numeric_overflow:
        return ody_error_set(error, ODY_EJSON, "Invalid %s (a number is out of range)", subject);
    default:
        return ody_error_set(error, ODY_EJSON, "Invalid %s (not valid JSON)", subject);
    }
}

int ody__json_load(ody_view text, const ody_app_limits *limits, const char *subject,
                   json_t **object, ody_error *error)
{
    json_error_t found;
    json_t *root;

    if (!ody_utf8_valid(text)) {
        return ody_error_set(error, ODY_EENCODING, "Invalid %s (not valid UTF-8)", subject);
    }
    if (!ody__json_depth_within(text, limits->json_depth)) {
        return ody_error_set(error, ODY_EDEPTH, "Invalid %s (nested deeper than %u levels)",
                             subject, limits->json_depth);
    }
    root = json_loadb(text.data ? text.data : "", text.length,
                      JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &found);
    if (!root) {
        return refuse(&found, subject, error);
    }
    if (!json_is_object(root)) {
        json_decref(root);
        return ody_error_set(error, ODY_EINVALID, "Invalid %s (must be a JSON object)", subject);
    }
    *object = root;
    return 0;
}

size_t ody__json_member_index(json_t *object, const char *key)
{
    const char *name;
    json_t *value;
    size_t index = 0;

    json_object_foreach(object, name, value)
    {
        if (strcmp(name, key) == 0) {
            break;
        }
        index++;
    }
    return index;
}

ody_view ody__json_member_text(ody_view text, json_t *object, const char *key)
{
    if (!json_object_get(object, key)) {
        return ODY_VIEW_NONE;
    }
    return ody__json_member(text, ody__json_member_index(object, key));
}
