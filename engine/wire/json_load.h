/* SPDX-License-Identifier: MIT */
/* The one way from hostile text to a jansson value. Stateless; any thread. */
#ifndef ODY_WIRE_JSON_LOAD_H
#define ODY_WIRE_JSON_LOAD_H

#include <jansson.h>
#include "ody/error.h"
#include "ody/options.h"
#include "ody/view.h"

/**
 * Parses text after the checks that jansson does not make, or makes too late.
 * @param subject what the text is, for the sentence in error: "message".
 * @param object on success a new JSON object, the caller's to json_decref.
 * @return 0, ODY_EENCODING, ODY_EDEPTH, ODY_EJSON, ODY_EINVALID (not an object) or ODY_EMEMORY.
 */
int ody__json_load(ody_view text, const ody_app_limits *limits, const char *subject,
                   json_t **object, ody_error *error);

/** The place of a member that is there, counted from 0 in the order of the text. */
size_t ody__json_member_index(json_t *object, const char *key);

/** The value of a member as it was spelled, with the white space around it. @param text that object
 *  was parsed from. @return ODY_VIEW_NONE when there is no such member. */
ody_view ody__json_member_text(ody_view text, json_t *object, const char *key);

/** The bytes of a JSON string; they live as long as it does. */
static inline ody_view ody__json_string(const json_t *string)
{
    return (ody_view){json_string_value(string), json_string_length(string)};
}

/** Whether text holds a NUL character, which no name may. */
static inline bool ody__has_nul(ody_view text)
{
    return text.length > 0 && memchr(text.data, '\0', text.length);
}

#endif
