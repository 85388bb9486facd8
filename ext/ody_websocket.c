/* SPDX-License-Identifier: MIT */
/*
 * The module entry: registers the classes and starts nothing. The engine only ever runs in a child
 * that Server::start() forks.
 */
#include "php_ody_websocket.h"

#include "channel_client_table.h"
#include "ext/standard/info.h"
#include "ody/server.h"

ZEND_DECLARE_MODULE_GLOBALS(ody_websocket)

static PHP_MINIT_FUNCTION(ody_websocket)
{
    php_ody_register_exceptions();
    php_ody_register_channel_auth_generator();
    php_ody_register_channel_client();
    php_ody_register_channel_manager();
    php_ody_register_server();
    php_ody_register_worker_connection();
    return SUCCESS;
}

/* What we were built with and what is loaded may differ: both belong into a report of a fault. */
static PHP_MINFO_FUNCTION(ody_websocket)
{
    php_info_print_table_start();
    php_info_print_table_row(2, "Ody WebSocket", "enabled");
    php_info_print_table_row(2, "Version", ODY_VERSION);
    php_info_print_table_row(2, "Protocol", "Pusher Channels 7");
    php_info_print_table_end();
    php_info_print_table_start();
    php_info_print_table_header(3, "Library", "Headers", "Loaded");
    php_info_print_table_row(3, "libwebsockets", ODY_BUILT_WITH_LIBWEBSOCKETS,
                             ody_version_libwebsockets());
    php_info_print_table_row(3, "libev", ODY_BUILT_WITH_LIBEV, ody_version_libev());
    php_info_print_table_row(3, "jansson", ODY_BUILT_WITH_JANSSON, ody_version_jansson());
    php_info_print_table_row(3, "libmicrohttpd", ODY_BUILT_WITH_MICROHTTPD,
                             ody_version_libmicrohttpd());
    php_info_print_table_row(3, "hiredis", ODY_BUILT_WITH_HIREDIS, ody_version_hiredis());
    php_info_print_table_row(3, "OpenSSL", ODY_BUILT_WITH_OPENSSL, ody_version_openssl());
    php_info_print_table_row(3, "libcurl", ODY_BUILT_WITH_LIBCURL, ody_version_libcurl());
    php_info_print_table_end();
}

static PHP_GINIT_FUNCTION(ody_websocket)
{
#if defined(COMPILE_DL_ODY_WEBSOCKET) && defined(ZTS)
    ZEND_TSRMLS_CACHE_UPDATE();
#endif
    php_ody_client_table_init(&ody_websocket_globals->clients);
}

static PHP_GSHUTDOWN_FUNCTION(ody_websocket)
{
    php_ody_client_table_fini(&ody_websocket_globals->clients);
}

static const zend_module_dep dependencies[] = {ZEND_MOD_REQUIRED("json") ZEND_MOD_REQUIRED("spl")
                                                   ZEND_MOD_END};

zend_module_entry ody_websocket_module_entry = {
    STANDARD_MODULE_HEADER_EX,
    NULL,
    dependencies,
    "ody_websocket",
    NULL,
    PHP_MINIT(ody_websocket),
    NULL,
    NULL,
    NULL,
    PHP_MINFO(ody_websocket),
    ODY_VERSION,
    PHP_MODULE_GLOBALS(ody_websocket),
    PHP_GINIT(ody_websocket),
    PHP_GSHUTDOWN(ody_websocket),
    NULL,
    STANDARD_MODULE_PROPERTIES_EX,
};

#ifdef COMPILE_DL_ODY_WEBSOCKET
#ifdef ZTS
ZEND_TSRMLS_CACHE_DEFINE()
#endif
ZEND_GET_MODULE(ody_websocket)
#endif
