/* SPDX-License-Identifier: MIT */
/* How much memory this process has, and how much it could have. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include "base/memory.h"

uint64_t ody_memory_resident(void)
{
    unsigned long total = 0;
    unsigned long resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (!file) {
        return 0;
    }
    if (fscanf(file, "%lu %lu", &total, &resident) != 2) {
        resident = 0;
    }
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The number in a file; 0 when there is none, such as "max". */
static uint64_t read_number(const char *path)
{
    FILE *file = fopen(path, "re");
    uint64_t number = 0;

    if (!file) {
        return 0;
    }
    if (fscanf(file, "%" SCNu64, &number) != 1) {
        number = 0;
    }
    fclose(file);
    return number;
}

uint64_t ody_memory_available(void)
{
    /* Of control groups, second and first version, as a container sees its own. */
    static const char *const limits[] = {"/sys/fs/cgroup/memory.max",
                                         "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    long pages = sysconf(_SC_PHYS_PAGES);
    uint64_t available = pages > 0 ? (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;

    for (size_t index = 0; index < sizeof(limits) / sizeof(*limits); index++) {
        uint64_t limit = read_number(limits[index]);

        if (limit > 0 && (available == 0 || limit < available)) {
            available = limit;
        }
    }
    return available;
}
