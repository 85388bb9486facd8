/* SPDX-License-Identifier: MIT */
/*
 * From user_data, the text that an application signed, to who signs in. The ids point into the
 * parsed value, which the struct keeps; user_info is copied without its white space.
 */
#include "base/memory.h"
#include "wire/json_load.h"
#include "wire/json_text.h"
#include "wire/message.h"

/* What ody_user_data.owned points to; user_info stands behind the watchlist. */
typedef struct user_memory {
    json_t *root;
    ody_view watchlist[];
} user_memory;

/* Where ids of users stand, in the words of the sentences. */
typedef struct id_place {
    const char *name;
    const char *type;
} id_place;

static const id_place own_id = {"id", "a non-empty string"};
static const id_place watched_id = {"watchlist", "a list of non-empty strings"};

static int refuse_type(const id_place *place, ody_error *error)
{
    return ody_error_set(error, ODY_EINVALID, "Invalid user_data (%s must be %s)", place->name,
                         place->type);
}

static int read_id(const json_t *value, const id_place *place, const ody_app_limits *limits,
                   ody_view *id, ody_error *error)
{
    if (!json_is_string(value) || json_string_length(value) == 0) {
        return refuse_type(place, error);
    }
    *id = ody__json_string(value);
    if (ody__has_nul(*id)) {
        return ody_error_set(error, ODY_EINVALID, "Invalid user_data (%s contains a NUL character)",
                             place->name);
    }
    if (id->length > limits->presence_user_id_length) {
        return ody_error_set(error, ODY_ELIMIT,
                             "Invalid user_data (%s: an id is longer than %u bytes)", place->name,
                             limits->presence_user_id_length);
    }
    return 0;
}

/* Takes the first ids of the list, which may be absent. */
static int read_watchlist(const json_t *list, const ody_app_limits *limits, user_memory *memory,
                          ody_user_data *user, ody_error *error)
{
    size_t count = json_array_size(list);
    int result = 0;

    if (list && !json_is_array(list) && !json_is_null(list)) {
        return refuse_type(&watched_id, error);
    }
    user->watchlist_cut = count > limits->watchlist_length;
    count = user->watchlist_cut ? limits->watchlist_length : count;
    for (size_t i = 0; result == 0 && i < count; i++) {
        result =
            read_id(json_array_get(list, i), &watched_id, limits, &memory->watchlist[i], error);
    }
    user->watchlist = memory->watchlist;
    user->watchlist_length = count;
    return result;
}

static int read_user_info(ody_view text, const ody_app_limits *limits, char *copy,
                          ody_user_data *user, ody_error *error)
{
    user->user_info = ODY_VIEW("{}");
    if (text.data) {
        user->user_info = (ody_view){copy, ody__json_compact(text, copy)};
    }
    if (user->user_info.length > limits->presence_user_info_size) {
        return ody_error_set(error, ODY_ELIMIT,
                             "Invalid user_data (user_info is larger than %u bytes)",
                             limits->presence_user_info_size);
    }
    return 0;
}

/* Makes what the struct owns, and fills the struct. Takes root only on success. */
static int keep(ody_view user_data, json_t *root, const ody_app_limits *limits, ody_user_data *user,
                ody_error *error)
{
    const json_t *list = json_object_get(root, "watchlist");
    ody_view user_info = ody__json_member_text(user_data, root, "user_info");
    size_t count = json_array_size(list);
    size_t kept = count < limits->watchlist_length ? count : limits->watchlist_length;
    user_memory *memory =
        ody_malloc(sizeof(*memory) + kept * sizeof(memory->watchlist[0]) + user_info.length);
    int result;

    if (!memory) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    memory->root = root;
    result = read_id(json_object_get(root, "id"), &own_id, limits, &user->id, error);
    if (result == 0) {
        result = read_watchlist(list, limits, memory, user, error);
    }
    if (result == 0) {
        result = read_user_info(user_info, limits, (char *)(memory->watchlist + kept), user, error);
    }
    if (result != 0) {
        ody_free(memory);
        return result;
    }
    user->owned = memory;
    return 0;
}

int ody_user_data_parse(ody_view user_data, const ody_app_limits *limits, ody_user_data *user,
                        ody_error *error)
{
    json_t *root;
    int result = ody__json_load(user_data, limits, "user_data", &root, error);

    *user = (ody_user_data){0};
    if (result != 0) {
        return result;
    }
    result = keep(user_data, root, limits, user, error);
    if (result != 0) {
        json_decref(root);
        *user = (ody_user_data){0};
    }
    return result;
}

void ody_user_data_fini(ody_user_data *user)
{
    user_memory *memory = user->owned;

    if (memory) {
        json_decref(memory->root);
        ody_free(memory);
    }
    *user = (ody_user_data){0};
}
