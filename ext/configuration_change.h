/* SPDX-License-Identifier: MIT */
/*
 * A configuration that comes as JSON while a server runs: it is checked as Server::configure()
 * does, and compared with the one in force. Nothing here throws or ends the process.
 */
#ifndef ODY_EXT_CONFIGURATION_CHANGE_H
#define ODY_EXT_CONFIGURATION_CHANGE_H

#include "configuration.h"
#include "supervisor.h"

/** What the supervisor sees of a configuration. Borrowed from it, but for owner. */
ody_supervised php_ody_supervised(php_ody_configuration *configuration);

/** The calls with which a supervisor reads, compares and frees configurations. */
extern const ody_supervised_calls php_ody_supervised_calls;

#endif
