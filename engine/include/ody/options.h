/* SPDX-License-Identifier: MIT */
/*
 * Everything that the engine can be told, already checked (ext/options.c checks a PHP array against
 * its one table and fills this). Strings are borrowed from the caller and must outlive the server.
 * Never changed once made: a reload puts other options in their place (engine/base/options.h).
 */
#ifndef ODY_OPTIONS_H
#define ODY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Which channels take client events (config `client_events`). */
typedef enum ody_client_events {
    ODY_CLIENT_EVENTS_MEMBERS, /* any channel that the sender is subscribed to */
    ODY_CLIENT_EVENTS_PRIVATE, /* private and presence channels that the sender is subscribed to */
    ODY_CLIENT_EVENTS_NONE,
} ody_client_events;

/** How log lines look. */
typedef enum ody_log_format { ODY_LOG_READABLE, ODY_LOG_COLOUR, ODY_LOG_JSON } ody_log_format;

/** One network of `trusted_proxies`: IPv4 addresses are held as IPv4-mapped IPv6. */
typedef struct ody_network {
    uint8_t address[16];
    uint8_t prefix_bits; /* 0 to 128, of the mapped form */
} ody_network;

/** Bounds of the server. Sizes are bytes, times milliseconds, 0 means "no limit" only where it is
 *  said. */
typedef struct ody_limits {
    uint32_t connections;             /* open connections; 0: as the open-file limit allows */
    uint32_t connections_per_address; /* 0: no limit. Loopback peers are not counted */
    uint32_t message_size;            /* a client's message; beyond: close 1009 */
    uint32_t outbound_soft;           /* bytes waiting for one connection, tolerated … */
    uint32_t outbound_soft_time;      /* … for so long (ms), then it is closed */
    uint32_t outbound_hard;           /* bytes waiting for one connection: closed at once */
    uint64_t outbound_shard;          /* unique bytes waiting in one shard */
    uint64_t mailbox_size;            /* bytes waiting between two threads */
    uint32_t handshake_time;          /* ms from accept to the end of the upgrade */
} ody_limits;

/** Bounds of one app. */
typedef struct ody_app_limits {
    uint32_t connections;              /* open connections of the app; 0: no limit of its own */
    uint32_t channels_per_connection;  /* 1 to 100,000 */
    uint32_t event_data_size;          /* data of a published event */
    uint32_t client_event_data_size;   /* data of a client event */
    uint32_t event_name_length;        /* bytes */
    uint32_t channel_name_length;      /* bytes */
    uint32_t channels_per_publish;     /* channels in one publishToChannels */
    uint32_t events_per_batch;         /* events in one batch of the HTTP API */
    uint32_t events_per_second;        /* of the HTTP API; 0: no limit */
    uint32_t client_events_per_second; /* per connection; 0: no limit */
    uint32_t presence_members;         /* distinct users in a presence channel */
    uint32_t presence_user_id_length;  /* bytes */
    uint32_t presence_user_info_size;  /* bytes of JSON */
    uint32_t watchlist_length;         /* users that a signed-in user may watch */
    uint32_t json_depth;               /* nesting of a client's JSON */
} ody_app_limits;

/** A key and its secret. */
typedef struct ody_app_key {
    const char *key;    /* public: browsers connect with it; 1 to 255 bytes */
    const char *secret; /* signs; never logged, never sent */
} ody_app_key;

/** Keys of an app that are valid at the same time, so that they can be changed without a gap. */
#define ODY_APP_KEYS 2

/** Apps in one configuration. */
#define ODY_APPS_MAX 256
/** Apps that one engine can know, those included that reloads have taken away. */
#define ODY_APP_NUMBERS 1024

/** One app: its channels, connections and users are its own. */
typedef struct ody_app {
    uint32_t number;                /* names it inside of the engine; the same id has the same
                                       number for as long as the engine runs */
    const char *id;                 /* 1 to 64 bytes */
    ody_app_key keys[ODY_APP_KEYS]; /* the newest first; the second may be NULL, NULL */
    bool enabled;                   /* false: its clients are refused with 4003, its HTTP API 403 */
    ody_client_events client_events;
    bool user_authentication; /* pusher:signin is taken */
    bool watchlist;           /* signed-in users may watch others */
    bool subscription_count;  /* subscribers are told how many they are */
    uint32_t authorized_time; /* ms until a connection must have signed in or joined a private or
                                 presence channel, then 4009; 0: for ever */
    uint32_t cache_time;      /* ms that a cache channel keeps its last event */
    const char *origins;      /* patterns with spaces between, or "": any page may connect */
    ody_app_limits limits;
} ody_app;

