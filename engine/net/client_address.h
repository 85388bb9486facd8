/* SPDX-License-Identifier: MIT */
/*
 * Who a client is when proxies stand between. Only what a trusted proxy says is believed, from the
 * nearest hop outwards. Pure; any thread. Source: RFC 7239 and the usual X-Forwarded-For.
 */
#ifndef ODY_NET_CLIENT_ADDRESS_H
#define ODY_NET_CLIENT_ADDRESS_H

#include <stdint.h>
#include <sys/socket.h>
#include "net/http_head.h"
#include "ody/options.h"

/** The 16 bytes of a socket address; IPv4 mapped; all zero for other families. */
void ody_address_from_socket(const struct sockaddr_storage *socket_address, uint8_t out[16]);
/** Writes "192.0.2.1" or "2001:db8::1". @param out at least 46 bytes. */
void ody_address_format(const uint8_t address[16], char *out, size_t size);
/** Whether it is 127.0.0.0/8 or ::1. */
bool ody_address_is_loopback(const uint8_t address[16]);
/** Whether one of the networks has it. */
bool ody_address_in(const uint8_t address[16], const ody_network *networks, size_t count);

/**
 * The client's address: the peer's, unless the peer is a trusted proxy that names another. Walks
 * `X-Forwarded-For`, or without one `Forwarded`, from the right over trusted proxies; stops at the
 * first address that is not one, and at anything that is not an address. That order, because nearly
 * all proxies write the former and pass on whatever the client wrote in the latter.
 */
void ody_client_address(const ody_http_head *head, const uint8_t peer[16],
                        const ody_options *options, uint8_t out[16]);

/** Whether a request shows a trace of a proxy. */
bool ody_request_is_proxied(const ody_http_head *head);

/** Whether a browser sent a request because a page wanted it: not because somebody typed it. */
bool ody_request_is_of_a_page(const ody_http_head *head);

/** Whether its Host is a name other than localhost, and not an address. Whoever owns a name can
 * have it lead anywhere, so that a page of his counts as one of the server's. */
bool ody_request_is_named(const ody_http_head *head);

/** Whether a request comes from this machine, perhaps from a browser's page: its peer and its Host
 *  are loopback, and it shows no trace of a proxy. */
bool ody_request_is_of_this_machine(const ody_http_head *head, const uint8_t peer[16]);

/** Whether, besides, it shows no trace of a browser's page. */
bool ody_request_is_local(const ody_http_head *head, const uint8_t peer[16]);

#endif
