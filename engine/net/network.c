/* SPDX-License-Identifier: MIT */
/* Reads networks. */
#include "ody/network.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static int parse_bits(const char *text, unsigned most, unsigned *bits)
{
    char *end;
    unsigned long value;

    if (*text < '0' || *text > '9') {
        return ODY_EINVALID;
    }
    value = strtoul(text, &end, 10);
    if (*end != '\0' || value > most) {
        return ODY_EINVALID;
    }
    *bits = (unsigned)value;
    return 0;
}

int ody_network_parse(const char *text, ody_network *out)
{
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : strlen(text);
    char address[64];
    unsigned bits;
    bool v4;

    if (length == 0 || length >= sizeof(address)) {
        return ODY_EINVALID;
    }
    memcpy(address, text, length);
    address[length] = '\0';
    memset(out, 0, sizeof(*out));
    v4 = inet_pton(AF_INET, address, out->address + 12) == 1;
    if (v4) {
        out->address[10] = out->address[11] = 0xff;
    } else if (inet_pton(AF_INET6, address, out->address) != 1) {
        return ODY_EINVALID;
    }
    bits = v4 ? 32 : 128;
    if (slash && parse_bits(slash + 1, bits, &bits) < 0) {
        return ODY_EINVALID;
    }
    out->prefix_bits = (uint8_t)(v4 ? bits + 96 : bits);
    return 0;
}
