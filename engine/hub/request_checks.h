/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: the checks of what other processes ask for. Each returns 0, or a negative
 * code with error filled by a sentence for the caller. Pure; any thread.
 */
#ifndef ODY_HUB_REQUEST_CHECKS_H
#define ODY_HUB_REQUEST_CHECKS_H

#include "hub/requests.h"

/** Whether it is a name that a channel of the app may have. */
int ody__request_name_check(const ody_app *app, ody_view name, ody_error *error);
/** Whether the app takes such an event. */
int ody__request_event_check(const ody_app *app, ody_view event, ody_view data, ody_error *error);
/** Whether it is a user's id. */
int ody__request_user_check(ody_view user_id, ody_error *error);
/** Reads a socket id. */
int ody__request_id_read(ody_view text, ody_socket_id *id, ody_error *error);
/** Whether a publish is good. @param except gets whom it leaves out; first stays 0 for nobody. */
int ody__request_publish_check(const ody_publish *publish, ody_socket_id *except, ody_error *error);

#endif
