/* SPDX-License-Identifier: MIT */
/* Who is told anything: no redirect is followed, no proxy asked, and certificates must be good. */
#include <stdlib.h>
#include <sys/stat.h>
#include "../net/await.h"
#include "house.h"
#include "receiver.h"
#include "test.h"

TEST(a_redirect_is_a_failure)
{
    static const int statuses[] = {301, 302, 303, 307, 308};
    house self;
    receiver peer;
    receiver other;

    receiver_start(&peer, 0, NULL);
    receiver_start(&other, 0, NULL);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    peer.elsewhere = other.url;
    receiver_behave(&peer, RECEIVER_REDIRECTS, 301);
    house_start(&self);
    house_tell(&self, "a");
    for (unsigned i = 0; i < 5; i++) {
        uint64_t failed = house_all(&self).failed;

        receiver_behave(&peer, RECEIVER_REDIRECTS, statuses[i]);
        AWAIT(house_all(&self).failed >= failed + 2);
    }
    CHECK_EQUAL(receiver_connections(&other), 0);
    CHECK_EQUAL(house_all(&self).sent, 0);
    receiver_behave(&peer, RECEIVER_ANSWERS, 299);
    AWAIT(house_all(&self).sent == 1);
    house_end(&self);
    receiver_stop(&peer);
    receiver_stop(&other);
}

TEST(only_http_is_spoken)
{
    static const char *const schemes[] = {"gopher", "ftp", "dict", "telnet", "file", "nonsense"};
    receiver peer;

    receiver_start(&peer, 0, NULL);
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        char url[64];
        house self;

        snprintf(url, sizeof(url), "%s://127.0.0.1:%u/", schemes[i], peer.port);
        house_prepare(&self);
        house_add_hook(&self, url, "");
        house_start(&self);
        house_tell(&self, "a");
        AWAIT(house_all(&self).failed >= 2);
        CHECK_EQUAL(house_all(&self).sent, 0);
        house_end(&self);
    }
    CHECK_EQUAL(receiver_connections(&peer), 0);
    receiver_stop(&peer);
}

/* A folder with a certificate for 127.0.0.1 by an authority of its own. */
static void make_certificate(char folder[600], const char *names)
{
    const char *end = strstr(__FILE__, "/engine/webhook/");
    char command[3000];

    CHECK(end != NULL);
    snprintf(folder, 600, "%.*s/out", (int)(end - __FILE__), __FILE__);
    mkdir(folder, 0777);
    strcat(folder, "/webhook-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    snprintf(command, sizeof(command),
             "cd '%s' && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -days 2 "
             "-addext subjectAltName=%s -keyout key.pem -out certificate.pem >log 2>&1",
             folder, names);
    CHECK_EQUAL(system(command), 0);
}

static void remove_folder(const char *folder)
{
    char command[700];

    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    CHECK_EQUAL(system(command), 0);
}

/* @return whether the receiver got it. @param connections that it accepted. */
static bool reaches(const char *folder, const char *ca_file, unsigned *connections)
{
    house self;
    receiver peer;
    bool reached;

    receiver_start(&peer, 0, folder);
    house_prepare(&self);
    self.ca_file = ca_file;
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    house_tell(&self, "a");
    AWAIT(house_all(&self).failed >= 3 || house_all(&self).sent == 1);
    reached = house_all(&self).sent == 1;
    CHECK_EQUAL(receiver_requests(&peer), reached ? 1 : 0);
    *connections = receiver_connections(&peer);
    house_end(&self);
    receiver_stop(&peer);
    return reached;
}

TEST(only_a_receiver_with_a_trusted_certificate_is_told_anything)
{
    char folder[600];
    char ca_file[700];
    unsigned connections;

    make_certificate(folder, "IP:127.0.0.1");
    snprintf(ca_file, sizeof(ca_file), "%s/certificate.pem", folder);
    unsetenv("SSL_CERT_FILE");
    CHECK(reaches(folder, ca_file, &connections));
    CHECK(!reaches(folder, NULL, &connections));
    CHECK(connections >= 2);
    CHECK(!reaches(folder, "/nowhere.pem", &connections));
    CHECK_EQUAL(setenv("SSL_CERT_FILE", ca_file, 1), 0);
    CHECK(reaches(folder, NULL, &connections));
    CHECK_EQUAL(setenv("SSL_CERT_FILE", "", 1), 0);
    CHECK(!reaches(folder, NULL, &connections));
    remove_folder(folder);
}

TEST(a_certificate_for_another_name_is_refused)
{
    char folder[600];
    char ca_file[700];
    unsigned connections;

    make_certificate(folder, "DNS:other.test,IP:127.0.0.2");
    snprintf(ca_file, sizeof(ca_file), "%s/certificate.pem", folder);
    CHECK(!reaches(folder, ca_file, &connections));
    CHECK(connections >= 2);
    remove_folder(folder);
}

TEST(proxies_of_the_environment_are_not_used)
{
    house self;
    receiver peer;
    receiver proxy;

    receiver_start(&peer, 0, NULL);
    receiver_start(&proxy, 0, NULL);
    CHECK_EQUAL(setenv("http_proxy", proxy.url, 1), 0);
    CHECK_EQUAL(setenv("ALL_PROXY", proxy.url, 1), 0);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    house_tell(&self, "a");
    AWAIT(house_all(&self).sent == 1);
    CHECK_EQUAL(receiver_requests(&peer), 1);
    CHECK_EQUAL(receiver_connections(&proxy), 0);
    house_end(&self);
    receiver_stop(&peer);
    receiver_stop(&proxy);
}
