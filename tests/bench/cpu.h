/* SPDX-License-Identifier: MIT */
/* What a process has cost so far, read from /proc. */
#ifndef ODY_BENCH_CPU_H
#define ODY_BENCH_CPU_H

#include <stdint.h>
#include <sys/types.h>

/** CPU time of all threads of a process, in ns, from its schedstat files. @return 0 when it is
 * gone. */
uint64_t bench_cpu_ns(pid_t process);
/** Anonymous memory of a process in KiB, from smaps_rollup: what it has allocated or written to.
 * Its share of the program and the libraries is not in it, because that changes when other
 * processes come and go. @return 0 when it is gone. */
uint64_t bench_memory_kib(pid_t process);
/** Monotonic ns. */
uint64_t bench_now_ns(void);

#endif
