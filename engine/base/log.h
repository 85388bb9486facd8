/* SPDX-License-Identifier: MIT */
/* The log is public, because the supervisor writes to it too: see ody/log.h. */
#ifndef ODY_BASE_LOG_H
#define ODY_BASE_LOG_H

#include "ody/log.h"

#endif
