/* SPDX-License-Identifier: MIT */
/* A planted write behind a block: AddressSanitizer must report it. */
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    char *volatile block = malloc(16);

    memcpy(block, argv[0], 16 + (size_t)argc);
    return block[0] == 0;
}
