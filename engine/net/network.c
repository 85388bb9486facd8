/* SPDX-License-Identifier: MIT */
/* Reads networks. */
#include "ody/network.h"

#include <arpa/inet.h>
#include <string.h>
#include "base/number.h"

int ody_network_parse(ody_view text, ody_network *out)
{
    const char *slash = text.length ? memchr(text.data, '/', text.length) : NULL;
    size_t length = slash ? (size_t)(slash - text.data) : text.length;
    char address[64];
    uint64_t bits;
    bool v4;

    if (length == 0 || length >= sizeof(address) || memchr(text.data, '\0', length)) {
        return ODY_EINVALID;
    }
    memcpy(address, text.data, length);
    address[length] = '\0';
    memset(out, 0, sizeof(*out));
    v4 = inet_pton(AF_INET, address, out->address + 12) == 1;
    if (v4) {
        out->address[10] = out->address[11] = 0xff;
    } else if (inet_pton(AF_INET6, address, out->address) != 1) {
        return ODY_EINVALID;
    }
    bits = v4 ? 32 : 128;
    if (slash) {
        ody_view digits = {slash + 1, text.length - length - 1};

        if (digits.length > 3 || !ody_number_parse(digits, bits, &bits)) {
            return ODY_EINVALID;
        }
    }
    out->prefix_bits = (uint8_t)(v4 ? bits + 96 : bits);
    return 0;
}
