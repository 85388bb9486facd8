/* SPDX-License-Identifier: MIT */
/*
 * Digests for whoever makes them all the time. What OpenSSL looks up and allocates for one is kept
 * for the next: that is two thirds of the work. The thread that owns the struct.
 */
#ifndef ODY_AUTH_DIGESTS_H
#define ODY_AUTH_DIGESTS_H

#include <stddef.h>
#include "ody/view.h"

#define ODY_MD5_HEX 32

typedef struct ody_digests ody_digests;

/** @return NULL without memory, or when OpenSSL has no SHA-256 or MD5. */
ody_digests *ody_digests_new(void);
/** NULL is fine. */
void ody_digests_free(ody_digests *digests);
/** As ody_hmac_sha256_hex. */
int ody_digests_hmac(ody_digests *digests, ody_view secret, const ody_view *parts, size_t count,
                     char *out);
/** The MD5 of text in lower-case hex. @param out ODY_MD5_HEX bytes. @return 0 or ODY_EMEMORY. */
int ody_digests_md5(ody_digests *digests, ody_view text, char *out);

#endif
