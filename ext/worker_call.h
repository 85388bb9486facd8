/* SPDX-License-Identifier: MIT */
/* Calls, answers and interests of PHP workers as PHP arrays. */
#ifndef ODY_EXT_WORKER_CALL_H
#define ODY_EXT_WORKER_CALL_H

#include "php_ody_websocket.h"
#include "ody/worker.h"

/**
 * Reads what a worker wants to handle.
 * @param types gets the channel types; what it and interest hold is borrowed from wanted.
 * @return false with a ValueError about argument 1.
 */
bool php_ody_worker_interest_read(HashTable *wanted, ody_view types[ODY_HANDLERS_MAX],
                                  ody_worker_interest *interest);

/** A call as an array: `kind` (null when it is unknown) and all texts, null where there is none. */
void php_ody_worker_call_array(const ody_worker_call *call, zval *out);

/**
 * Reads what a handler returned.
 * @param answer borrows its texts from result.
 * @return false with a TypeError or ValueError.
 */
bool php_ody_worker_answer_read(const zval *result, ody_worker_answer *answer);

#endif
