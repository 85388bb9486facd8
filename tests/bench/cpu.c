/* SPDX-License-Identifier: MIT */
/* Reads /proc: schedstat counts in ns what a thread ran, so short runs can be compared. */
#include "cpu.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

uint64_t bench_cpu_ns(pid_t process)
{
    char path[320];
    uint64_t sum = 0;
    struct dirent *entry;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)process);
    tasks = opendir(path);
    while (tasks && (entry = readdir(tasks))) {
        uint64_t ran = 0;
        FILE *file;

        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)process, entry->d_name);
        file = fopen(path, "re");
        if (file) {
            if (fscanf(file, "%" SCNu64, &ran) == 1) {
                sum += ran;
            }
            fclose(file);
        }
    }
    if (tasks) {
        closedir(tasks);
    }
    return sum;
}

uint64_t bench_memory_kib(pid_t process)
{
    char line[256];
    uint64_t sum = 0;
    uint64_t kib;
    FILE *file;

    snprintf(line, sizeof(line), "/proc/%d/smaps_rollup", (int)process);
    file = fopen(line, "re");
    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "Anonymous: %" SCNu64, &kib) == 1 ||
            sscanf(line, "Swap: %" SCNu64, &kib) == 1) {
            sum += kib;
        }
    }
    if (file) {
        fclose(file);
    }
    return sum;
}

uint64_t bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
