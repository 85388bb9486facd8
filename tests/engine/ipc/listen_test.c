/* SPDX-License-Identifier: MIT */
/* Opening the server's Unix socket: rights, directories, leftovers and refusals. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fake_server.h"
#include "ody/server.h"
#include "test.h"

typedef struct room {
    char directory[64];
    char path[128];
    ody_options options;
    ody_error error;
} room;

static void room_make(room *self, const char *name)
{
    char unused[96];

    memset(self, 0, sizeof(*self));
    fake_place(self->directory, sizeof(self->directory), unused, sizeof(unused));
    snprintf(self->path, sizeof(self->path), "%s/%s", self->directory, name);
    self->options.socket_path = self->path;
}

static void room_remove(const room *self)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf '%s'", self->directory);
    CHECK_EQUAL(system(command), 0);
}

static int opens(room *self)
{
    int fd = ody_listen_unix(&self->options, &self->error);

    if (fd < 0) {
        FAIL("%s", self->error.message);
    }
    return fd;
}

static void refuses(room *self, int code, const char *words)
{
    CHECK_EQUAL(ody_listen_unix(&self->options, &self->error), code);
    CHECK_EQUAL(self->error.code, code);
    if (!strstr(self->error.message, words)) {
        FAIL("\"%s\" does not say \"%s\"", self->error.message, words);
    }
}

static int connects(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(address.sun_path, path, strlen(path));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        close(fd);
        return -errno;
    }
    return fd;
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    CHECK_EQUAL(lstat(path, &status), 0);
    return status.st_mode & 07777;
}

TEST(listen_makes_socket_and_directories_whatever_the_umask)
{
    static const mode_t masks[] = {0, 022, 077, 0777};

    for (size_t index = 0; index < sizeof(masks) / sizeof(masks[0]); index++) {
        char parent[128];
        room self;
        int fd, client;

        room_make(&self, "storage/websocket/ody.sock");
        umask(masks[index]);
        fd = opens(&self);
        umask(022);
        CHECK_EQUAL(mode_of(self.path), 0660);
        snprintf(parent, sizeof(parent), "%s/storage/websocket", self.directory);
        CHECK_EQUAL(mode_of(parent), 0755);
        snprintf(parent, sizeof(parent), "%s/storage", self.directory);
        CHECK_EQUAL(mode_of(parent), 0755);
        CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
        client = connects(self.path);
        CHECK(client >= 0);
        close(client);
        close(fd);
        room_remove(&self);
    }
}

TEST(listen_replaces_a_socket_left_behind)
{
    room self;
    int fd;

    room_make(&self, "ody.sock");
    close(opens(&self));
    CHECK_EQUAL(connects(self.path), -ECONNREFUSED);
    fd = opens(&self);
    close(connects(self.path));
    close(fd);
    room_remove(&self);
}

TEST(listen_leaves_a_live_socket_alone)
{
    room self;
    int fd, client;

    room_make(&self, "ody.sock");
    fd = opens(&self);
    refuses(&self, ODY_EADDRESS_IN_USE, "a server already listens on");
    client = connects(self.path);
    CHECK(client >= 0);
    close(client);
    close(fd);
    room_remove(&self);
}

TEST(listen_never_removes_what_is_not_a_socket)
{
    room self;
    int fd;

    room_make(&self, "ody.sock");
    fd = open(self.path, O_CREAT | O_WRONLY, 0600);
    CHECK(fd >= 0);
    close(fd);
    refuses(&self, ODY_ECONFIGURATION, "is not a socket");
    CHECK_EQUAL(mode_of(self.path), 0600);
    unlink(self.path);
    CHECK_EQUAL(mkdir(self.path, 0700), 0);
    refuses(&self, ODY_ECONFIGURATION, "is not a socket");
    room_remove(&self);
}

TEST(listen_does_not_follow_a_link_in_the_socket_s_place)
{
    char target[128];
    struct stat status;
    room self;
    room other;
    int fd;

    room_make(&self, "ody.sock");
    room_make(&other, "target.sock");
    close(opens(&other));
    CHECK_EQUAL(symlink(other.path, self.path), 0);
    refuses(&self, ODY_ECONFIGURATION, "is not a socket");
    CHECK_EQUAL(lstat(other.path, &status), 0);
    unlink(self.path);
    snprintf(target, sizeof(target), "%s/not-there", other.directory);
    CHECK_EQUAL(symlink(target, self.path), 0);
    refuses(&self, ODY_ECONFIGURATION, "is not a socket");
    unlink(self.path);
    fd = opens(&self);
    close(fd);
    room_remove(&self);
    room_remove(&other);
}

TEST(listen_refuses_a_directory_that_others_write)
{
    room self;

    room_make(&self, "ody.sock");
    CHECK_EQUAL(chmod(self.directory, 0770), 0);
    refuses(&self, ODY_ECONFIGURATION, "socket.path: others than its owner can write");
    CHECK_EQUAL(chmod(self.directory, 01777), 0);
    refuses(&self, ODY_ECONFIGURATION, "socket.path: others than its owner can write");
    CHECK_EQUAL(chmod(self.directory, 0755), 0);
    close(opens(&self));
    room_remove(&self);
}

TEST(listen_refuses_a_strangers_directory)
{
    pid_t child;
    room self;
    int status;

    room_make(&self, "ody.sock");
    if (geteuid() != 0) {
        self.options.socket_path = "/ody-tests.sock";
        refuses(&self, ODY_ESYSTEM, "socket.path: cannot bind");
        room_remove(&self);
        return;
    }
    CHECK_EQUAL(chown(self.directory, 12345, 12345), 0);
    refuses(&self, ODY_ECONFIGURATION, "belongs to another user");
    CHECK_EQUAL(chown(self.directory, 0, 0), 0);
    CHECK_EQUAL(chmod(self.directory, 0755), 0);
    child = fork();
    if (child == 0) {
        CHECK_EQUAL(setuid(65534), 0);
        refuses(&self, ODY_ESYSTEM, "socket.path: cannot bind");
        _exit(7);
    }
    CHECK_EQUAL(waitpid(child, &status, 0), child);
    CHECK_EQUAL(WEXITSTATUS(status), 7);
    room_remove(&self);
}

TEST(listen_refuses_impossible_paths)
{
    char path[200];
    room self;

    room_make(&self, "ody.sock");
    memset(path, 'a', sizeof(path) - 1);
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    self.options.socket_path = path;
    refuses(&self, ODY_ECONFIGURATION,
            "socket.path: the path has 199 bytes, the system allows 107");
    self.options.socket_path = "";
    refuses(&self, ODY_ECONFIGURATION, "socket.path: the path is empty");
    self.options.socket_path = "/tmp/";
    refuses(&self, ODY_ECONFIGURATION, "is a directory");
    self.options.socket_path = "/dev/null/ody/ody.sock";
    refuses(&self, ODY_ESYSTEM, "socket.path: cannot");
    room_remove(&self);
}

TEST(listen_takes_a_path_in_the_current_directory)
{
    room self;

    room_make(&self, "ody.sock");
    CHECK_EQUAL(chdir(self.directory), 0);
    self.options.socket_path = "here.sock";
    close(opens(&self));
    CHECK_EQUAL(mode_of("here.sock"), 0660);
    CHECK_EQUAL(chdir("/"), 0);
    room_remove(&self);
}

TEST(listen_takes_the_longest_path)
{
    room self;
    size_t length;

    room_make(&self, "");
    length = strlen(self.path);
    memset(self.path + length, 's', 107 - length);
    self.path[107] = '\0';
    close(opens(&self));
    CHECK_EQUAL(mode_of(self.path), 0660);
    room_remove(&self);
}

TEST(listen_gives_the_socket_to_the_group)
{
    struct group *group = getgrgid(geteuid() == 0 ? 33 : getegid());
    struct stat status;
    room self;
    int fd;

    CHECK(group != NULL);
    room_make(&self, "ody.sock");
    self.options.socket_group = group->gr_name;
    umask(077);
    fd = opens(&self);
    umask(022);
    CHECK_EQUAL(lstat(self.path, &status), 0);
    CHECK_EQUAL(status.st_gid, getgrnam(self.options.socket_group)->gr_gid);
    CHECK_EQUAL(status.st_mode & 07777, 0660);
    close(fd);
    room_remove(&self);
}

TEST(listen_lets_the_group_in_and_nobody_else)
{
    room self;
    int fd;

    room_make(&self, "ody.sock");
    CHECK_EQUAL(chmod(self.directory, 0755), 0);
    self.options.socket_group = geteuid() == 0 ? "www-data" : NULL;
    fd = opens(&self);
    CHECK(connects(self.path) >= 0);
    for (int member = 0; member < 2 && geteuid() == 0; member++) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            gid_t gid = member ? getgrnam("www-data")->gr_gid : 65534;

            CHECK_EQUAL(setgroups(0, NULL), 0);
            CHECK_EQUAL(setgid(gid), 0);
            CHECK_EQUAL(setuid(65534), 0);
            _exit(connects(self.path) >= 0 ? 1 : 2);
        }
        CHECK_EQUAL(waitpid(child, &status, 0), child);
        CHECK_EQUAL(WEXITSTATUS(status), member ? 1 : 2);
    }
    close(fd);
    room_remove(&self);
}

TEST(listen_names_an_unknown_group)
{
    room self;

    room_make(&self, "ody.sock");
    self.options.socket_group = "no-such-group";
    refuses(&self, ODY_ECONFIGURATION, "socket.group: this machine has no group 'no-such-group'");
    room_remove(&self);
}

TEST(listen_names_a_group_that_it_may_not_give_to)
{
    pid_t child;
    room self;
    int status;

    room_make(&self, "ody.sock");
    self.options.socket_group = "root";
    if (geteuid() == 0) {
        CHECK_EQUAL(chown(self.directory, 65534, 65534), 0);
    }
    child = fork();
    if (child == 0) {
        if (geteuid() == 0) {
            CHECK_EQUAL(setgroups(0, NULL), 0);
            CHECK_EQUAL(setgid(65534), 0);
            CHECK_EQUAL(setuid(65534), 0);
        }
        refuses(&self, ODY_ECONFIGURATION, "socket.group: this user cannot give");
        CHECK_EQUAL(access(self.path, F_OK), -1);
        _exit(7);
    }
    CHECK_EQUAL(waitpid(child, &status, 0), child);
    CHECK_EQUAL(WEXITSTATUS(status), 7);
    room_remove(&self);
}
