/* SPDX-License-Identifier: MIT */
/*
 * Signatures of the Pusher protocol, for the engine and for the class ChannelAuthGenerator.
 * Stateless; any thread. Source: Pusher Channels protocol 7, "Authentication signatures".
 */
#ifndef ODY_AUTH_H
#define ODY_AUTH_H

#include "ody/error.h"
#include "ody/view.h"

#define ODY_SIGNATURE_HEX 64 /* characters of a hex HMAC-SHA256, without the NUL */

/**
 * Compares two secrets in time that depends on their lengths only.
 * @return whether they hold the same bytes.
 */
bool ody_secret_equal(ody_view a, ody_view b);

/**
 * Hex HMAC-SHA256 of the parts, joined by nothing.
 * @param out ODY_SIGNATURE_HEX + 1 bytes, NUL-terminated on success.
 * @return 0, or ODY_EMEMORY when OpenSSL has none left.
 */
int ody_hmac_sha256_hex(ody_view secret, const ody_view *parts, size_t count, char *out);

/**
 * Signs a subscription: HMAC of `socket_id ":" channel [":" channel_data]`.
 * @param channel_data ODY_VIEW_NONE when the subscription carries none.
 * @param out ODY_SIGNATURE_HEX + 1 bytes.
 * @return 0 or ODY_EMEMORY.
 */
int ody_channel_sign(ody_view secret, ody_view socket_id, ody_view channel, ody_view channel_data,
                     char *out);

/**
 * Verifies the `auth` value ("key:hex") of a subscription in constant time.
 * @return 0, ODY_ESIGNATURE (error names what is wrong, never the right signature) or ODY_EMEMORY.
 */
int ody_channel_verify(ody_view key, ody_view secret, ody_view socket_id, ody_view channel,
                       ody_view channel_data, ody_view auth, ody_error *error);

/**
 * Signs a user sign-in: HMAC of `socket_id "::user::" user_data`.
 * @param out ODY_SIGNATURE_HEX + 1 bytes.
 * @return 0 or ODY_EMEMORY.
 */
int ody_user_sign(ody_view secret, ody_view socket_id, ody_view user_data, char *out);

/**
 * Verifies the `auth` value ("key:hex") of a sign-in in constant time.
 * @param user_data byte for byte as it was sent.
 * @return 0, ODY_ESIGNATURE (error names what is wrong, never the right signature) or ODY_EMEMORY.
 */
int ody_user_verify(ody_view key, ody_view secret, ody_view socket_id, ody_view user_data,
                    ody_view auth, ody_error *error);

/** Whether text is a socket id: digits, a dot, digits; at most 40 bytes. */
bool ody_socket_id_valid(ody_view text);

#endif
