/* SPDX-License-Identifier: MIT */
/*
 * Runs the registered tests, each in a forked child with a time limit. A child that passed says so
 * with an exit status of its own: code under test that ends the process early, a crash and a
 * sanitizer's report all count as failures. Several children run at once, because many tests wait
 * more than they compute: ODY_TEST_JOBS of them, or two for each processor.
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
#define JOBS_MOST 64
#define STATUS_PASSED 42
#define STATUS_CHECK_FAILED 43

/* A test that runs, and until when it may. */
struct job {
    const ody_test *test; /* NULL: nothing runs here */
    pid_t child;
    double end;
};

static ody_test *first_test;
static ody_test **last_test = &first_test;
static struct job jobs[JOBS_MOST];
static unsigned jobs_at_once;
static unsigned passed, failed;

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

static void start_job(struct job *job, const ody_test *test)
{
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
    *job = (struct job){test, child, seconds_now() + TIME_LIMIT_SECONDS};
}

/* Whether the job's child has ended. It is not reaped, so that its process group stays its own. */
static bool has_ended(const struct job *job)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)job->child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

/* Ends whatever the test has started, and counts how it ended. */
static void finish_job(struct job *job, bool in_time)
{
    int status = 0;

    kill(-job->child, SIGKILL);
    while (waitpid(job->child, &status, 0) < 0 && errno == EINTR) {
    }
    if (in_time && WIFEXITED(status) && WEXITSTATUS(status) == STATUS_PASSED) {
        passed++;
    } else {
        failed++;
        report(job->test, in_time, status);
    }
    job->test = NULL;
}

/* Finishes the jobs that have ended or may not go on. Returns a free one, or NULL; *rest: seconds
 * until the next may not go on. */
static struct job *finish_jobs(double *rest)
{
    struct job *unused = NULL;

    *rest = TIME_LIMIT_SECONDS;
    for (struct job *job = jobs; job < jobs + jobs_at_once; job++) {
        if (job->test) {
            double left = job->end - seconds_now();

            if (has_ended(job)) {
                finish_job(job, true);
            } else if (left <= 0) {
                finish_job(job, false);
            } else if (left < *rest) {
                *rest = left;
            }
        }
        if (!job->test) {
            unused = job;
        }
    }
    return unused;
}

static bool any_job_runs(void)
{
    for (unsigned i = 0; i < jobs_at_once; i++) {
        if (jobs[i].test) {
            return true;
        }
    }
    return false;
}

/* SIGCHLD is blocked: one that came since the last call ends the wait at once. */
static void await_child(double rest)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigtimedwait(&signals, NULL,
                 &(struct timespec){(time_t)rest, (long)((rest - (time_t)rest) * 1e9)});
}

static struct job *await_unused_job(void)
{
    struct job *job;
    double rest;

    while (!(job = finish_jobs(&rest))) {
        await_child(rest);
    }
    return job;
}

static void await_all_jobs(void)
{
    double rest;

    while (finish_jobs(&rest), any_job_runs()) {
        await_child(rest);
    }
}

static unsigned choose_jobs_at_once(void)
{
    const char *wanted = getenv("ODY_TEST_JOBS");
    long number = wanted ? atol(wanted) : 2 * sysconf(_SC_NPROCESSORS_ONLN);

    return number < 1 ? 1 : number > JOBS_MOST ? JOBS_MOST : (unsigned)number;
}

static bool is_wanted(const ody_test *test, const char *filter)
{
    char full_name[512];

    snprintf(full_name, sizeof(full_name), "%s:%s", test->file, test->name);
    return strstr(full_name, filter);
}

/* With an argument, runs only the tests whose "file:name" contains it. */
int main(int argc, char **argv)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    jobs_at_once = choose_jobs_at_once();
    for (const ody_test *test = first_test; test; test = test->next) {
        if (argc < 2 || is_wanted(test, argv[1])) {
            start_job(await_unused_job(), test);
        }
    }
    await_all_jobs();
    printf("%u passed, %u failed, 0 skipped\n", passed, failed);
    return failed > 0 || passed == 0;
}
