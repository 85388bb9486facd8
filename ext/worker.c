/* SPDX-License-Identifier: MIT */
/*
 * The class Worker\Connection: takes the engine's calls to PHP code. The only place where C calls
 * what an application wrote, so whatever that may do is dealt with here: exceptions, exit(), fatal
 * errors, forks.
 */
#include "php_ody_websocket.h"

#include <math.h>
#include <unistd.h>
#include "zend_exceptions.h"
#include "errors.h"
#include "ody/worker.h"
#include "worker_call.h"
#include "worker_signals.h"
#include "worker_arginfo.h"

#define SOCKET_PATH_MAX 107 /* what sockaddr_un has room for, without the NUL */
#define LEAVE_TIME 5000     /* ms: an engine that does not let go of us in time is stuck */

typedef struct connection {
    ody_worker *worker; /* NULL until constructed, and when it is of no more use */
    bool registered;
    bool running;
    zend_object std;
} connection;

/* What one run() works with. */
typedef struct run {
    connection *self;
    zend_fcall_info *handler;
    zend_fcall_info_cache *handler_cache;
    zend_fcall_info *between;
    zend_fcall_info_cache *between_cache;
    zend_long limit; /* 0: none */
    zend_long answered;
    bool leaving;
} run;

static zend_object_handlers handlers;

static connection *from_object(zend_object *object)
{
    return (connection *)((char *)object - XtOffsetOf(connection, std));
}

static void drop(connection *self)
{
    ody_worker_free(self->worker);
    self->worker = NULL;
    self->registered = false;
}

PHP_METHOD(Ody_Websocket_Worker_Connection, __construct)
{
    connection *self = from_object(Z_OBJ_P(ZEND_THIS));
    zend_string *path;
    double timeout = 1.0;

    ZEND_PARSE_PARAMETERS_START(1, 2)
    Z_PARAM_PATH_STR(path)
    Z_PARAM_OPTIONAL
    Z_PARAM_DOUBLE(timeout)
    ZEND_PARSE_PARAMETERS_END();

    if (self->worker) {
        zend_throw_error(NULL, "%s::__construct() may only be called once",
                         ZSTR_VAL(Z_OBJCE_P(ZEND_THIS)->name));
        RETURN_THROWS();
    }
    if (ZSTR_LEN(path) == 0 || ZSTR_LEN(path) > SOCKET_PATH_MAX) {
        zend_argument_value_error(1, "must have between 1 and %d bytes", SOCKET_PATH_MAX);
        RETURN_THROWS();
    }
    if (!(timeout >= 0.001 && timeout <= 600)) {
        zend_argument_value_error(2, "must be between 0.001 and 600 seconds");
        RETURN_THROWS();
    }
    self->worker = ody_worker_new(ZSTR_VAL(path), (uint32_t)lround(timeout * 1000));
    if (!self->worker) {
        php_ody_throw(ODY_EMEMORY, NULL);
        RETURN_THROWS();
    }
}

/* Whether the object can be used now; if not, an exception is pending. */
static bool usable(zend_object *object)
{
    connection *self = from_object(object);

    if (!self->worker) {
        zend_throw_error(NULL, "%s::__construct() has not been called", ZSTR_VAL(object->ce->name));
        return false;
    }
    if (self->running) {
        zend_throw_error(NULL, "%s is handling a call", ZSTR_VAL(object->ce->name));
        return false;
    }
    return true;
}

PHP_METHOD(Ody_Websocket_Worker_Connection, register)
{
    connection *self = from_object(Z_OBJ_P(ZEND_THIS));
    HashTable *wanted;
    ody_view types[ODY_HANDLERS_MAX];
    ody_worker_interest interest;
    ody_error error = {0};
    int code;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_ARRAY_HT(wanted)
    ZEND_PARSE_PARAMETERS_END();

    if (!usable(Z_OBJ_P(ZEND_THIS)) || !php_ody_worker_interest_read(wanted, types, &interest)) {
        RETURN_THROWS();
    }
    code = ody_worker_register(self->worker, &interest, &error);
    if (code < 0) {
        php_ody_throw(code, &error);
        RETURN_THROWS();
    }
    self->registered = true;
}

/* Calls the handler and reads its answer, whose texts live as long as *result. @return false when
 * there is none: an exception is pending. */
static bool ask(const run *this_run, const ody_worker_call *call, zval *result,
                ody_worker_answer *answer)
{
    zval argument;
    bool answered;

    php_ody_worker_call_array(call, &argument);
    this_run->handler->retval = result;
    this_run->handler->params = &argument;
    this_run->handler->param_count = 1;
    answered = zend_call_function(this_run->handler, this_run->handler_cache) == SUCCESS &&
               !EG(exception) && php_ody_worker_answer_read(result, answer);
    zval_ptr_dtor(&argument);
    return answered;
}

/* As ask(), but a process that ends takes the connection with it, before its shutdown functions
 * run: the engine learns at once that nobody will answer, and gives us no further call. */
static bool ask_guarded(const run *this_run, const ody_worker_call *call, zval *result,
                        ody_worker_answer *answer)
{
    pid_t process = getpid();
    volatile bool answered = false;

    zend_try
    {
        answered = ask(this_run, call, result, answer);
    }
    zend_catch
    {
        drop(this_run->self);
        zend_bailout();
    }
    zend_end_try();
    if (getpid() != process || (EG(exception) && zend_is_unwind_exit(EG(exception)))) {
        drop(this_run->self);
    }
    return answered;
}

