/* SPDX-License-Identifier: MIT */
/* PHP values to JSON text and back. */
#ifndef ODY_EXT_CONVERT_H
#define ODY_EXT_CONVERT_H

#include "php_ody_websocket.h"

/**
 * JSON with slashes and characters beyond ASCII as they are, and 1.0 as 1.0.
 * json_last_error() is not touched.
 * @param what names the value in the error, such as "The data of the event".
 * @return a string that the caller releases, or NULL: a MessageException (or what a
 *         JsonSerializable threw) is pending.
 */
zend_string *php_ody_json_encode(zval *value, const char *what);

/**
 * Decodes objects as arrays.
 * @param out undefined when it fails.
 * @return SUCCESS, or FAILURE (nothing is thrown) when text is not JSON.
 */
zend_result php_ody_json_decode(ody_view text, zval *out);

#endif
