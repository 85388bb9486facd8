/* SPDX-License-Identifier: MIT */
/* Private to live_http.c: the shard that is played. */
#ifndef ODY_TESTS_LIVE_SHARD_H
#define ODY_TESTS_LIVE_SHARD_H

#include "live_http.h"

/** Keeps questions for it; the context is the live_http. */
extern const ody_transport live_shard_transport;
/** Answers those that wait. */
void live_shard_answer(live_http *live);

#endif