/* @return whether the loop goes on. */
static bool handle(run *this_run, const ody_worker_call *call)
{
    connection *self = this_run->self;
    ody_worker_answer answer = {.verdict = ODY_VERDICT_FAILED};
    ody_error error = {0};
    zval result;
    bool answered;
    int code = 0;

    ZVAL_UNDEF(&result);
    answered = ask_guarded(this_run, call, &result, &answer);
    if (!answered) {
        answer = (ody_worker_answer){.verdict = ODY_VERDICT_FAILED};
    }
    if (self->worker) {
        code = ody_worker_reply(self->worker, &answer, &error);
        this_run->answered++;
    }
    zval_ptr_dtor(&result);
    if (code < 0 && code != ODY_EDISCONNECTED && !EG(exception)) {
        php_ody_throw(code, &error);
    }
    return self->worker && code == 0 && !EG(exception);
}

/* @return whether the application's own loop has nothing against going on. */
static bool rest(const run *this_run)
{
    zval result;
    bool more;

    if (!this_run->between) {
        return true;
    }
    ZVAL_UNDEF(&result);
    this_run->between->retval = &result;
    this_run->between->param_count = 0;
    zend_call_function(this_run->between, this_run->between_cache);
    more = Z_TYPE(result) != IS_FALSE;
    zval_ptr_dtor(&result);
    return more;
}

/* Says that we want no more. What the engine has sent until then still comes, then it hangs up. */
static void leave(run *this_run)
{
    ody_error error = {0};

    this_run->leaving = true;
    if (ody_worker_leave(this_run->self->worker, &error) < 0) {
        drop(this_run->self);
    }
}

/* @return whether there is a call; false: the loop ends, perhaps with an exception. */
static bool await_call(run *this_run, ody_worker_call *call)
{
    connection *self = this_run->self;
    ody_error error = {0};
    int code = 0;

    while (self->worker && code == 0) {
        if (!this_run->leaving && ody_worker_signals_stopped()) {
            leave(this_run);
            continue;
        }
        if (ody_worker_signals_wait(ody_worker_descriptor(self->worker),
                                    this_run->leaving ? LEAVE_TIME : -1)) {
            code = ody_worker_next(self->worker, 0, call, &error);
        } else if (this_run->leaving) {
            return false;
        }
    }
    if (code < 0 && code != ODY_EDISCONNECTED) {
        php_ody_throw(code, &error);
    }
    if (code < 0) {
        self->registered = false;
    }
    return code > 0;
}

static void work(run *this_run)
{
    ody_worker_call call;

    while (await_call(this_run, &call) && handle(this_run, &call)) {
        bool enough = this_run->limit > 0 && this_run->answered >= this_run->limit;

        if ((!rest(this_run) || enough) && !this_run->leaving && !EG(exception)) {
            leave(this_run);
        }
        if (EG(exception) || !this_run->self->worker) {
            return;
        }
    }
}

PHP_METHOD(Ody_Websocket_Worker_Connection, run)
{
    connection *self = from_object(Z_OBJ_P(ZEND_THIS));
    zend_fcall_info handler;
    zend_fcall_info_cache handler_cache;
    zend_long limit = 0;
    zend_fcall_info between = empty_fcall_info;
    zend_fcall_info_cache between_cache = empty_fcall_info_cache;
    ody_worker_signals before;
    run this_run;

    ZEND_PARSE_PARAMETERS_START(1, 3)
    Z_PARAM_FUNC(handler, handler_cache)
    Z_PARAM_OPTIONAL
    Z_PARAM_LONG(limit)
    Z_PARAM_FUNC_OR_NULL(between, between_cache)
    ZEND_PARSE_PARAMETERS_END();

    if (!usable(Z_OBJ_P(ZEND_THIS))) {
        RETURN_THROWS();
    }
    if (limit < 0) {
        zend_argument_value_error(2, "must be greater than or equal to 0");
        RETURN_THROWS();
    }
    if (!self->registered) {
        zend_throw_exception(php_ody_ce_server_exception, "The worker has not registered",
                             -ODY_EINVALID);
        RETURN_THROWS();
    }
    if (ody_worker_signals_begin(&before) < 0) {
        php_ody_throw(ODY_ESYSTEM, NULL);
        RETURN_THROWS();
    }
    this_run = (run){
        .self = self,
        .handler = &handler,
        .handler_cache = &handler_cache,
        .between = ZEND_FCI_INITIALIZED(between) ? &between : NULL,
        .between_cache = &between_cache,
        .limit = limit,
    };
    self->running = true;
    work(&this_run);
    self->running = false;
    ody_worker_signals_end(&before);
    if (EG(exception)) {
        RETURN_THROWS();
    }
    RETURN_LONG(this_run.answered);
}

static void free_object(zend_object *object)
{
    drop(from_object(object));
    zend_object_std_dtor(object);
}

static zend_object *create_object(zend_class_entry *ce)
{
    connection *self = zend_object_alloc(sizeof(*self), ce);

    memset(self, 0, XtOffsetOf(connection, std));
    zend_object_std_init(&self->std, ce);
    object_properties_init(&self->std, ce);
    self->std.handlers = &handlers;
    return &self->std;
}

void php_ody_register_worker_connection(void)
{
    zend_class_entry *ce = register_class_Ody_Websocket_Worker_Connection();

    ce->create_object = create_object;
    memcpy(&handlers, zend_get_std_object_handlers(), sizeof(handlers));
    handlers.offset = XtOffsetOf(connection, std);
    handlers.free_obj = free_object;
    handlers.clone_obj = NULL;
}
