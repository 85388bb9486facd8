/* SPDX-License-Identifier: MIT */
/*
 * Runs the registered tests, each in a forked child with a time limit. A child that passed says so
 * with an exit status of its own: code under test that ends the process early, a crash and a
 * sanitizer's report all count as failures.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "test.h"

#define TIME_LIMIT_SECONDS 60
#define STATUS_PASSED 42
#define STATUS_CHECK_FAILED 43

static ody_test *first_test;
static ody_test **last_test = &first_test;

void ody_test_register(ody_test *test)
{
    *last_test = test;
    last_test = &test->next;
}

void ody_test_fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;

    flockfile(stderr);
    fprintf(stderr, "%s:%d: ", file, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    fflush(NULL);
    _exit(STATUS_CHECK_FAILED);
}

/* Prints text with everything but plain ASCII escaped, so that a difference can be seen. */
static void print_escaped(const char *label, ody_view text)
{
    fprintf(stderr, "  %s %zu bytes: \"", label, text.length);
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        fprintf(stderr, byte < 32 || byte > 126 || byte == '"' || byte == '\\' ? "\\x%02x" : "%c",
                byte);
    }
    fputs("\"\n", stderr);
}

void ody_test_views(const char *file, int line, const char *code, ody_view got, ody_view wanted)
{
    if (ody_view_equal(got, wanted)) {
        return;
    }
    print_escaped("got   ", got);
    print_escaped("wanted", wanted);
    ody_test_fail(file, line, "%s is another text", code);
}

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Waits until child has ended, without reaping it. Returns false when the limit passed first. */
static bool await_child(pid_t child)
{
    double end = seconds_now() + TIME_LIMIT_SECONDS;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    for (;;) {
        siginfo_t info = {0};
        double rest = end - seconds_now();

        if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid) {
            return true;
        }
        if (rest <= 0) {
            return false;
        }
        sigtimedwait(&signals, NULL,
                     &(struct timespec){(time_t)rest, (long)((rest - (time_t)rest) * 1e9)});
    }
}

static void run_child(const ody_test *test)
{
    sigset_t signals;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    test->run();
    exit(STATUS_PASSED);
}

/* Says on standard output how a test failed. */
static void report(const ody_test *test, bool in_time, int status)
{
    printf("failed: %s (%s): ", test->name, test->file);
    if (!in_time) {
        printf("not done after %d s\n", TIME_LIMIT_SECONDS);
    } else if (WIFSIGNALED(status)) {
        printf("ended by signal %d, %s\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) == STATUS_CHECK_FAILED) {
        puts("a check failed");
    } else {
        printf("the process ended early or a sanitizer reported, exit status %d\n",
               WEXITSTATUS(status));
    }
}

/* Runs one test and whatever it started to its end. Returns whether it passed. */
static bool run_test(const ody_test *test)
{
    int status = 0;
    bool in_time;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        run_child(test);
    }
    if (child < 0) {
        perror("fork");
        exit(1);
    }
    setpgid(child, child);
    in_time = await_child(child);
    kill(-child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (in_time && WIFEXITED(status) && WEXITSTATUS(status) == STATUS_PASSED) {
        return true;
    }
    report(test, in_time, status);
    return false;
}

/* With an argument, runs only the tests whose "file:name" contains it. */
int main(int argc, char **argv)
{
    unsigned passed = 0, failed = 0;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    for (const ody_test *test = first_test; test; test = test->next) {
        char full_name[512];

        snprintf(full_name, sizeof(full_name), "%s:%s", test->file, test->name);
        if (argc > 1 && !strstr(full_name, argv[1])) {
            continue;
        }
        if (run_test(test)) {
            passed++;
        } else {
            failed++;
        }
    }
    printf("%u passed, %u failed, 0 skipped\n", passed, failed);
    return failed > 0 || passed == 0;
}