/** What a webhook is called for: bits of ody_webhook.events. */
typedef enum ody_webhook_event {
    ODY_WEBHOOK_CHANNEL_OCCUPIED,
    ODY_WEBHOOK_CHANNEL_VACATED,
    ODY_WEBHOOK_MEMBER_ADDED,
    ODY_WEBHOOK_MEMBER_REMOVED,
    ODY_WEBHOOK_CLIENT_EVENT,
    ODY_WEBHOOK_CACHE_MISS,
    ODY_WEBHOOK_SUBSCRIPTION_COUNT,
    ODY_WEBHOOK_EVENTS,
} ody_webhook_event;

/** Somebody who is told what happens in an app. */
typedef struct ody_webhook {
    const char *app_id;   /* of the app that it belongs to */
    const char *url;      /* http:// or https:// */
    const char *prefixes; /* of channels, with spaces between, or "": all channels */
    uint32_t events;      /* bit 1 << enum ody_webhook_event */
} ody_webhook;

/** The HTTP API. */
typedef struct ody_http_options {
    bool enabled;               /* false: HTTP requests are answered with 426, as by a WebSocket */
    const char *host;           /* address of its own, or NULL: that of the WebSocket */
    uint16_t port;              /* port of its own, or 0: that of the WebSocket. With TLS, HTTP
                                   needs one */
    const char *broadcast_key;  /* lets others than local ones use /api/broadcast, or NULL */
    const char *metrics_token;  /* lets others than local ones read /metrics, or NULL */
    uint32_t request_size;      /* bytes of a body; beyond: 413 */
    const ody_network *trusted; /* networks that count as local */
    size_t trusted_count;
} ody_http_options;

/** The Redis channel that others publish through. */
typedef struct ody_redis_options {
    const char *url;     /* redis://[[user]:password@]host[:port][/database], rediss:// or unix://;
                            NULL: none */
    const char *channel; /* prefix and name of the channel that is listened to */
} ody_redis_options;

/** The configuration of one server. */
typedef struct ody_options {
    const char *host;    /* address to listen on, numeric or a name */
    uint16_t port;       /* 1 to 65535 */
    const char *path;    /* prefix before /app, "" or "/prefix", without a slash at the end */
    unsigned worker_num; /* shards, 1 to 64 */
    const ody_app *apps; /* 1 to ODY_APPS_MAX; PHP processes of this machine speak for the first */
    size_t app_count;
    const ody_webhook *webhooks;
    size_t webhook_count;
    uint32_t activity_timeout;   /* ms of silence before the server probes */
    uint32_t pong_timeout;       /* ms to answer the probe, then 4201 */
    uint32_t drain_time;         /* ms a graceful stop waits for clients to leave */
    const char *tls_certificate; /* PEM file, or NULL: no TLS */
    const char *tls_key;         /* PEM file */
    const char *socket_path;     /* Unix socket for PHP processes */
    const char *socket_group;    /* group that may use it, or NULL: only the owner's */
    const ody_network *trusted_proxies;
    size_t trusted_proxy_count;
    ody_http_options http;
    ody_redis_options redis;
    const char *inspector_password; /* opens /inspector to whoever knows it, or NULL */
    unsigned php_worker_num;        /* PHP processes that run the application's code; 0: none */
    uint32_t php_worker_timeout;    /* ms that one call to them may take */
    uint32_t php_worker_queue;      /* calls that may wait for a free one */
    bool debug;                     /* everything is logged */
    int log_level;                  /* enum ody_log_level */
    ody_log_format log_format;
    const char *log_file; /* NULL: standard error */
    ody_limits limits;
} ody_options;

/**
 * Packs options with everything that they point to, for ODY_CONTROL_RELOAD. The bytes are read by
 * the same program only.
 * @param length of the bytes.
 * @return bytes that the caller frees with free(), or NULL without memory.
 */
void *ody_options_write(const ody_options *options, size_t *length);

/** Whether the options give the HTTP API an address of its own. */
static inline bool ody_http_has_listener(const ody_options *options)
{
    return options->http.enabled && (options->http.host || options->http.port);
}

/** Whether shards hand over what is no WebSocket. With TLS the API needs an address of its own. */
static inline bool ody_http_shares_port(const ody_options *options)
{
    return options->http.enabled && !options->tls_certificate && !ody_http_has_listener(options);
}

#endif
