/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as patterns and as the origin of a page, with a line feed between. What is let in by
 * patterns without a wildcard is one of them, but for what case and usual ports make equal.
 */
#include <ctype.h>
#include "fuzz.h"
#include "wire/origin.h"

/* A copy in lower case, with a NUL at its end. */
static char *lower(ody_view text)
{
    char *copy = malloc(text.length + 1);

    for (size_t i = 0; i < text.length; i++) {
        copy[i] = (char)tolower((unsigned char)text.data[i]);
    }
    copy[text.length] = '\0';
    return copy;
}

/* The host that a browser would connect to is behind the slashes, before a colon. */
static void must_name_host(const char *patterns, const char *origin)
{
    const char *host = strstr(origin, "://");
    char *name;
    size_t length;

    if (!host) {
        MUST(strcmp(origin, "null") == 0 && strstr(patterns, "null"));
        return;
    }
    host += 3;
    length = host[0] == '[' ? strcspn(host, "]") : strcspn(host, ":");
    MUST(strcspn(host, "/?#@\\ ,") == strlen(host));
    name = strndup(host, length);
    MUST(strstr(patterns, name));
    free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view input = {size > 0 ? (const char *)data : "", size};
    char *patterns = lower(fuzz_take(&input, '\n'));
    char *origin = lower(input);
    char *with_star;
    bool allowed = ody_origin_allowed(patterns, input);

    MUST(ody_origin_allowed("*", input) && ody_origin_allowed("", input));
    if (strspn(patterns, " ") == strlen(patterns)) {
        MUST(allowed);
    } else if (allowed && !strchr(patterns, '*')) {
        MUST(strlen(origin) == input.length);
        must_name_host(patterns, origin);
    }
    MUST(asprintf(&with_star, "%s *", patterns) > 0);
    MUST(ody_origin_allowed(with_star, input));
    free(with_star);
    free(origin);
    free(patterns);
    return 0;
}
