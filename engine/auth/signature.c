/* SPDX-License-Identifier: MIT */
/*
 * Signing and verifying. A fetch and a context per signature cost about a microsecond; whoever
 * signs all the time keeps them, see digests.h. State of the thread would outlive a module that PHP
 * unloads.
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include "base/bytes.h"
#include "ody/auth.h"

#define DIGEST_BYTES (ODY_SIGNATURE_HEX / 2)

bool ody_secret_equal(ody_view a, ody_view b)
{
    bool same_length = a.length == b.length;
    const char *other = same_length ? b.data : a.data;

    return (a.length == 0 || CRYPTO_memcmp(a.data, other, a.length) == 0) && same_length;
}

static bool feed(EVP_MAC_CTX *context, ody_view secret, const ody_view *parts, size_t count)
{
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    /* A NULL key would mean "the key of last time". */
    const char *key = secret.length > 0 ? secret.data : "";

    if (!EVP_MAC_init(context, (const unsigned char *)key, secret.length, parameters)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const unsigned char *data = (const unsigned char *)parts[i].data;

        if (parts[i].length > 0 && !EVP_MAC_update(context, data, parts[i].length)) {
            return false;
        }
    }
    return true;
}

static bool digest_parts(ody_view secret, const ody_view *parts, size_t count,
                         unsigned char digest[DIGEST_BYTES])
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    size_t length = 0;
    bool done = context && feed(context, secret, parts, count) &&
                EVP_MAC_final(context, digest, &length, DIGEST_BYTES) && length == DIGEST_BYTES;

    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
    return done;
}

int ody_hmac_sha256_hex(ody_view secret, const ody_view *parts, size_t count, char *out)
{
    unsigned char digest[DIGEST_BYTES];

    if (!digest_parts(secret, parts, count, digest)) {
        return ODY_EMEMORY;
    }
    ody_hex(digest, DIGEST_BYTES, out);
    out[ODY_SIGNATURE_HEX] = '\0';
    return 0;
}

int ody_channel_sign(ody_view secret, ody_view socket_id, ody_view channel, ody_view channel_data,
                     char *out)
{
    ody_view parts[] = {socket_id, ODY_VIEW(":"), channel, ODY_VIEW(":"), channel_data};

    return ody_hmac_sha256_hex(secret, parts, channel_data.data ? 5 : 3, out);
}

int ody_user_sign(ody_view secret, ody_view socket_id, ody_view user_data, char *out)
{
    ody_view parts[] = {socket_id, ODY_VIEW("::user::"), user_data};

    return ody_hmac_sha256_hex(secret, parts, 3, out);
}
