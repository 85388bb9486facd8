/* SPDX-License-Identifier: MIT */
/* The locked file with the supervisor's process id. */
#include "pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY_MODE 0755
#define FILE_MODE 0644

static struct flock whole_file(short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}

/* Makes every missing directory above path, with the same mode whatever the umask: PHP processes of
 * other users must be able to pass. What exists is left as it is. */
static int directories_make(const char *path)
{
    char directory[4096];
    size_t length = strlen(path);

    if (length >= sizeof(directory)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(directory, path, length + 1);
    for (char *slash = strchr(directory + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(directory, DIRECTORY_MODE) == 0) {
            chmod(directory, DIRECTORY_MODE);
        } else if (errno != EEXIST) {
            return -1;
        }
        *slash = '/';
    }
    return 0;
}

/* The number in the file; 0 while its owner has not written it yet. */
static pid_t pid_read(int descriptor)
{
    char text[32];
    ssize_t length = pread(descriptor, text, sizeof(text) - 1, 0);

    if (length <= 0) {
        return 0;
    }
    text[length] = '\0';
    return (pid_t)strtol(text, NULL, 10);
}

/* Whether path still names the file that is open: a leaving supervisor may have deleted it between
 * our open and our lock. */
static bool still_named(const char *path, int descriptor)
{
    struct stat named;
    struct stat opened;

    return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0 &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

static int refuse(const char *path, int descriptor, ody_error *error)
{
    pid_t owner = pid_read(descriptor);

    close(descriptor);
    if (owner > 0) {
        return ody_error_set(error, ODY_EADDRESS_IN_USE,
                             "The server is already running: process %d holds \"%s\"", (int)owner,
                             path);
    }
    return ody_error_set(error, ODY_EADDRESS_IN_USE,
                         "The server is already running: another process holds \"%s\"", path);
}

int ody_pid_file_take(const char *path, ody_error *error)
{
    char text[32];
    int length = snprintf(text, sizeof(text), "%d\n", (int)getpid());
    struct flock lock = whole_file(F_WRLCK);
    int descriptor;

    if (directories_make(path) < 0) {
        return ody_error_set(error, ODY_ESYSTEM,
                             "\"pid_file\": cannot make the directory of \"%s\": %s", path,
                             strerror(errno));
    }
    for (;;) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
        if (descriptor < 0) {
            return ody_error_set(error, ODY_ESYSTEM, "\"pid_file\": cannot open \"%s\": %s", path,
                                 strerror(errno));
        }
        if (fcntl(descriptor, F_OFD_SETLK, &lock) < 0) {
            return refuse(path, descriptor, error);
        }
        if (still_named(path, descriptor)) {
            break;
        }
        close(descriptor);
    }
    if (ftruncate(descriptor, 0) < 0 || pwrite(descriptor, text, (size_t)length, 0) != length) {
        ody_error_set(error, ODY_ESYSTEM, "\"pid_file\": cannot write \"%s\": %s", path,
                      strerror(errno));
        ody_pid_file_remove(path);
        close(descriptor);
        return ODY_ESYSTEM;
    }
    return descriptor;
}

void ody_pid_file_remove(const char *path)
{
    unlink(path);
}

int ody_pid_file_open(const char *path, ody_error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor >= 0) {
        return descriptor;
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return ody_error_set(error, ODY_ENO_SERVER, "There is no \"%s\"", path);
    }
    return ody_error_set(error, ODY_ESYSTEM, "\"pid_file\": cannot read \"%s\": %s", path,
                         strerror(errno));
}

pid_t ody_pid_file_holder(int descriptor)
{
    struct flock lock = whole_file(F_WRLCK);
    pid_t holder;

    /* Asking for a write lock needs no descriptor that may write. */
    if (fcntl(descriptor, F_OFD_GETLK, &lock) < 0 || lock.l_type == F_UNLCK) {
        return 0;
    }
    holder = pid_read(descriptor);
    return holder > 0 ? holder : 0;
}
