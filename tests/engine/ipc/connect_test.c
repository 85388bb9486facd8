/* SPDX-License-Identifier: MIT */
/* What a client says when there is no server, each cause in its own words. */
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "fake_server.h"
#include "live_server.h"
#include "test.h"

#define LONG_MS 20000

/* A listening socket that nobody serves. */
static int deaf_socket(char *directory, char *path, int backlog)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    fake_place(directory, 64, path, 96);
    memcpy(address.sun_path, path, strlen(path));
    CHECK_EQUAL(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    if (backlog >= 0) {
        CHECK_EQUAL(listen(fd, backlog), 0);
    }
    return fd;
}

static void check_no_server(const char *path, const char *words)
{
    ody_client *client = ody_client_new(path, 200, LONG_MS);
    uint64_t start = ody_clock_ms();
    ody_error error = {0};
    uint64_t reached;

    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), ODY_ENO_SERVER);
    CHECK_EQUAL(error.code, ODY_ENO_SERVER);
    CHECK(ody_clock_ms() - start < 5000);
    if (!strstr(error.message, words) || !strstr(error.message, path)) {
        FAIL("\"%s\" says neither \"%s\" nor \"%s\"", error.message, words, path);
    }
    ody_client_free(client);
}

TEST(client_says_that_the_socket_is_missing)
{
    char directory[64], path[96];

    fake_place(directory, sizeof(directory), path, sizeof(path));
    check_no_server(path, "does not exist");
    rmdir(directory);
    check_no_server(path, "does not exist");
}

TEST(client_says_that_the_server_has_stopped)
{
    char directory[64], path[96];

    close(deaf_socket(directory, path, -1));
    check_no_server(path, "has stopped");
    unlink(path);
    rmdir(directory);
}

TEST(client_gives_a_silent_server_up)
{
    char directory[64], path[96];
    int fd = deaf_socket(directory, path, 16);

    check_no_server(path, "did not answer within 200 ms");
    close(fd);
    unlink(path);
    rmdir(directory);
}

/* Checks what is said when the backlog has no room. */
static void check_full_backlog(void)
{
    char directory[64], path[96];
    int fd = deaf_socket(directory, path, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fillers[8], filled = 0;

    memcpy(address.sun_path, path, strlen(path));
    do {
        CHECK(filled < 8);
        fillers[filled] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    } while (connect(fillers[filled++], (struct sockaddr *)&address, sizeof(address)) == 0);
    CHECK_EQUAL(errno, EAGAIN);
    check_no_server(path, "did not accept within 200 ms");
    while (filled > 0) {
        close(fillers[--filled]);
    }
    close(fd);
    unlink(path);
    rmdir(directory);
}

TEST(client_gives_a_full_backlog_up)
{
    check_full_backlog();
}

static atomic_int interruptions;

static void on_signal(int number)
{
    (void)number;
    atomic_fetch_add(&interruptions, 1);
}

TEST(client_connects_on_when_interrupted)
{
    const struct itimerval often = {{0, 10000}, {0, 10000}};
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGALRM, &action, NULL);
    CHECK_EQUAL(setitimer(ITIMER_REAL, &often, NULL), 0);
    check_full_backlog();
    CHECK(interruptions > 2);
}

TEST(client_names_the_group_when_access_is_denied)
{
    char directory[64], path[96];
    int fd = deaf_socket(directory, path, 16);
    int status;
    pid_t child;

    chmod(directory, 0755);
    chmod(path, 0600);
    child = fork();
    if (child == 0) {
        if (geteuid() == 0) {
            CHECK_EQUAL(setuid(65534), 0);
        } else {
            chmod(path, 0);
        }
        check_no_server(path, "socket.group");
        _exit(7);
    }
    CHECK_EQUAL(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(WEXITSTATUS(status), 7);
    close(fd);
    unlink(path);
    rmdir(directory);
}

TEST(client_says_that_the_path_is_too_long)
{
    char path[300];

    memset(path, 'a', sizeof(path) - 1);
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    ody_client *client = ody_client_new(path, 200, 200);
    ody_error error;
    uint64_t reached;

    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), ODY_ENO_SERVER);
    CHECK(strstr(error.message, "socket.path: the path has 299 bytes, the system allows 107"));
    ody_client_free(client);
}
