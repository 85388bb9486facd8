/* SPDX-License-Identifier: MIT */
/*
 * Options that own themselves: one block with everything that they point to, counted. A thread that
 * works with options holds a reference, so that other options can take their place at any time
 * without a lock. Any thread.
 */
#ifndef ODY_BASE_OPTIONS_H
#define ODY_BASE_OPTIONS_H

#include "ody/error.h"
#include "ody/options.h"
#include "ody/view.h"

/** @return a copy as one block with one reference, or NULL without memory. */
const ody_options *ody_options_copy(const ody_options *options);
/**
 * Reads what ody_options_write made.
 * @param options one block with one reference, on success.
 * @return 0; ODY_EPROTOCOL for bytes that this very program did not write, ODY_EMEMORY.
 */
int ody_options_read(const void *bytes, size_t length, const ody_options **options);

/** Takes one more reference. Only of what copy and read made. @return options. */
const ody_options *ody_options_ref(const ody_options *options);
/** Gives a reference back; the last one frees the block. NULL is fine. */
void ody_options_unref(const ody_options *options);

/** The app of that id, or NULL. */
const ody_app *ody_options_app_of_id(const ody_options *options, ody_view id);
/** The app that has that key, current or previous, or NULL. */
const ody_app *ody_options_app_of_key(const ody_options *options, ody_view key);
/** The secret that belongs to a key of app, or NULL when the app has no such key. */
const char *ody_app_secret(const ody_app *app, ody_view key);

#endif
