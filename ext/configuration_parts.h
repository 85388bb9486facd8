/* SPDX-License-Identifier: MIT */
/* What the files that read a configuration share. */
#ifndef ODY_EXT_CONFIGURATION_PARTS_H
#define ODY_EXT_CONFIGURATION_PARTS_H

#include "configuration.h"
#include "option_values.h"

/**
 * Reads an array by a section's table, groups included.
 * @return false with an exception.
 */
bool php_ody_section_read(const php_ody_section *section, HashTable *entries);

/**
 * Makes options.apps and options.webhooks of the top level and of "apps".
 * @param first the app that the top level describes; options.apps[0] becomes a copy.
 * @return false with an exception.
 */
bool php_ody_apps_read(php_ody_configuration *self, const ody_app *first);

/** Checks what keys mean together, and completes options. @return false with an exception. */
bool php_ody_together_check(php_ody_configuration *self);

/**
 * Checks ids and keys of all apps.
 * @return false with an exception.
 */
bool php_ody_keys_check(const ody_options *options);

/** How errors name a key of an app: "limits.json_depth" of the first, "apps.0.limits.json_depth" of
 *  the next. @param name gets it. */
void php_ody_app_key_name(size_t app, const char *key, char *name, size_t size);

#endif
