/* SPDX-License-Identifier: MIT */
/* The class Server: configure, start, stop. */
#include "php_ody_websocket.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include "SAPI.h"
#include "zend_attributes.h"
#include "zend_exceptions.h"
#include "configuration_change.h"
#include "daemon.h"
#include "errors.h"
#include "ody/log.h"
#include "options.h"
#include "pid_file.h"
#include "supervisor.h"
#include "server_arginfo.h"

#define STOP_POLL 10 /* ms between two looks at the lock of a supervisor that is ending */

typedef struct server {
    php_ody_configuration *configuration; /* NULL until configured */
    zend_object std;
} server;

static zend_object_handlers handlers;

static server *from_object(zend_object *object)
{
    return (server *)((char *)object - XtOffsetOf(server, std));
}

/* NULL, with an exception, before configure(). */
static server *configured(zval *object)
{
    server *self = from_object(Z_OBJ_P(object));

    if (!self->configuration) {
        zend_throw_exception(php_ody_ce_server_exception,
                             "The server has no configuration: call configure() first",
                             -ODY_EINVALID);
        return NULL;
    }
    return self;
}

/* Points the log at its file, or at standard error. @return 0 or an error. */
static int log_open(const php_ody_configuration *configuration, const char *file, ody_error *error)
{
    int descriptor = STDERR_FILENO;

    if (file) {
        descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        if (descriptor < 0) {
            return ody_error_set(error, ODY_ECONFIGURATION, "\"log.file\": cannot open \"%s\": %s",
                                 file, strerror(errno));
        }
    }
    ody_log_setup(descriptor, (ody_log_level)configuration->options.log_level,
                  php_ody_configuration_log_format(configuration, descriptor));
    return descriptor;
}

/* Lines go to standard error again, as before the server. */
static void log_close(int descriptor)
{
    ody_log_setup(STDERR_FILENO, ODY_LOG_INFO, ODY_LOG_READABLE);
    if (descriptor > STDERR_FILENO) {
        close(descriptor);
    }
}

/* @return the exit status, or an error. */
static int run_in_foreground(php_ody_configuration *configuration, ody_error *error)
{
    int log = log_open(configuration, configuration->options.log_file, error);
    const ody_supervision supervision = {
        .first = php_ody_supervised(configuration),
        .calls = &php_ody_supervised_calls,
        .log = log,
    };
    int code;

    if (log < 0) {
        return log;
    }
    code = ody_supervisor_run(&supervision, error);
    log_close(log);
    return code;
}

static void started_in_background(void *context, int code, const ody_error *error)
{
    ody_daemon_report(context, code, error);
}

/* What a crashing library prints goes to the log too. The process ends without PHP's shutdown,
 * which belongs to the process that it was forked from. */
static void run_in_background(php_ody_configuration *configuration, int pipe)
    __attribute__((noreturn));

static void run_in_background(php_ody_configuration *configuration, int pipe)
{
    const char *file = configuration->options.log_file;
    ody_error error = {0};
    int log = log_open(configuration, file ? file : configuration->log_beside, &error);
    const ody_supervision supervision = {
        .first = php_ody_supervised(configuration),
        .calls = &php_ody_supervised_calls,
        .log = log,
        .process_ends = true,
        .started = started_in_background,
        .context = &pipe,
    };
    int code = log;

    if (log >= 0) {
        dup2(log, STDERR_FILENO);
        code = ody_supervisor_run(&supervision, &error);
    }
    ody_daemon_report(&pipe, code, &error);
    _exit(code != 0 ? 1 : 0);
}

