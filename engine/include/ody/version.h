/* SPDX-License-Identifier: MIT */
#ifndef ODY_VERSION_H
#define ODY_VERSION_H

/** The version of the engine, of the extension and of the Composer package: one number for all. */
#define ODY_VERSION "0.1.0"

#endif
