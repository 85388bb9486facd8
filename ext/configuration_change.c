/* SPDX-License-Identifier: MIT */
/* Configurations for a running supervisor, which must survive whatever stands in them. */
#include "configuration_change.h"

#include <sys/stat.h>
#include "convert.h"
#include "ody/log.h"
#include "zend_exceptions.h"

/* What sockets and files are made of: no engine can change these on sockets that are open. */
static const char *const made_at_start[] = {
    "host",     "port",     "additional.worker_num", "socket.path",     "socket.group",
    "pid_file", "log.file", "http_api.enabled",      "http_api.listen", "http_api.port",
    NULL,
};

static bool is_made_at_start(const char *key)
{
    for (const char *const *made = made_at_start; *made; made++) {
        if (strcmp(*made, key) == 0) {
            return true;
        }
    }
    return false;
}

/* Two paths may lead to one file: the releases of a deployment share their storage. */
static bool same_file(const zval *one, const zval *other)
{
    struct stat first;
    struct stat second;

    return one && other && Z_TYPE_P(one) == IS_STRING && Z_TYPE_P(other) == IS_STRING &&
           stat(Z_STRVAL_P(one), &first) == 0 && stat(Z_STRVAL_P(other), &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static bool same(const php_ody_option *option, const php_ody_configuration *one,
                 const php_ody_configuration *other)
{
    zval *before = zend_hash_str_find(&one->values, option->key, strlen(option->key));
    zval *after = zend_hash_str_find(&other->values, option->key, strlen(option->key));

    if (strcmp(option->key, "additional.worker_num") == 0) {
        return one->options.worker_num == other->options.worker_num;
    }
    if (!before || !after) {
        return before == after;
    }
    return zend_is_identical(before, after) ||
           (option->type == PHP_ODY_PATH && is_made_at_start(option->key) &&
            same_file(before, after));
}

/* The sentence of the exception that is pending, which is then no longer. */
static int exception_take(ody_error *error)
{
    zval room;
    zval *message = zend_read_property_ex(EG(exception)->ce, EG(exception),
                                          ZSTR_KNOWN(ZEND_STR_MESSAGE), true, &room);

    ody_error_set(error, ODY_ECONFIGURATION, "%s",
                  Z_TYPE_P(message) == IS_STRING ? Z_STRVAL_P(message)
                                                 : ody_error_text(ODY_ECONFIGURATION));
    zend_clear_exception();
    return ODY_ECONFIGURATION;
}

/* Puts a value of one configuration into the array that another is about to be made of. */
static void value_put(zval *config, const char *key, zval *value)
{
    const char *dot = strchr(key, '.');
    HashTable *target = Z_ARRVAL_P(config);
    zval copy;

    if (dot) {
        size_t length = (size_t)(dot - key);
        zval *group = zend_hash_str_find(target, key, length);

        if (!group || Z_TYPE_P(group) != IS_ARRAY) {
            zval empty;

            array_init(&empty);
            group = zend_hash_str_update(target, key, length, &empty);
        }
        SEPARATE_ARRAY(group);
        target = Z_ARRVAL_P(group);
        key = dot + 1;
    }
    if (value) {
        ZVAL_COPY(&copy, value);
    } else {
        ZVAL_NULL(&copy);
    }
    zend_hash_str_update(target, key, strlen(key), &copy);
}

static void keep_made_at_start(zval *config, const php_ody_configuration *in_force)
{
    SEPARATE_ARRAY(config);
    for (const char *const *key = made_at_start; *key; key++) {
        value_put(config, *key, zend_hash_str_find(&in_force->values, *key, strlen(*key)));
    }
}

static php_ody_configuration *
configuration_make(ody_view json, const php_ody_configuration *in_force, ody_error *error)
{
    php_ody_configuration *made = NULL;
    zval config;

    if (php_ody_json_decode(json, &config) == FAILURE || Z_TYPE(config) != IS_ARRAY) {
        ody_error_set(error, ODY_ECONFIGURATION,
                      "The command that reads the configuration printed no JSON object");
    } else {
        if (in_force) {
            keep_made_at_start(&config, in_force);
        }
        made = php_ody_configuration_new(Z_ARRVAL(config));
    }
    zval_ptr_dtor(&config);
    if (EG(exception)) {
        exception_take(error);
    }
    return made;
}

/* Out of memory is no exception in PHP but a jump to the end of the request, which for a supervisor
 * is the end of the server. So the jump ends here. */
static php_ody_configuration *
configuration_guarded(ody_view json, const php_ody_configuration *in_force, ody_error *error)
{
    php_ody_configuration *volatile made = NULL;
    zend_execute_data *frame = EG(current_execute_data);
    bool unclean = CG(unclean_shutdown);

    zend_try
    {
        made = configuration_make(json, in_force, error);
    }
    zend_catch
    {
        made = NULL;
        ody_error_set(error, ODY_EMEMORY, "PHP could not read the configuration");
        EG(current_execute_data) = frame;
        CG(unclean_shutdown) = unclean;
    }
    zend_end_try();
    return made;
}

ody_supervised php_ody_supervised(php_ody_configuration *configuration)
{
    return (ody_supervised){
        .options = &configuration->options,
        .pid_file = configuration->pid_file,
        .worker_command = configuration->worker_command,
        .configuration_command = configuration->configuration_command,
        .owner = configuration,
    };
}

static int supervised_read(ody_view json, const ody_supervised *in_force, ody_supervised *out,
                           ody_error *error)
{
    php_ody_configuration *made =
        configuration_guarded(json, in_force ? in_force->owner : NULL, error);

    if (!made) {
        return error->code < 0 ? error->code : ODY_ECONFIGURATION;
    }
    *out = php_ody_supervised(made);
    return 0;
}

/* Names that do not fit as a whole become an ellipsis, for which there is always room. */
static void name_add(char *names, size_t size, const char *key)
{
    static const char more[] = ", ...";
    size_t length = strlen(names);

    if (length + strlen(key) + 2 + sizeof(more) <= size) {
        snprintf(names + length, size - length, "%s%s", length > 0 ? ", " : "", key);
    } else if (length < sizeof(more) || strcmp(names + length + 1 - sizeof(more), more) != 0) {
        snprintf(names + length, size - length, more);
    }
}

static bool waits_for(const php_ody_option *option, ody_supervised_change change)
{
    if (is_made_at_start(option->key)) {
        return change == ODY_CHANGE_BY_START;
    }
    return change == ODY_CHANGE_BY_RESTART && !option->reloadable;
}

static unsigned supervised_changed(const ody_supervised *before, const ody_supervised *after,
                                   ody_supervised_change change, char *names, size_t size)
{
    unsigned count = 0;

    names[0] = '\0';
    for (const php_ody_option *option = php_ody_options; option->key; option++) {
        if (waits_for(option, change) && !same(option, before->owner, after->owner)) {
            name_add(names, size, option->key);
            count++;
        }
    }
    return count;
}

static void supervised_release(ody_supervised *supervised)
{
    php_ody_configuration_free(supervised->owner);
}

static void supervised_use_log(const ody_supervised *supervised, int descriptor)
{
    ody_log_setup(descriptor, (ody_log_level)supervised->options->log_level,
                  php_ody_configuration_log_format(supervised->owner, descriptor));
}

const ody_supervised_calls php_ody_supervised_calls = {
    .read = supervised_read,
    .changed = supervised_changed,
    .release = supervised_release,
    .use_log = supervised_use_log,
};
