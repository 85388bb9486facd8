/* SPDX-License-Identifier: MIT */
/* From a PHP array to the engine's options: everything is checked here, before anything is bound.
 */
#ifndef ODY_EXT_CONFIGURATION_H
#define ODY_EXT_CONFIGURATION_H

#include "options.h"
#include "zend_arena.h"

/** A checked configuration. It owns every text that options borrows. */
typedef struct php_ody_configuration {
    ody_options options;
    HashTable values;  /* dotted key => checked value; a key that is not set is absent */
    zend_arena *arena; /* everything that is made of values */
    const char *pid_file;
    const char *log_beside;             /* where the log goes in the background without log.file */
    const char **worker_command;        /* ends with NULL; NULL: not set */
    const char **configuration_command; /* as above */
} php_ody_configuration;

/**
 * Reads and checks a nested array.
 * @return a configuration for php_ody_configuration_free, or NULL with a ConfigurationException.
 */
php_ody_configuration *php_ody_configuration_new(HashTable *config);

/** Frees it; NULL is fine. */
void php_ody_configuration_free(php_ody_configuration *configuration);

/** What log.format comes to when the log goes to that descriptor. */
ody_log_format php_ody_configuration_log_format(const php_ody_configuration *configuration,
                                                int descriptor);

#endif
