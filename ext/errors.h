/* SPDX-License-Identifier: MIT */
/* From an error of the engine to an exception of PHP: the only place that decides which one. */
#ifndef ODY_EXT_ERRORS_H
#define ODY_EXT_ERRORS_H

#include "php_ody_websocket.h"

extern zend_class_entry *php_ody_ce_websocket_throwable;
extern zend_class_entry *php_ody_ce_connection_exception;
extern zend_class_entry *php_ody_ce_outcome_unknown_exception;
extern zend_class_entry *php_ody_ce_configuration_exception;
extern zend_class_entry *php_ody_ce_server_exception;
extern zend_class_entry *php_ody_ce_channel_exception;
extern zend_class_entry *php_ody_ce_channel_not_found_exception;
extern zend_class_entry *php_ody_ce_authorization_exception;
extern zend_class_entry *php_ody_ce_message_exception;
extern zend_class_entry *php_ody_ce_subscription_exception;

/**
 * Throws what belongs to code, with error's sentence (or the code's general one when it is empty).
 * The exception's own code is the engine's as a positive number.
 * @param error may be NULL.
 */
void php_ody_throw(int code, const ody_error *error);

#endif
