/* SPDX-License-Identifier: MIT */
/*
 * From channel_data, the text that an application signed, to a presence member. What is kept is
 * copied into one small block, because a member outlives the message by hours.
 */
#include "base/memory.h"
#include "wire/json_load.h"
#include "wire/json_text.h"
#include "wire/message.h"

#define NUMBER_TEXT 24 /* bytes that a 64-bit integer needs, with sign and NUL */

/* Gives user_id as text. @param number NUMBER_TEXT bytes for one that is an integer. */
static int read_user_id(const json_t *root, const ody_app_limits *limits, char *number,
                        ody_view *user_id, ody_error *error)
{
    const json_t *value = json_object_get(root, "user_id");

    if (json_is_integer(value)) {
        int length =
            snprintf(number, NUMBER_TEXT, "%" JSON_INTEGER_FORMAT, json_integer_value(value));

        *user_id = (ody_view){number, (size_t)length};
    } else if (json_is_string(value) && json_string_length(value) > 0) {
        *user_id = ody__json_string(value);
    } else {
        return ody_error_set(error, ODY_EINVALID,
                             "Invalid channel_data (user_id must be a non-empty string or an "
                             "integer)");
    }
    if (ody__has_nul(*user_id)) {
        return ody_error_set(error, ODY_EINVALID,
                             "Invalid channel_data (user_id contains a NUL character)");
    }
    if (user_id->length > limits->presence_user_id_length) {
        return ody_error_set(error, ODY_ELIMIT,
                             "Invalid channel_data (user_id is longer than %u bytes)",
                             limits->presence_user_id_length);
    }
    return 0;
}

/* The text of user_info as it was sent. */
static ody_view find_user_info(ody_view channel_data, json_t *root)
{
    ody_view user_info = ody__json_member_text(channel_data, root, "user_info");

    return user_info.data ? user_info : ODY_VIEW("{}");
}

/* Fills member with copies in one block. */
static int keep(ody_view user_id, ody_view user_info, const ody_app_limits *limits,
                ody_member_data *member, ody_error *error)
{
    char *block = ody_malloc(user_id.length + user_info.length);
    size_t info_length;

    if (!block) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    memcpy(block, user_id.data, user_id.length);
    info_length = ody__json_compact(user_info, block + user_id.length);
    if (info_length > limits->presence_user_info_size) {
        ody_free(block);
        return ody_error_set(error, ODY_ELIMIT,
                             "Invalid channel_data (user_info is larger than %u bytes)",
                             limits->presence_user_info_size);
    }
    member->user_id = (ody_view){block, user_id.length};
    member->user_info = (ody_view){block + user_id.length, info_length};
    member->owned = block;
    return 0;
}

int ody_member_data_parse(ody_view channel_data, const ody_app_limits *limits,
                          ody_member_data *member, ody_error *error)
{
    char number[NUMBER_TEXT];
    ody_view user_id = ODY_VIEW("");
    json_t *root;
    int result = ody__json_load(channel_data, limits, "channel_data", &root, error);

    *member = (ody_member_data){0};
    if (result != 0) {
        return result;
    }
    result = read_user_id(root, limits, number, &user_id, error);
    if (result == 0) {
        result = keep(user_id, find_user_info(channel_data, root), limits, member, error);
    }
    json_decref(root);
    return result;
}

void ody_member_data_fini(ody_member_data *member)
{
    ody_free(member->owned);
    *member = (ody_member_data){0};
}
