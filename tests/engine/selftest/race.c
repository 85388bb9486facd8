/* SPDX-License-Identifier: MIT */
/* A planted data race: ThreadSanitizer must report it. */
#include <pthread.h>
#include <stddef.h>

static int shared_number;

static void *add(void *unused)
{
    for (int count = 0; count < 1000; count++) {
        shared_number++;
    }
    return unused;
}

int main(void)
{
    pthread_t threads[2];

    pthread_create(&threads[0], NULL, add, NULL);
    pthread_create(&threads[1], NULL, add, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return shared_number < 0;
}
