/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the signature of a subscription and of a sign-in. Input: auth, socket id, channel
 * and channel_data or user_data, each ended by a line feed. Only the one right signature is
 * accepted, and no refusal tells it.
 */
#include "base/utf8.h"
#include "fuzz.h"
#include "ody/auth.h"

#define KEY ODY_VIEW("key")
#define SECRET ODY_VIEW("secret")

static bool contains(ody_view text, const char *part)
{
    return memmem(text.data, text.length, part, strlen(part));
}

/* The right `auth` for what the input says. */
static void sign(ody_view socket_id, ody_view channel, ody_view channel_data, char *auth)
{
    memcpy(auth, "key:", 4);
    MUST(ody_channel_sign(SECRET, socket_id, channel, channel_data, auth + 4) == 0);
}

static void check_refusal(const ody_error *error, ody_view input, const char *right)
{
    MUST(error->code == ODY_ESIGNATURE);
    MUST(error->message[0] && strlen(error->message) < sizeof(error->message) - 1);
    MUST(!ody_utf8_valid(input) || ody_utf8_valid(ody_view_of(error->message)));
    MUST(contains(input, right + 4) || !strstr(error->message, right + 4));
}

static bool is_socket_id(ody_view text)
{
    char copy[41] = {0};
    int end = 0;

    if (text.length == 0 || text.length > 40) {
        return false;
    }
    memcpy(copy, text.data, text.length);
    return sscanf(copy, "%*[0-9].%*[0-9]%n", &end) == 0 && (size_t)end == text.length;
}

static void check_user(ody_view input, ody_view socket_id, ody_view user_data, ody_view auth)
{
    char right[4 + ODY_SIGNATURE_HEX + 1] = "key:";
    ody_error error;
    int result = ody_user_verify(KEY, SECRET, socket_id, user_data, auth, &error);

    MUST(ody_user_sign(SECRET, socket_id, user_data, right + 4) == 0);
    MUST((result == 0) == ody_view_equal(auth, ody_view_of(right)));
    if (result != 0) {
        check_refusal(&error, input, right);
    }
    MUST(ody_user_verify(KEY, SECRET, socket_id, user_data, ody_view_of(right), NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view input = {size > 0 ? (const char *)data : "", size}, rest = input;
    ody_view auth = fuzz_take(&rest, '\n');
    ody_view socket_id = fuzz_take(&rest, '\n');
    ody_view channel = fuzz_take(&rest, '\n');
    ody_view channel_data = rest.length > 0 ? fuzz_take(&rest, '\n') : ODY_VIEW_NONE;
    char right[4 + ODY_SIGNATURE_HEX + 1];
    ody_error error;
    int result = ody_channel_verify(KEY, SECRET, socket_id, channel, channel_data, auth, &error);

    sign(socket_id, channel, channel_data, right);
    MUST((result == 0) == ody_view_equal(auth, ody_view_of(right)));
    if (result != 0) {
        check_refusal(&error, input, right);
    }
    MUST(ody_channel_verify(KEY, SECRET, socket_id, channel, channel_data, ody_view_of(right),
                            NULL) == 0);
    check_user(input, socket_id, channel_data, auth);
    MUST(ody_socket_id_valid(socket_id) == is_socket_id(socket_id));
    return 0;
}
