/* SPDX-License-Identifier: MIT */
/* Decides what of a new configuration a running engine takes over. */
#include "reload.h"

#include <stdio.h>
#include "base/options.h"
#include "ody/view.h"

typedef struct key_list {
    char *text;
    size_t length;
} key_list;

static void name(key_list *keys, const char *key)
{
    size_t room = ODY_RELOAD_KEYS_SIZE - keys->length;
    int length = snprintf(keys->text + keys->length, room, "%s%s", keys->length ? ", " : "", key);

    keys->length += (size_t)length < room ? (size_t)length : room - 1;
}

static void keep_text(const char **wanted, const char *current, const char *key, key_list *keys)
{
    if (!ody_view_equal(ody_view_of(*wanted), ody_view_of(current))) {
        name(keys, key);
    }
    *wanted = current;
}

#define KEEP_NUMBER(field, key)                                                                    \
    do {                                                                                           \
        if (merged.field != current->field) {                                                      \
            name(&keys, key);                                                                      \
        }                                                                                          \
        merged.field = current->field;                                                             \
    } while (0)

int ody_reload_merge(const ody_options *current, const ody_options *wanted, const ody_options **out,
                     char kept[ODY_RELOAD_KEYS_SIZE], ody_error *error)
{
    ody_options merged = *wanted;
    key_list keys = {kept, 0};

    kept[0] = '\0';
    if (!current->tls_certificate != !wanted->tls_certificate) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "ssl.ssl_cert_file: TLS cannot be turned %s while the server runs: "
                             "restart it (websocket:restart)",
                             wanted->tls_certificate ? "on" : "off");
    }
    keep_text(&merged.host, current->host, "host", &keys);
    KEEP_NUMBER(port, "port");
    KEEP_NUMBER(worker_num, "additional.worker_num");
    keep_text(&merged.http.host, current->http.host, "http_api.listen", &keys);
    KEEP_NUMBER(http.port, "http_api.port");
    KEEP_NUMBER(http.enabled, "http_api.enabled");
    keep_text(&merged.socket_path, current->socket_path, "socket.path", &keys);
    keep_text(&merged.socket_group, current->socket_group, "socket.group", &keys);
    KEEP_NUMBER(limits.mailbox_size, "limits.mailbox_size");
    keep_text(&merged.log_file, current->log_file, "log.file", &keys);
    merged.log_format = current->log_format;
    *out = ody_options_copy(&merged);
    return *out ? 0 : ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
}
