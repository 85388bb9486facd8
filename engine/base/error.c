/* SPDX-License-Identifier: MIT */
/* The texts and names of the error list, and the one way to fill an ody_error. */
#include <stdarg.h>
#include <stdio.h>
#include "ody/error.h"
#include "base/utf8.h"

int ody_error_set(ody_error *error, int code, const char *format, ...)
{
    va_list arguments;
    int length;

    if (!error) {
        return code;
    }
    error->code = code;
    va_start(arguments, format);
    length = vsnprintf(error->message, sizeof(error->message), format, arguments);
    va_end(arguments);
    if (length < 0) {
        error->message[0] = '\0';
    } else if ((size_t)length >= sizeof(error->message)) {
        error->message[ody__utf8_trim(error->message, sizeof(error->message) - 1)] = '\0';
    }
    return code;
}

const char *ody_error_text(int code)
{
    switch (code) {
#define ODY_ERROR_TEXT(name, value, text)                                                          \
    case value:                                                                                    \
        return text;
        ODY_ERRORS(ODY_ERROR_TEXT)
#undef ODY_ERROR_TEXT
    }
    return "unknown error";
}

const char *ody_error_name(int code)
{
    switch (code) {
#define ODY_ERROR_NAME(name, value, text)                                                          \
    case value:                                                                                    \
        return #name;
        ODY_ERRORS(ODY_ERROR_NAME)
#undef ODY_ERROR_NAME
    }
    return "UNKNOWN";
}
