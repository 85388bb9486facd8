/* SPDX-License-Identifier: MIT */
/*
 * Signed requests of the HTTP API. Server libraries differ in what they sign; whatever one of them
 * does is tried, and nothing else. Stateless; any thread. Source: Pusher Channels, HTTP API,
 * "Authenticating requests".
 */
#ifndef ODY_AUTH_REQUEST_SIGNATURE_H
#define ODY_AUTH_REQUEST_SIGNATURE_H

#include <stdint.h>
#include "auth/digests.h"
#include "base/bytes.h"
#include "ody/error.h"
#include "ody/options.h"
#include "wire/query.h"

/** Seconds that the clocks of a caller and this machine may differ. */
#define ODY_SIGNATURE_WINDOW 600

/** A request as it came. Borrowed. */
typedef struct ody_signed_request {
    ody_view method;
    ody_view path;   /* without the query, percent-encoding as it came */
    ody_view prefix; /* that the server's paths begin with, or "": callers may leave it out */
    const ody_query
        *query;    /* auth_key, auth_timestamp, auth_version, auth_signature, body_md5, … */
    ody_view body; /* as it came */
} ody_signed_request;

/**
 * Verifies a request in constant time, but for its body: so a body need not be read before it is
 * known who sends it.
 * @param app whose keys may sign: any active one.
 * @param now seconds since 1970.
 * @param reason gets the sentence for the caller when it is refused: what should have been signed,
 *        never the right signature. It may hold what the caller sent, made printable.
 * @return 0, ODY_ESIGNATURE or ODY_EMEMORY.
 */
int ody_request_verify(ody_digests *digests, const ody_signed_request *request, const ody_app *app,
                       uint64_t now, ody_bytes *reason);
/**
 * Verifies that the body of a verified request is the one that was signed.
 * @param body as it came. A request without one may leave its digest out.
 * @param reason as above.
 * @return 0, ODY_ESIGNATURE or ODY_EMEMORY.
 */
int ody_request_verify_body(ody_digests *digests, const ody_query *query, ody_view body,
                            ody_bytes *reason);

#endif
