/* SPDX-License-Identifier: MIT */
/* PHP values to JSON text and back, by PHP's own encoder. */
#include "convert.h"

#include "errors.h"
#include "ext/json/php_json.h"
#include "zend_exceptions.h"
#include "zend_smart_str.h"

#define JSON_OPTIONS                                                                               \
    (PHP_JSON_UNESCAPED_SLASHES | PHP_JSON_UNESCAPED_UNICODE | PHP_JSON_PRESERVE_ZERO_FRACTION)

static const char *json_error_text(php_json_error_code code)
{
    switch (code) {
    case PHP_JSON_ERROR_DEPTH:
        return "it is nested too deeply";
    case PHP_JSON_ERROR_UTF8:
        return "a text in it is not valid UTF-8";
    case PHP_JSON_ERROR_RECURSION:
        return "it contains itself";
    case PHP_JSON_ERROR_INF_OR_NAN:
        return "it contains INF or NAN";
    case PHP_JSON_ERROR_UNSUPPORTED_TYPE:
        return "it contains a value of a type that JSON does not have";
    case PHP_JSON_ERROR_NON_BACKED_ENUM:
        return "it contains an enum without values";
    default:
        return "it is not encodable";
    }
}

zend_string *php_ody_json_encode(zval *value, const char *what)
{
    php_json_error_code previous = JSON_G(error_code);
    php_json_error_code code;
    smart_str text = {0};
    zend_result result;

    result = php_json_encode_ex(&text, value, JSON_OPTIONS, PHP_JSON_PARSER_DEFAULT_DEPTH);
    code = JSON_G(error_code);
    JSON_G(error_code) = previous;
    /* INF and NAN are an error although the encoder goes on, with 0 in their place. */
    if (result == SUCCESS && code == PHP_JSON_ERROR_NONE && !EG(exception)) {
        return smart_str_extract(&text);
    }
    smart_str_free(&text);
    if (!EG(exception)) {
        zend_throw_exception_ex(php_ody_ce_message_exception, -ODY_EJSON, "%s cannot be JSON: %s",
                                what, json_error_text(code));
    }
    return NULL;
}

zend_result php_ody_json_decode(ody_view text, zval *out)
{
    php_json_error_code previous = JSON_G(error_code);
    zend_string *terminated = zend_string_init(text.data ? text.data : "", text.length, false);
    zend_result result;

    ZVAL_NULL(out);
    result = php_json_decode_ex(out, ZSTR_VAL(terminated), ZSTR_LEN(terminated),
                                PHP_JSON_OBJECT_AS_ARRAY, PHP_JSON_PARSER_DEFAULT_DEPTH);
    JSON_G(error_code) = previous;
    zend_string_release(terminated);
    return result;
}