static zend_long milliseconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (zend_long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The descriptor of the pid file, or a negative error: with an exception unless it is
 * ODY_ENO_SERVER. */
static int pid_file_open(const server *self)
{
    ody_error error = {0};
    int descriptor = ody_pid_file_open(self->configuration->pid_file, &error);

    if (descriptor < 0 && descriptor != ODY_ENO_SERVER) {
        php_ody_throw(descriptor, &error);
    }
    return descriptor;
}

/* @return whether the holder of the pid file lets go of it in time. */
static bool await_end(int pid_file, pid_t holder, double seconds)
{
    zend_long deadline = milliseconds_now() + (zend_long)(seconds * 1000);

    while (ody_pid_file_holder(pid_file) == holder) {
        if (milliseconds_now() >= deadline) {
            return false;
        }
        poll(NULL, 0, STOP_POLL);
    }
    return true;
}

/* Ends a supervisor. @return whether it is gone; otherwise an exception is pending. */
static bool holder_stop(int pid_file, pid_t holder, double timeout)
{
    if (kill(holder, SIGTERM) < 0 && errno != ESRCH) {
        zend_throw_exception_ex(php_ody_ce_server_exception, -ODY_ESYSTEM,
                                "Process %d cannot be stopped: %s", (int)holder, strerror(errno));
        return false;
    }
    if (!await_end(pid_file, holder, timeout)) {
        zend_throw_exception_ex(php_ody_ce_server_exception, -ODY_ETIMEOUT,
                                "Process %d still runs %g seconds after it was told to stop",
                                (int)holder, timeout);
        return false;
    }
    return true;
}

PHP_METHOD(Ody_Websocket_Server, configure)
{
    server *self = from_object(Z_OBJ_P(ZEND_THIS));
    HashTable *config;
    php_ody_configuration *configuration;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_ARRAY_HT(config)
    ZEND_PARSE_PARAMETERS_END();

    configuration = php_ody_configuration_new(config);
    if (!configuration) {
        RETURN_THROWS();
    }
    php_ody_configuration_free(self->configuration);
    self->configuration = configuration;
    RETURN_OBJ_COPY(Z_OBJ_P(ZEND_THIS));
}

PHP_METHOD(Ody_Websocket_Server, start)
{
    server *self = configured(ZEND_THIS);
    bool daemonize = false;
    ody_error error = {0};
    int pipe;
    int result;

    ZEND_PARSE_PARAMETERS_START(0, 1)
    Z_PARAM_OPTIONAL
    Z_PARAM_BOOL(daemonize)
    ZEND_PARSE_PARAMETERS_END();

    if (!self) {
        RETURN_THROWS();
    }
    if (strcmp(sapi_module.name, "cli") != 0) {
        zend_throw_exception_ex(php_ody_ce_server_exception, -ODY_EINVALID,
                                "The server starts from PHP's command line only, not from \"%s\"",
                                sapi_module.name);
        RETURN_THROWS();
    }
    if (daemonize) {
        result = ody_daemon_fork(&pipe, &error);
        if (result == 0) {
            run_in_background(self->configuration, pipe);
        }
    } else {
        result = run_in_foreground(self->configuration, &error);
    }
    if (result < 0) {
        php_ody_throw(result, &error);
        RETURN_THROWS();
    }
    RETURN_LONG(result);
}

PHP_METHOD(Ody_Websocket_Server, stop)
{
    server *self = configured(ZEND_THIS);
    double timeout = 30;
    int pid_file;
    pid_t holder;
    bool stopped;

    ZEND_PARSE_PARAMETERS_START(0, 1)
    Z_PARAM_OPTIONAL
    Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();

    if (!self) {
        RETURN_THROWS();
    }
    if (!(timeout >= 0 && timeout <= 86400)) {
        zend_argument_value_error(1, "must be between 0 and 86400 seconds");
        RETURN_THROWS();
    }
    pid_file = pid_file_open(self);
    if (pid_file < 0) {
        RETURN_FALSE;
    }
    holder = ody_pid_file_holder(pid_file);
    stopped = holder > 0 && holder_stop(pid_file, holder, timeout);
    close(pid_file);
    RETURN_BOOL(stopped);
}

/* Sends a signal to the supervisor. */
static void signal_send(INTERNAL_FUNCTION_PARAMETERS, int number)
{
    server *self = configured(ZEND_THIS);
    int pid_file;
    pid_t holder;

    ZEND_PARSE_PARAMETERS_NONE();

    if (!self) {
        RETURN_THROWS();
    }
    pid_file = pid_file_open(self);
    if (pid_file < 0) {
        RETURN_FALSE;
    }
    holder = ody_pid_file_holder(pid_file);
    close(pid_file);
    if (holder > 0 && kill(holder, number) < 0 && errno != ESRCH) {
        zend_throw_exception_ex(php_ody_ce_server_exception, -ODY_ESYSTEM,
                                "Process %d cannot be told: %s", (int)holder, strerror(errno));
        RETURN_THROWS();
    }
    RETURN_BOOL(holder > 0);
}

PHP_METHOD(Ody_Websocket_Server, reload)
{
    signal_send(INTERNAL_FUNCTION_PARAM_PASSTHRU, SIGUSR1);
}

PHP_METHOD(Ody_Websocket_Server, restart)
{
    signal_send(INTERNAL_FUNCTION_PARAM_PASSTHRU, SIGUSR2);
}

PHP_METHOD(Ody_Websocket_Server, pid)
{
    server *self = configured(ZEND_THIS);
    int pid_file;
    pid_t holder;

    ZEND_PARSE_PARAMETERS_NONE();

    if (!self) {
        RETURN_THROWS();
    }
    pid_file = pid_file_open(self);
    if (pid_file < 0) {
        RETURN_NULL();
    }
    holder = ody_pid_file_holder(pid_file);
    close(pid_file);
    if (holder == 0) {
        RETURN_NULL();
    }
    RETURN_LONG(holder);
}

PHP_METHOD(Ody_Websocket_Server, options)
{
    ZEND_PARSE_PARAMETERS_NONE();

    php_ody_options_describe(return_value);
}

static void free_object(zend_object *object)
{
    php_ody_configuration_free(from_object(object)->configuration);
    zend_object_std_dtor(object);
}

static zend_object *create_object(zend_class_entry *ce)
{
    server *self = zend_object_alloc(sizeof(*self), ce);

    self->configuration = NULL;
    zend_object_std_init(&self->std, ce);
    object_properties_init(&self->std, ce);
    self->std.handlers = &handlers;
    return &self->std;
}

void php_ody_register_server(void)
{
    zend_class_entry *ce = register_class_Ody_Websocket_Server();

    ce->create_object = create_object;
    memcpy(&handlers, zend_get_std_object_handlers(), sizeof(handlers));
    handlers.offset = XtOffsetOf(server, std);
    handlers.free_obj = free_object;
    handlers.clone_obj = NULL;
}
