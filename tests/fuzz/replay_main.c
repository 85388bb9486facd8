/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over files, without libFuzzer: each input in a process of its own with a time
 * limit, so that a crash, a leak or a hang costs one input. Arguments: files and folders of files.
 * The last line is `N passed, N failed, N skipped`; exit status 1 on a failure or when nothing ran.
 */
#include <errno.h>
#include <fts.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fuzz.h"

#define TIME_LIMIT_SECONDS 20
#define STATUS_PASSED 42

/* Not in main's frame: the leak check of a child finds it here. */
static FTS *walk;

/* Reads a whole file into a block of just its size, so that a sanitizer sees its end. */
static uint8_t *read_input(const char *path, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    FILE *file = fopen(path, "rb");

    if (!data || !file || fread(data, 1, size, file) != size) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    fclose(file);
    return data;
}

static void run_child(const char *path, size_t size)
{
    uint8_t *data = read_input(path, size);

    alarm(TIME_LIMIT_SECONDS);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    exit(STATUS_PASSED);
}

/* Returns whether the input passed. */
static bool replay(const char *path, size_t size)
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        run_child(path, size);
    }
    if (child < 0) {
        perror("fork");
        exit(1);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_PASSED) {
        return true;
    }
    printf("failed: %s (%s %d)\n", path, WIFSIGNALED(status) ? "signal" : "exit status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return false;
}

int main(int argc, char **argv)
{
    unsigned passed = 0, failed = 0;
    FTSENT *entry;

    walk = argc > 1 ? fts_open(argv + 1, FTS_LOGICAL | FTS_NOCHDIR, NULL) : NULL;
    while (walk && (entry = fts_read(walk))) {
        if (entry->fts_info == FTS_F) {
            if (replay(entry->fts_path, (size_t)entry->fts_statp->st_size)) {
                passed++;
            } else {
                failed++;
            }
        } else if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP) {
            printf("failed: cannot read %s\n", entry->fts_path);
            failed++;
        }
    }
    if (walk) {
        fts_close(walk);
    }
    printf("%u passed, %u failed, 0 skipped\n", passed, failed);
    return failed > 0 || passed == 0;
}
