/* SPDX-License-Identifier: MIT */
/* Networks as configuration writes them. */
#include "ody/network.h"

#include <arpa/inet.h>
#include "test.h"

static void expect(const char *text, const char *address, int bits)
{
    ody_network network;
    uint8_t wanted[16];

    if (ody_network_parse(ody_view_of(text), &network) != 0) {
        FAIL("\"%s\" is refused", text);
    }
    CHECK_EQUAL(inet_pton(AF_INET6, address, wanted), 1);
    CHECK(memcmp(network.address, wanted, 16) == 0);
    CHECK_EQUAL(network.prefix_bits, bits);
}

TEST(network_reads_addresses_and_prefixes)
{
    expect("10.0.0.0/8", "::ffff:10.0.0.0", 104);
    expect("192.0.2.1", "::ffff:192.0.2.1", 128);
    expect("0.0.0.0/0", "::ffff:0.0.0.0", 96);
    expect("127.0.0.1/32", "::ffff:127.0.0.1", 128);
    expect("::1", "::1", 128);
    expect("2001:db8::/32", "2001:db8::", 32);
    expect("::/0", "::", 0);
    expect("::ffff:192.0.2.0/120", "::ffff:192.0.2.0", 120);
}

TEST(network_refuses_the_rest)
{
    static const char *const wrong[] = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8 ",
        " 10.0.0.0/8",
        "10.0.0/8",
        "10.0.0.0.0",
        "10.0.0.256",
        "::/129",
        "::/1288888888",
        "fe80::1%lo",
        "localhost",
        "[::1]",
        "10.0.0.0/8/8",
        "010.0.0.1/8",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee:ffff",
    };
    ody_network network;

    for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
        if (ody_network_parse(ody_view_of(wrong[index]), &network) != ODY_EINVALID) {
            FAIL("\"%s\" is taken", wrong[index]);
        }
    }
    CHECK_EQUAL(ody_network_parse((ody_view){"10.0.0.1\0.2", 11}, &network), ODY_EINVALID);
    CHECK_EQUAL(ody_network_parse(ODY_VIEW_NONE, &network), ODY_EINVALID);
}
