/* SPDX-License-Identifier: MIT */
/*
 * Opens the server's Unix socket, in the supervisor. Everything is done through a descriptor of the
 * directory, which nobody else can write: so no stranger can put a link or another file in the way.
 * The directory is made with mode 0755; entering it gives nothing, because the socket itself is
 * 0660.
 */
#include "ody/server.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"
#include "ipc/connect.h"

#define BACKLOG 1024
#define SOCKET_MODE 0660
#define DIRECTORY_MODE 0755
#define GROUP_ENTRY_MAX (1u << 20)

/* What a socket is opened from. */
typedef struct place {
    const ody_options *options;
    struct sockaddr_un address;
    char directory[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
    const char *name; /* of the socket in its directory */
    int directory_fd;
    gid_t group; /* (gid_t)-1: as it comes */
} place;

static int failed(const place *self, const char *what, ody_error *error)
{
    return ody_error_set(error, ODY_ESYSTEM, "socket.path: cannot %s %s: %s", what,
                         self->options->socket_path, strerror(errno));
}

/* Looks a group up, with as much room as its list of members needs. Returns 0 or an errno; ENOENT
 * for an unknown group. */
static int group_find(const char *name, gid_t *group)
{
    int reason = ERANGE;

    for (size_t size = 1024; reason == ERANGE && size <= GROUP_ENTRY_MAX; size *= 4) {
        char *room = ody_malloc(size);
        struct group entry;
        struct group *found = NULL;

        if (!room) {
            return ENOMEM;
        }
        reason = getgrnam_r(name, &entry, room, size, &found);
        if (found) {
            *group = found->gr_gid;
        } else if (reason == 0) {
            reason = ENOENT;
        }
        ody_free(room);
    }
    return reason;
}

static int group_set(place *self, ody_error *error)
{
    const char *name = self->options->socket_group;
    int reason;

    self->group = (gid_t)-1;
    if (!name || !name[0]) {
        return 0;
    }
    reason = group_find(name, &self->group);
    if (reason == ENOENT || reason == ESRCH) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "socket.group: this machine has no group '%s'", name);
    }
    if (reason != 0) {
        return ody_error_set(error, ODY_ESYSTEM, "socket.group: cannot look up the group '%s': %s",
                             name, strerror(reason));
    }
    return 0;
}

/* Splits the path into directory and name. */
static int path_split(place *self, ody_error *error)
{
    const char *path = self->options->socket_path ? self->options->socket_path : "";
    const char *slash = strrchr(path, '/');
    int code = ody__ipc_address(path, &self->address, error);

    if (code < 0) {
        return code;
    }
    self->name = slash ? slash + 1 : path;
    if (!self->name[0]) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "socket.path: %s is a directory, not a file in one", path);
    }
    snprintf(self->directory, sizeof(self->directory), "%.*s", slash ? (int)(slash - path + 1) : 2,
             slash ? path : "./");
    return 0;
}

/* Makes one directory with the mode that was meant, whatever the umask. */
static int directory_make(const char *path)
{
    int descriptor;
    int result;

    if (mkdir(path, DIRECTORY_MODE) < 0) {
        return errno == EEXIST ? 0 : -1;
    }
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) {
        return -1;
    }
    result = fchmod(descriptor, DIRECTORY_MODE);
    close(descriptor);
    return result;
}

/* Makes what is missing of the directory, one part after the other. */
static int directories_make(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        struct stat status;
        int result = 0;

        *slash = '\0';
        if (stat(path, &status) < 0) {
            result = errno == ENOENT ? directory_make(path) : -1;
        }
        *slash = '/';
        if (result < 0) {
            return -1;
        }
    }
    return 0;
}

static int directory_check(const place *self, ody_error *error)
{
    struct stat status;

    if (fstat(self->directory_fd, &status) < 0) {
        return failed(self, "look at the directory of", error);
    }
    if (status.st_uid != geteuid() && status.st_uid != 0) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "socket.path: the directory %s belongs to another user; choose one of "
                             "this user's",
                             self->directory);
    }
    if (status.st_mode & (S_IWGRP | S_IWOTH)) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "socket.path: others than its owner can write to the directory %s; "
                             "choose another or run chmod go-w on it",
                             self->directory);
    }
    return 0;
}

