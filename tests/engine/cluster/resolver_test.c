/* SPDX-License-Identifier: MIT */
/* Addresses that need nobody to be asked, and names that do. */
#include "cluster/resolver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include "base/memory.h"
#include "test.h"

static void check_address(const ody_addresses *addresses, size_t index, const char *wanted)
{
    const struct sockaddr_storage *found = &addresses->list[index];
    const struct sockaddr_in *four = (const struct sockaddr_in *)found;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)found;
    char text[INET6_ADDRSTRLEN];

    CHECK(index < addresses->count);
    CHECK_EQUAL(ntohs(four->sin_port), 7000);
    inet_ntop(found->ss_family,
              found->ss_family == AF_INET ? (const void *)&four->sin_addr : &six->sin6_addr, text,
              sizeof(text));
    CHECK_VIEW(ody_view_of(text), ody_view_of(wanted));
}

TEST(numbers_and_localhost_are_known)
{
    ody_addresses addresses;

    CHECK(ody_addresses_known("127.0.0.2", 7000, &addresses));
    CHECK_EQUAL(addresses.count, 1);
    check_address(&addresses, 0, "127.0.0.2");
    CHECK(ody_addresses_known("::1", 7000, &addresses));
    CHECK_EQUAL(addresses.count, 1);
    check_address(&addresses, 0, "::1");
    CHECK(ody_addresses_known("localhost", 7000, &addresses));
    CHECK_EQUAL(addresses.count, 2);
    check_address(&addresses, 0, "127.0.0.1");
    check_address(&addresses, 1, "::1");
    CHECK(!ody_addresses_known("redis.example", 7000, &addresses));
    CHECK(!ody_addresses_known("localhost.example", 7000, &addresses));
}

static int resolve(const char *host, ody_addresses *addresses, ody_error *error)
{
    ody_resolving *resolving = ody_resolve_begin(host, 7000);
    struct pollfd watched = {.events = POLLIN};

    CHECK(resolving);
    watched.fd = ody_resolving_descriptor(resolving);
    CHECK_EQUAL(poll(&watched, 1, 60000), 1);
    return ody_resolve_end(resolving, addresses, error);
}

TEST(a_thread_asks_the_system)
{
    ody_addresses addresses;
    ody_error error;

    CHECK_EQUAL(resolve("localhost", &addresses, &error), 0);
    CHECK(addresses.count >= 1);
    /* No name may have so long a part, so nobody is asked for it. */
    CHECK_EQUAL(resolve("0123456789012345678901234567890123456789012345678901234567890123456789",
                        &addresses, &error),
                ODY_ESYSTEM);
    CHECK(strstr(error.message, "the name cannot be resolved: "));
}

TEST(nobody_waits_for_a_thread_that_is_not_wanted_any_more)
{
    for (int i = 0; i < 50; i++) {
        ody_resolve_drop(ody_resolve_begin("localhost", 7000));
    }
    ody_resolve_drop(NULL);
}

TEST(without_memory_nobody_is_asked)
{
    ody_memory_fail_at(1);
    CHECK(!ody_resolve_begin("localhost", 7000));
    ody_memory_fail_at(0);
}
