/* SPDX-License-Identifier: MIT */
/* A planted leak: LeakSanitizer must report it. */
#include <stdlib.h>

int main(void)
{
    char *volatile block = malloc(64);

    block[0] = 1;
    block = NULL;
    return 0;
}
