/* SPDX-License-Identifier: MIT */
/* The client of a fake server, and what most tests have it do. */
#ifndef ODY_TESTS_FAKE_CLIENT_H
#define ODY_TESTS_FAKE_CLIENT_H

#include "fake_server.h"
#include "ody/client.h"

#define LONG_MS 20000

/** @return one that is not connected yet. */
ody_client *fake_client_new(const fake_server *fake, uint32_t connect_ms, uint32_t answer_ms);
/** Publishes an event with that data. */
int fake_client_publish_text(ody_client *client, ody_view data, uint64_t *reached,
                             ody_error *error);
/** A text for that; the caller frees its data. */
ody_view fake_client_large(size_t length);
/** Publishes a small event. */
int fake_client_publish(ody_client *client, uint64_t *reached, ody_error *error);

#endif
