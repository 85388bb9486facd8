/* SPDX-License-Identifier: MIT */
/* Single values: numbers, texts, words. */
#include "option_values.h"

#include <math.h>
#include "zend_smart_str.h"

bool php_ody_is_set(const zval *value)
{
    return Z_TYPE_P(value) != IS_NULL && !(Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value) == 0);
}

void *php_ody_target_of(const php_ody_section *section, const php_ody_option *option)
{
    char *base = section->targets[option->target];

    return option->target == PHP_ODY_NO_TARGET ? NULL : base + option->offset;
}

/* The name under which a value is kept. */
static zend_string *full_key(const php_ody_section *section, const char *key)
{
    return strpprintf(0, "%s%s", section->where, key);
}

zval *php_ody_value_of(const php_ody_section *section, const char *key)
{
    zend_string *name = full_key(section, key);
    zval *value = zend_hash_find(section->values, name);

    zend_string_release(name);
    return value;
}

void php_ody_number_write(void *target, size_t width, uint64_t number)
{
    switch (width) {
    case 1:
        *(bool *)target = number != 0;
        break;
    case 2:
        *(uint16_t *)target = (uint16_t)number;
        break;
    case 4:
        *(uint32_t *)target = (uint32_t)number;
        break;
    default:
        *(uint64_t *)target = number;
    }
}

static void target_write(const php_ody_section *section, const php_ody_option *option,
                         uint64_t number)
{
    void *target = php_ody_target_of(section, option);

    if (target) {
        php_ody_number_write(target, option->width, number);
    }
}

static bool number_read(const php_ody_section *section, const php_ody_option *option,
                        const zval *value, double *number)
{
    zend_long integer = 0;

    switch (Z_TYPE_P(value)) {
    case IS_LONG:
        *number = (double)Z_LVAL_P(value);
        return true;
    case IS_DOUBLE:
        *number = Z_DVAL_P(value);
        return true;
    case IS_STRING:
        switch (is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), &integer, number, false)) {
        case IS_LONG:
            *number = (double)integer;
            return true;
        case IS_DOUBLE:
            return true;
        default:
            php_ody_fail("\"%s%s\" must be a number, \"%s\" given", PHP_ODY_NAME(section, option),
                         Z_STRVAL_P(value));
            return false;
        }
    default:
        php_ody_fail("\"%s%s\" must be a number, %s given", PHP_ODY_NAME(section, option),
                     zend_zval_type_name(value));
        return false;
    }
}

/* Bounds are whole numbers or thousandths. */
static int decimals(double bound)
{
    return bound == floor(bound) ? 0 : 3;
}

static bool number_check(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    bool seconds = option->type == PHP_ODY_SECONDS;
    double number = 0;

    if (!number_read(section, option, value, &number)) {
        return false;
    }
    if (!seconds && number != floor(number)) {
        php_ody_fail("\"%s%s\" must be a whole number, %g given", PHP_ODY_NAME(section, option),
                     number);
        return false;
    }
    if (!(number >= option->min && number <= option->max)) {
        php_ody_fail("\"%s%s\" must be between %.*f and %.*f%s%s, %.12g given",
                     PHP_ODY_NAME(section, option), decimals(option->min), option->min,
                     decimals(option->max), option->max, option->unit ? " " : "",
                     option->unit ? option->unit : "", number);
        return false;
    }
    target_write(section, option, (uint64_t)llround(seconds ? number * 1000 : number));
    zval_ptr_dtor(value);
    if (seconds) {
        ZVAL_DOUBLE(value, number);
    } else {
        ZVAL_LONG(value, (zend_long)number);
    }
    return true;
}

static bool has_control(const zend_string *text)
{
    for (size_t index = 0; index < ZSTR_LEN(text); index++) {
        unsigned char byte = (unsigned char)ZSTR_VAL(text)[index];

        if (byte < 0x20 || byte == 0x7f) {
            return true;
        }
    }
    return false;
}

/* Texts are never shown in the error: some of them are secrets. */
static bool text_check(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    const char **target = php_ody_target_of(section, option);

    if (Z_TYPE_P(value) == IS_LONG) {
        convert_to_string(value);
    }
    if (Z_TYPE_P(value) != IS_STRING) {
        php_ody_fail("\"%s%s\" must be a text, %s given", PHP_ODY_NAME(section, option),
                     zend_zval_type_name(value));
        return false;
    }
    if ((double)Z_STRLEN_P(value) < option->min || (double)Z_STRLEN_P(value) > option->max) {
        php_ody_fail("\"%s%s\" must have between %.0f and %.0f bytes, %zu given",
                     PHP_ODY_NAME(section, option), option->min, option->max, Z_STRLEN_P(value));
        return false;
    }
    if (has_control(Z_STR_P(value))) {
        php_ody_fail("\"%s%s\" must not contain control characters", PHP_ODY_NAME(section, option));
        return false;
    }
    if (option->type == PHP_ODY_PATH && Z_STRVAL_P(value)[0] != '/') {
        php_ody_fail("\"%s%s\" must be an absolute path, \"%s\" given",
                     PHP_ODY_NAME(section, option), Z_STRVAL_P(value));
        return false;
    }
    if (target) {
        *target = Z_STRVAL_P(value);
    }
    return true;
}

