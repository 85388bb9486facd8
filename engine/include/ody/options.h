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

/** Bounds. Sizes are bytes, times milliseconds, 0 means "no limit" only where it is said. */
typedef struct ody_limits {
    uint32_t connections;              /* open connections; 0: as the open-file limit allows */
    uint32_t connections_per_address;  /* 0: no limit. Loopback peers are not counted */
    uint32_t channels_per_connection;  /* 1 to 100,000 */
    uint32_t message_size;             /* a client's message; beyond: close 1009 */
    uint32_t event_data_size;          /* data of a published event */
    uint32_t client_event_data_size;   /* data of a client event */
    uint32_t event_name_length;        /* bytes */
    uint32_t channel_name_length;      /* bytes */
    uint32_t channels_per_publish;     /* channels in one publishToChannels */
    uint32_t client_events_per_second; /* per connection; 0: no limit */
    uint32_t presence_members;         /* distinct users in a presence channel */
    uint32_t presence_user_id_length;  /* bytes */
    uint32_t presence_user_info_size;  /* bytes of JSON */
    uint32_t json_depth;               /* nesting of a client's JSON */
    uint32_t outbound_soft;            /* bytes waiting for one connection, tolerated … */
    uint32_t outbound_soft_time;       /* … for so long (ms), then it is closed */
    uint32_t outbound_hard;            /* bytes waiting for one connection: closed at once */
    uint64_t outbound_shard;           /* unique bytes waiting in one shard */
    uint64_t mailbox_size;             /* bytes waiting between two threads */
    uint32_t handshake_time;           /* ms from accept to the end of the upgrade */
} ody_limits;

/** The configuration of one server. */
typedef struct ody_options {
    const char *host;       /* address to listen on, numeric or a name */
    uint16_t port;          /* 1 to 65535 */
    const char *path;       /* prefix before /app, "" or "/prefix", without a slash at the end */
    unsigned worker_num;    /* shards, 1 to 64 */
    const char *app_id;     /* 1 to 64 bytes */
    const char *app_key;    /* public: browsers connect with it */
    const char *app_secret; /* signs; never logged, never sent */
    ody_client_events client_events;
    uint32_t activity_timeout;   /* ms of silence before the server probes */
    uint32_t pong_timeout;       /* ms to answer the probe, then 4201 */
    uint32_t cache_time;         /* ms that a cache channel keeps its last event */
    uint32_t drain_time;         /* ms a graceful stop waits for clients to leave */
    const char *tls_certificate; /* PEM file, or NULL: no TLS */
    const char *tls_key;         /* PEM file */
    const char *socket_path;     /* Unix socket for PHP processes */
    const char *socket_group;    /* group that may use it, or NULL: only the owner's */
    const ody_network *trusted_proxies;
    size_t trusted_proxy_count;
    unsigned php_worker_num;     /* PHP processes that run the application's code; 0: none */
    uint32_t php_worker_timeout; /* ms that one call to them may take */
    uint32_t php_worker_queue;   /* calls that may wait for a free one */
    int log_level;               /* enum ody_log_level */
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

#endif