static int directory_open(place *self, ody_error *error)
{
    if (directories_make(self->directory) < 0) {
        return failed(self, "make the directory of", error);
    }
    self->directory_fd = open(self->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->directory_fd < 0) {
        return failed(self, "open the directory of", error);
    }
    return directory_check(self, error);
}

/* Asks whether somebody listens. Returns 1, or 0 for a socket that was left behind. */
static int is_live(const place *self, ody_error *error)
{
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int refused;

    if (descriptor < 0) {
        return failed(self, "open a socket to probe", error);
    }
    refused =
        connect(descriptor, (const struct sockaddr *)&self->address, sizeof(self->address)) < 0 &&
        (errno == ECONNREFUSED || errno == ENOENT);
    close(descriptor);
    return !refused;
}

/* Makes the name free: only a socket without a listener is removed. */
static int name_clear(const place *self, ody_error *error)
{
    struct stat status;
    int live;

    if (fstatat(self->directory_fd, self->name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        return errno == ENOENT ? 0 : failed(self, "look at", error);
    }
    if (!S_ISSOCK(status.st_mode)) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "socket.path: %s exists and is not a socket; remove it or choose "
                             "another path",
                             self->options->socket_path);
    }
    live = is_live(self, error);
    if (live < 0) {
        return live;
    }
    if (live > 0) {
        return ody_error_set(error, ODY_EADDRESS_IN_USE,
                             "socket.path: a server already listens on %s",
                             self->options->socket_path);
    }
    if (unlinkat(self->directory_fd, self->name, 0) < 0 && errno != ENOENT) {
        return failed(self, "remove the old socket", error);
    }
    return 0;
}

/* Gives the bound socket its group and mode, by its name in the directory that was checked. */
static int rights_set(const place *self, ody_error *error)
{
    if (self->group != (gid_t)-1 &&
        fchownat(self->directory_fd, self->name, (uid_t)-1, self->group, AT_SYMLINK_NOFOLLOW) < 0) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "socket.group: this user cannot give the socket to the group '%s': %s",
                             self->options->socket_group, strerror(errno));
    }
    if (fchmodat(self->directory_fd, self->name, SOCKET_MODE, 0) < 0) {
        return failed(self, "set the mode of", error);
    }
    return 0;
}

/* Until its rights are set nobody but the owner may connect, and until it listens nobody at all. */
static int bind_and_listen(const place *self, int descriptor, ody_error *error)
{
    int code;

    if (fchmod(descriptor, S_IRUSR | S_IWUSR) < 0 ||
        bind(descriptor, (const struct sockaddr *)&self->address, sizeof(self->address)) < 0) {
        if (errno == EADDRINUSE) {
            return ody_error_set(error, ODY_EADDRESS_IN_USE,
                                 "socket.path: another server has just taken %s",
                                 self->options->socket_path);
        }
        return failed(self, "bind", error);
    }
    code = rights_set(self, error);
    if (code == 0 && listen(descriptor, BACKLOG) < 0) {
        code = failed(self, "listen on", error);
    }
    if (code < 0) {
        unlinkat(self->directory_fd, self->name, 0);
    }
    return code;
}

static int socket_open(const place *self, ody_error *error)
{
    int code = name_clear(self, error);
    int descriptor;

    if (code < 0) {
        return code;
    }
    descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return failed(self, "open a socket for", error);
    }
    code = bind_and_listen(self, descriptor, error);
    if (code < 0) {
        close(descriptor);
        return code;
    }
    return descriptor;
}

int ody_listen_unix(const ody_options *options, ody_error *error)
{
    place self = {.options = options, .directory_fd = -1};
    int code = path_split(&self, error);

    if (code == 0) {
        code = group_set(&self, error);
    }
    if (code == 0) {
        code = directory_open(&self, error);
    }
    if (code == 0) {
        code = socket_open(&self, error);
    }
    if (self.directory_fd >= 0) {
        close(self.directory_fd);
    }
    return code;
}
