/* SPDX-License-Identifier: MIT */
/* What the tests of this room share. One thread. */
#ifndef ODY_TEST_WIRE_SUPPORT_H
#define ODY_TEST_WIRE_SUPPORT_H

#include <jansson.h>
#include "base/bytes.h"
#include "ody/options.h"
#include "test.h"

/** Limits as the default configuration has them, as far as this room reads them. */
extern const ody_app_limits test_limits;

/** Makes the n-th parse from now on fail as jansson does without memory: with a NULL, and with its
 *  own code for it when `told`. 0 switches that off. */
void fail_json_at(long n, bool told);

/** Decodes JSON with jansson, the reference; fails the test where it is not valid. The caller's. */
json_t *decode(ody_view text);

/** Decodes the string member `key` of object, which holds JSON itself. The caller's. */
json_t *decode_member(const json_t *object, const char *key);

/** The bytes of a string; fails the test where value is none. */
ody_view string_of(const json_t *value);

#endif
