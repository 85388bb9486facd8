/* SPDX-License-Identifier: MIT */
/*
 * What the files of the extension share: the module, its globals, and one registration function
 * and class entry per class. Only PHP's own thread runs anything in this folder.
 */
#ifndef PHP_ODY_WEBSOCKET_H
#define PHP_ODY_WEBSOCKET_H

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "php.h"
#include "ody/error.h"
#include "ody/version.h"
#include "ody/view.h"

extern zend_module_entry ody_websocket_module_entry;
#define phpext_ody_websocket_ptr &ody_websocket_module_entry

ZEND_BEGIN_MODULE_GLOBALS(ody_websocket)
    /* Connections to servers, kept from request to request: see channel_client_table.h. Made in
     * GINIT, freed in GSHUTDOWN. */
    HashTable clients;
ZEND_END_MODULE_GLOBALS(ody_websocket)

ZEND_EXTERN_MODULE_GLOBALS(ody_websocket)
#define ODY_WEBSOCKET_G(v) ZEND_MODULE_GLOBALS_ACCESSOR(ody_websocket, v)

#if defined(ZTS) && defined(COMPILE_DL_ODY_WEBSOCKET)
ZEND_TSRMLS_CACHE_EXTERN()
#endif

/** The bytes of a PHP string, borrowed; ODY_VIEW_NONE for NULL. */
static inline ody_view php_ody_view(const zend_string *text)
{
    return text ? (ody_view){ZSTR_VAL(text), ZSTR_LEN(text)} : ODY_VIEW_NONE;
}

/* Each registers what its file defines. Called once, from MINIT. */
void php_ody_register_exceptions(void);
void php_ody_register_channel_auth_generator(void);
void php_ody_register_channel_client(void);
void php_ody_register_channel_manager(void);
void php_ody_register_server(void);
void php_ody_register_worker_connection(void);

#endif
