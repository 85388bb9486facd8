/* SPDX-License-Identifier: MIT */
/* Contexts of OpenSSL that are used again and again. */
#include "auth/digests.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include "base/bytes.h"
#include "base/memory.h"
#include "ody/auth.h"

#define SHA256_BYTES (ODY_SIGNATURE_HEX / 2)
#define MD5_BYTES (ODY_MD5_HEX / 2)

struct ody_digests {
    EVP_MAC_CTX *hmac;
    EVP_MD_CTX *context;
    EVP_MD *md5;
};

static bool prepare(ody_digests *self)
{
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);

    self->hmac = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    self->context = EVP_MD_CTX_new();
    self->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    return self->hmac && EVP_MAC_CTX_set_params(self->hmac, parameters) && self->context &&
           self->md5;
}

ody_digests *ody_digests_new(void)
{
    ody_digests *self = ody_calloc(1, sizeof(*self));

    if (self && !prepare(self)) {
        ody_digests_free(self);
        return NULL;
    }
    return self;
}

void ody_digests_free(ody_digests *digests)
{
    if (digests) {
        EVP_MAC_CTX_free(digests->hmac);
        EVP_MD_CTX_free(digests->context);
        EVP_MD_free(digests->md5);
        ody_free(digests);
    }
}

int ody_digests_hmac(ody_digests *digests, ody_view secret, const ody_view *parts, size_t count,
                     char *out)
{
    /* A NULL key would mean "the key of last time". */
    const char *key = secret.length > 0 ? secret.data : "";
    unsigned char digest[SHA256_BYTES];
    size_t length = 0;

    if (!EVP_MAC_init(digests->hmac, (const unsigned char *)key, secret.length, NULL)) {
        return ODY_EMEMORY;
    }
    for (size_t index = 0; index < count; index++) {
        const unsigned char *data = (const unsigned char *)parts[index].data;

        if (parts[index].length > 0 && !EVP_MAC_update(digests->hmac, data, parts[index].length)) {
            return ODY_EMEMORY;
        }
    }
    if (!EVP_MAC_final(digests->hmac, digest, &length, SHA256_BYTES) || length != SHA256_BYTES) {
        return ODY_EMEMORY;
    }
    ody_hex(digest, SHA256_BYTES, out);
    out[ODY_SIGNATURE_HEX] = '\0';
    return 0;
}

int ody_digests_md5(ody_digests *digests, ody_view text, char *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    if (!EVP_DigestInit_ex2(digests->context, digests->md5, NULL) ||
        !EVP_DigestUpdate(digests->context, text.length > 0 ? text.data : "", text.length) ||
        !EVP_DigestFinal_ex(digests->context, digest, &length) || length != MD5_BYTES) {
        return ODY_EMEMORY;
    }
    ody_hex(digest, MD5_BYTES, out);
    return 0;
}
