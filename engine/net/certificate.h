/* SPDX-License-Identifier: MIT */
/*
 * A certificate with its key, as loaded from files. Loading is done by any thread, so that a fault
 * is known before anything changes; what is loaded belongs to one thread at a time.
 */
#ifndef ODY_NET_CERTIFICATE_H
#define ODY_NET_CERTIFICATE_H

#include "ody/error.h"
#include "ody/options.h"

typedef struct ssl_ctx_st ody_certificate;

/**
 * Loads what options name, and checks that the two belong together.
 * @param out NULL without TLS.
 * @return 0, ODY_ECERTIFICATE with a sentence that names the key of the configuration and the file,
 *         or ODY_EMEMORY.
 */
int ody_certificate_load(const ody_options *options, ody_certificate **out, ody_error *error);
/** Frees it; connections that shook hands with it go on. NULL is fine. */
void ody_certificate_free(ody_certificate *certificate);

/**
 * Has every handshake on carrier show *current instead of carrier's own certificate, unless that is
 * NULL.
 * @param carrier the context that libwebsockets makes its connections from.
 * @param current read at each handshake, in carrier's thread.
 */
void ody__certificate_follow(struct ssl_ctx_st *carrier, ody_certificate *const *current);

#endif
