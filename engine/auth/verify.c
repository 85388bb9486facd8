/* SPDX-License-Identifier: MIT */
/*
 * Checks what a client presents as a signature. The sentences are those of the real service, with
 * what the client sent cut short; the right signature never appears.
 */
#include "ody/auth.h"

#define SOCKET_ID_MAX 40

/* Room in a sentence for each thing that a client sent, with its NUL. Together with the longest
 * sentence they fit into ody_error.message. */
#define SHOWN_KEY 65
#define SHOWN_SOCKET_ID 41
#define SHOWN_CHANNEL 53
#define SHOWN_CHANNEL_DATA 33
#define SHOWN_SIGNATURE 65

static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

/* Copies text into shown, cut between two characters where it is too long ("..." at the end), with
 * control characters replaced. */
static void show(ody_view text, char *shown, size_t size)
{
    bool whole = text.length < size;
    size_t length = whole ? text.length : size - sizeof("...");

    while (!whole && length > 0 && !starts_character(text.data[length])) {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        shown[i] = byte < 0x20 || byte == 0x7f ? '?' : text.data[i];
    }
    memcpy(shown + length, whole ? "" : "...", whole ? sizeof("") : sizeof("..."));
}

static int refuse_absent(ody_view channel, ody_error *error)
{
    char shown[SHOWN_CHANNEL];

    show(channel, shown, sizeof(shown));
    return ody_error_set(error, ODY_ESIGNATURE, "Auth info required to subscribe to %s", shown);
}

static int refuse_key(ody_view key, const char *what, ody_error *error)
{
    char shown[SHOWN_KEY];

    show(key, shown, sizeof(shown));
    return ody_error_set(error, ODY_ESIGNATURE, "Invalid key in %s auth data: '%s'", what, shown);
}

static int refuse_signature(ody_view socket_id, ody_view channel, ody_view channel_data,
                            ody_view signature, ody_error *error)
{
    char shown_id[SHOWN_SOCKET_ID], shown_channel[SHOWN_CHANNEL];
    char shown_data[SHOWN_CHANNEL_DATA], shown_signature[SHOWN_SIGNATURE];

    show(socket_id, shown_id, sizeof(shown_id));
    show(channel, shown_channel, sizeof(shown_channel));
    show(channel_data, shown_data, sizeof(shown_data));
    show(signature, shown_signature, sizeof(shown_signature));
    return ody_error_set(error, ODY_ESIGNATURE,
                         "Invalid signature: Expected HMAC SHA256 hex digest of %s:%s%s%s, "
                         "but got %s",
                         shown_id, shown_channel, channel_data.data ? ":" : "", shown_data,
                         shown_signature);
}

static int refuse_user_signature(ody_view socket_id, ody_view user_data, ody_view signature,
                                 ody_error *error)
{
    char shown_id[SHOWN_SOCKET_ID], shown_data[SHOWN_CHANNEL], shown_signature[SHOWN_SIGNATURE];

    show(socket_id, shown_id, sizeof(shown_id));
    show(user_data, shown_data, sizeof(shown_data));
    show(signature, shown_signature, sizeof(shown_signature));
    return ody_error_set(error, ODY_ESIGNATURE,
                         "Invalid signature: Expected HMAC SHA256 hex digest of %s::user::%s, "
                         "but got %s",
                         shown_id, shown_data, shown_signature);
}

/* Takes "key:hex" apart at the last colon: a key may hold one, hex digits do not. */
static void split(ody_view auth, ody_view *key, ody_view *signature)
{
    const char *colon = auth.length > 0 ? memrchr(auth.data, ':', auth.length) : NULL;

    *key = auth;
    *signature = ODY_VIEW_NONE;
    if (colon) {
        key->length = (size_t)(colon - auth.data);
        *signature = (ody_view){colon + 1, auth.length - key->length - 1};
    }
}

static bool is_right(const char *right, ody_view signature)
{
    return ody_secret_equal((ody_view){right, ODY_SIGNATURE_HEX}, signature);
}

int ody_channel_verify(ody_view key, ody_view secret, ody_view socket_id, ody_view channel,
                       ody_view channel_data, ody_view auth, ody_error *error)
{
    char right[ODY_SIGNATURE_HEX + 1];
    ody_view sent_key, signature;
    int result;

    if (auth.length == 0) {
        return refuse_absent(channel, error);
    }
    split(auth, &sent_key, &signature);
    if (!ody_secret_equal(sent_key, key)) {
        return refuse_key(sent_key, "subscription", error);
    }
    result = ody_channel_sign(secret, socket_id, channel, channel_data, right);
    if (result != 0) {
        return ody_error_set(error, result, "%s", ody_error_text(result));
    }
    if (!is_right(right, signature)) {
        return refuse_signature(socket_id, channel, channel_data, signature, error);
    }
    return 0;
}

int ody_user_verify(ody_view key, ody_view secret, ody_view socket_id, ody_view user_data,
                    ody_view auth, ody_error *error)
{
    char right[ODY_SIGNATURE_HEX + 1];
    ody_view sent_key, signature;
    int result;

    split(auth, &sent_key, &signature);
    if (!ody_secret_equal(sent_key, key)) {
        return refuse_key(sent_key, "sign-in", error);
    }
    result = ody_user_sign(secret, socket_id, user_data, right);
    if (result != 0) {
        return ody_error_set(error, result, "%s", ody_error_text(result));
    }
    if (!is_right(right, signature)) {
        return refuse_user_signature(socket_id, user_data, signature, error);
    }
    return 0;
}

static size_t count_digits(ody_view text)
{
    size_t count = 0;

    while (count < text.length && text.data[count] >= '0' && text.data[count] <= '9') {
        count++;
    }
    return count;
}

bool ody_socket_id_valid(ody_view text)
{
    size_t first = count_digits(text);
    ody_view rest;

    if (text.length > SOCKET_ID_MAX || first == 0 || first == text.length ||
        text.data[first] != '.') {
        return false;
    }
    rest = (ody_view){text.data + first + 1, text.length - first - 1};
    return rest.length > 0 && count_digits(rest) == rest.length;
}