static void choice_fail(const php_ody_section *section, const php_ody_option *option,
                        const zval *value)
{
    const char *must = option->type == PHP_ODY_CHOICES ? "hold only" : "be one of";
    smart_str known = {0};

    for (const char *const *choice = option->choices; *choice; choice++) {
        smart_str_append_printf(&known, "%s\"%s\"", choice == option->choices ? "" : ", ", *choice);
    }
    smart_str_0(&known);
    if (Z_TYPE_P(value) == IS_STRING) {
        php_ody_fail("\"%s%s\" must %s %s, \"%s\" given", PHP_ODY_NAME(section, option), must,
                     ZSTR_VAL(known.s), Z_STRVAL_P(value));
    } else {
        php_ody_fail("\"%s%s\" must %s %s, %s given", PHP_ODY_NAME(section, option), must,
                     ZSTR_VAL(known.s), zend_zval_type_name(value));
    }
    smart_str_free(&known);
}

/* @return the position of the word, or -1 with an exception. */
static int choice_find(const php_ody_section *section, const php_ody_option *option,
                       const zval *value)
{
    for (int index = 0; Z_TYPE_P(value) == IS_STRING && option->choices[index]; index++) {
        if (strcmp(option->choices[index], Z_STRVAL_P(value)) == 0) {
            return index;
        }
    }
    choice_fail(section, option, value);
    return -1;
}

static bool choice_check(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    int index = choice_find(section, option, value);

    if (index >= 0) {
        target_write(section, option, (uint64_t)index);
    }
    return index >= 0;
}

static bool choices_check(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    uint64_t bits = 0;
    zval *word;

    if (Z_TYPE_P(value) != IS_ARRAY || zend_hash_num_elements(Z_ARRVAL_P(value)) == 0) {
        php_ody_fail("\"%s%s\" must be a list of %s", PHP_ODY_NAME(section, option), option->unit);
        return false;
    }
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), word)
    {
        int index;

        ZVAL_DEREF(word);
        index = choice_find(section, option, word);
        if (index < 0) {
            return false;
        }
        bits |= UINT64_C(1) << index;
    }
    ZEND_HASH_FOREACH_END();
    target_write(section, option, bits);
    return true;
}

static bool boolean_check(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    static const char *const words[] = {"0", "1", "false", "true", "off", "on", "no", "yes"};

    if (Z_TYPE_P(value) == IS_LONG) {
        convert_to_string(value);
    }
    for (size_t index = 0; Z_TYPE_P(value) == IS_STRING && index < sizeof(words) / sizeof(*words);
         index++) {
        if (zend_binary_strcasecmp(Z_STRVAL_P(value), Z_STRLEN_P(value), words[index],
                                   strlen(words[index])) == 0) {
            zval_ptr_dtor(value);
            ZVAL_BOOL(value, index % 2);
        }
    }
    if (Z_TYPE_P(value) != IS_TRUE && Z_TYPE_P(value) != IS_FALSE) {
        php_ody_fail("\"%s%s\" must be true or false", PHP_ODY_NAME(section, option));
        return false;
    }
    target_write(section, option, Z_TYPE_P(value) == IS_TRUE);
    return true;
}

static bool value_check(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    switch (option->type) {
    case PHP_ODY_TEXT:
    case PHP_ODY_PATH:
        return text_check(section, option, value);
    case PHP_ODY_INTEGER:
    case PHP_ODY_SECONDS:
        return number_check(section, option, value);
    case PHP_ODY_BOOLEAN:
        return boolean_check(section, option, value);
    case PHP_ODY_CHOICE:
        return choice_check(section, option, value);
    case PHP_ODY_CHOICES:
        return choices_check(section, option, value);
    default:
        return php_ody_list_check(section, option, value);
    }
}

bool php_ody_value_set(const php_ody_section *section, const php_ody_option *option,
                       const zval *given)
{
    zend_string *name;
    zval value;

    ZVAL_COPY_DEREF(&value, (zval *)given);
    if (!value_check(section, option, &value)) {
        zval_ptr_dtor(&value);
        return false;
    }
    name = full_key(section, option->key);
    zend_hash_update(section->values, name, &value);
    zend_string_release(name);
    return true;
}
