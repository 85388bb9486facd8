/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: the server from the inside. A daemon is one of libmicrohttpd's, with its
 * certificate; a connection is one socket in it; an exchange is one request and its answer. All in
 * the API thread.
 *
 * libmicrohttpd calls us only from inside of MHD_run, which only daemon.c calls; what the hub
 * answers comes between two of those calls. So nothing of ours is freed while somebody works on it.
 */
#ifndef ODY_HTTP_ROOM_H
#define ODY_HTTP_ROOM_H

#include <sys/socket.h>
#include "auth/digests.h"
#include "base/list.h"
#include "base/wheel.h"
#include "http/rate.h"
#include "http/route.h"
#include "http/server.h"
#include "http/sessions.h"
#include "wire/api_request.h"
#include "wire/channel_name.h"

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;

/** What a connection may take its time for (ms). */
typedef struct ody_http_times {
    uint64_t keep_alive; /* from an answer to the whole head of the next request */
    uint64_t request;    /* from the head to the end of the body */
    uint64_t answer;     /* until the peer has taken the answer */
    uint64_t linger;     /* until a peer that has not listened yet leaves */
} ody_http_times;

typedef struct ody_http_daemon {
    ody_list_node node; /* of server->daemons */
    ody_http_server *server;
    struct MHD_Daemon *mhd;
    ev_io readable;
    bool due;     /* is to run before the loop sleeps */
    bool patient; /* but not before the answers of this turn are there */
    size_t connections;
    ody_bytes certificate; /* PEM, with its NUL; empty without TLS */
    ody_bytes key;
} ody_http_daemon;

struct ody_http_server {
    ody_http_setup setup;
    const ody_options *options;
    ody_http_times times;
    ody_http_daemon *daemon; /* for new connections */
    ody_list daemons;        /* all: older ones have connections that are still open */
    ev_io accepting;
    ev_timer accept_pause;
    ev_timer tick;
    ev_prepare turn;
    ev_idle more; /* keeps the loop awake while a daemon has more to do */
    ody_wheel wheel;
    ody_list waiting;   /* ody_http_connection: without a request, the longest first */
    ody_list exchanges; /* all */
    ody_list lingering; /* ody_http_linger */
    size_t linger_count;
    bool draining;
    bool closed;          /* requests to apps are refused */
    ody_http_rate *rates; /* by number of the app */
    ody_sessions sessions;
    ody_list waits; /* ody_http_wait: requests that wait for messages of a tail */
    bool running;   /* libmicrohttpd works: we are in one of its callbacks */
    ody_digests *digests;
    unsigned next_shard; /* that gets a WebSocket */
    ody_http_state state;
};

typedef struct ody_http_connection {
    ody_http_daemon *daemon;
    struct MHD_Connection *mhd;
    int descriptor; /* libmicrohttpd's */
    uint8_t peer[16];
    ody_timer deadline;
    ody_list_node waiting;
    bool used;  /* a request has come on it */
    bool deaf;  /* its peer may still be talking when it is closed */
    bool given; /* its socket goes on at a shard */
} ody_http_connection;

/** One answer that is waited for. */
typedef struct ody_http_call {
    struct ody_http_exchange *exchange;
    uint64_t ticket; /* 0: it has come */
    size_t index;    /* of the event in its batch */
    int info;        /* set of enum ody_api_info that its caller wants */
} ody_http_call;

typedef struct ody_http_exchange ody_http_exchange;
typedef struct ody_http_list ody_http_list;
typedef struct ody_http_wait ody_http_wait;

/** Uses one answer of the hub, which is no failure. */
typedef void (*ody_http_reply)(ody_http_exchange *exchange, const ody_http_call *call,
                               const ody_reply *reply);

struct ody_http_exchange {
    ody_list_node node; /* of server->exchanges */
    ody_http_server *server;
    ody_http_connection *connection; /* NULL until the head has come */
    bool begun;                      /* the head has come */
    bool asked;                      /* dispatched */
    bool awaited;                    /* the hub's answer is waited for */
    bool suspended;
    bool last;  /* the connection ends with the answer */
    bool early; /* the answer comes before the end of the request */
    bool old;   /* HTTP/1.0 */
    ody_view method;
    ody_view target; /* behind the struct */
    ody_view path;   /* of target */
    char *segments;  /* behind target: what route points into */
    ody_http_route route;
    ody_query query;
    uint32_t body_most; /* bytes that its body may have; 0: what the options say */
    ody_bytes body;
    uint64_t swallowed; /* bytes of the body that nobody wants */

    int status; /* of the answer; 0: none yet */
    const char *type;
    size_t sending;              /* bytes of an answer that libmicrohttpd has */
    bool json_errors;            /* refusals are JSON objects */
    unsigned retry;              /* Retry-After: so many seconds; 0: none */
    const struct ody_page *page; /* the answer instead of output, or NULL */
    ody_bytes output;

    unsigned outstanding; /* answers of the hub */
    ody_http_call call;
    ody_http_call *calls; /* of a batch, or NULL; owned */
    size_t call_count;
    ody_bytes *parts;    /* of a batch: the answer to each event; owned */
    ody_http_list *list; /* of the inspector, or NULL; owned */
    ody_http_wait *wait; /* for a tail, or NULL; owned */
    ody_http_reply on_reply;
    void (*on_all)(ody_http_exchange *exchange); /* after the last of them; may be NULL */
};

/* daemon.c */

/** Makes one with the certificate of server->options, and starts it. */
int ody__http_daemon_new(ody_http_server *server, ody_http_daemon **daemon, ody_error *error);
/** Lets libmicrohttpd work. Never from inside of one of its callbacks. */
void ody__http_daemon_run(ody_http_daemon *daemon);
/** Closes all of its connections. None of them may be suspended. */
void ody__http_daemon_free(ody_http_daemon *daemon);
/** Whether its certificate is the one of options. Files that cannot be read are the same. */
bool ody__http_daemon_is_current(const ody_http_daemon *daemon, const ody_options *options);
/** Hands it a socket; it is closed in case of failure. @return whether it has it. */
bool ody__http_daemon_add(ody_http_daemon *daemon, int take_descriptor,
                          const struct sockaddr_storage *peer);

/* server.c */

/** As ody_http_server_socket, with the address of its peer. */
void ody__http_server_add(ody_http_server *server, int take_descriptor,
                          const struct sockaddr_storage *peer);
/** Tests: other times than the usual ones. */
void ody__http_server_set_times(ody_http_server *server, const ody_http_times *times);
/** Lets time pass: closes what has taken too long. */
void ody__http_server_advance(ody_http_server *server, uint64_t now);

/* connection.c */

/** A request has come: it has so long for its body. */
void ody__http_connection_busy(ody_http_connection *connection);
/** Its answer goes out: the peer has so long to take it. */
void ody__http_connection_answering(ody_http_connection *connection);
/** The hub works on it: for so long it is not cut. */
void ody__http_connection_hold(ody_http_connection *connection);
/** Its request is done: it has so long for the next. */
void ody__http_connection_idle(ody_http_connection *connection);
/** Cuts it; libmicrohttpd notices when it runs next. */
void ody__http_connection_cut(ody_http_connection *connection);

/* exchange.c */

/** The answer is there: goes on with an exchange that waits for it. */
void ody__http_exchange_resume(ody_http_exchange *exchange);

/* linger.c */

/** Reads and forgets what a peer still says, so that it gets our answer before the connection is
 *  reset. Takes a copy of descriptor, which may be closed. */
void ody__http_linger(ody_http_server *server, int descriptor);
/** Closes all that linger. */
void ody__http_linger_end(ody_http_server *server);

/* answer.c: each sets the answer, unless there is one already. */

/** A sentence in plain text, or {"success":false,"error":…} where the endpoint speaks JSON. */
void ody__http_refuse(ody_http_exchange *exchange, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** The same with any text that is valid UTF-8; the general one of the status when it is empty. */
void ody__http_refuse_view(ody_http_exchange *exchange, int status, ody_view text);
/** The same for an error of the engine: its status and its sentence. */
void ody__http_refuse_error(ody_http_exchange *exchange, int code, const char *message);
/** Says that there is nothing at the path. */
void ody__http_refuse_path(ody_http_exchange *exchange);
/** Says 200 with the JSON that exchange->output holds; 503 when it found no memory. */
void ody__http_answer_json(ody_http_exchange *exchange);
/** Says 200 with the bare JSON object that libraries expect: {} */
void ody__http_answer_empty(ody_http_exchange *exchange);
/** A text in plain words. */
void ody__http_answer_text(ody_http_exchange *exchange, int status, const char *text);
/** Hands the answer to libmicrohttpd. @return whether it took it. */
bool ody__http_answer_send(ody_http_exchange *exchange);

/* origin.c: who asks, judged by this request's own headers. */

/** What the head says about the body, and whether it can be trusted to say one thing only. */
typedef struct ody_http_framing {
    const char *fault; /* NULL: none; the sentence for a malformed head */
    bool body;
    uint64_t length; /* UINT64_MAX: chunked */
    bool expects;    /* waits for "100 Continue" */
    bool old;        /* HTTP/1.0 */
} ody_http_framing;

/** @param method, version where libmicrohttpd has them: in the head. */
ody_http_framing ody__http_framing(struct MHD_Connection *mhd, const char *method,
                                   const char *version);
/** Whether it comes from this machine or from a trusted network, by no proxy that is not trusted
 *  and from no browser's page. */
bool ody__http_is_trusted(const ody_http_exchange *exchange);
/** Whether it comes from this machine or, by no proxy, from a trusted network, also from a
 * browser's page; but not by a name, which could be a stranger's who has it lead here, and not in
 * HTTP/1.0, which only proxies speak that may say nothing of themselves. */
bool ody__http_is_near(const ody_http_exchange *exchange);
/** Whether a browser says that a page of another origin wants it. */
bool ody__http_is_cross_site(const ody_http_exchange *exchange);
/** The client's address, trusted proxies seen through. */
void ody__http_client(const ody_http_exchange *exchange, uint8_t address[16]);
/** The key of "Authorization: Bearer …", or ODY_VIEW_NONE. */
ody_view ody__http_bearer(const ody_http_exchange *exchange);
/** The value of a header that comes once, or ODY_VIEW_NONE. */
ody_view ody__http_header(const ody_http_exchange *exchange, const char *name);
/** Whether it asks for a WebSocket. */
bool ody__http_wants_websocket(const ody_http_exchange *exchange);
/** Appends the head as it came, but for white space. */
void ody__http_write_head(const ody_http_exchange *exchange, ody_bytes *out);

/* answer.c */

/** Adds a header. @return whether it could. */
bool ody__http_add_header(struct MHD_Response *response, const char *name, const char *value);

/* pages.c */

/** Whether a page may be there for whoever asks, if the path is one of a page; else refuses. */
bool ody__http_page_stands(ody_http_exchange *exchange);

/** The response with exchange->page, which is not copied. */
struct MHD_Response *ody__http_page_response(const ody_http_exchange *exchange);
/** Adds the headers of what browsers get: a page, or what one asks for. @return whether it could.
 */
bool ody__http_page_headers(const ody_http_exchange *exchange, struct MHD_Response *response);

/* inspector_access.c */

/** The server gets these options: another password ends all sessions. */
void ody__http_inspector_reload(ody_http_server *server, const ody_options *options);

/* inspector.c */

/** The head of a request to the inspector has come. @return whether it may go on; else refused. */
bool ody__http_inspector_begin(ody_http_exchange *exchange);

/* inspector_lists.c */

/** NULL is fine. */
void ody__http_list_free(ody_http_list *list);

/* inspector_tail.c */

/** Its exchange does not wait any more, and is not answered by this. NULL is fine. */
void ody__http_wait_free(ody_http_wait *wait);
/** Answers all that wait for tails. */
void ody__http_waits_end(ody_http_server *server);
/** The same in a moment: whoever may not look any more learns it then. */
void ody__http_waits_hurry(ody_http_server *server);

/* upgrade.c */

/**
 * Gives the socket of a request for a WebSocket to a shard: clients and proxies may ask for one on
 * a connection that they have used for other requests. libmicrohttpd is to close its own end.
 * @return false: refused.
 */
bool ody__http_upgrade(ody_http_exchange *exchange);

/* dispatch.c */

/** The head has come: finds the endpoint and checks who asks. May refuse. */
void ody__http_begin(ody_http_exchange *exchange);
/** The body has come too: answers, or asks the hub. */
void ody__http_dispatch(ody_http_exchange *exchange);
/** Verifies the signature, by an app that is enabled. @return whether it is good; else refused. */
bool ody__http_verify(ody_http_exchange *exchange, const ody_app *app);

/* ask.c: what waits for the hub. */

/** The callback of every question to the hub; its context is the call. */
void ody__http_on_hub(void *call, const ody_reply *reply);
/** To be called with the result of a question: notes that it is under way, or refuses.
 *  @return whether it is under way. */
bool ody__http_asked(ody_http_exchange *exchange, int code, const ody_error *error);
/** Nobody waits any more. */
void ody__http_cancel(ody_http_exchange *exchange);

/* One file each: the endpoints. */

typedef void ody_http_handler(ody_http_exchange *exchange, const ody_app *app);

/* publish.c: what endpoints that publish have in common. */

/** @return the event as the hub takes it; info as call wants it. */
ody_publish ody__http_publish_of(const ody_app *app, const ody_api_event *event,
                                 const ody_http_call *call);
/** Whether the hub would take it; else refuses. @param where of the event: "" or "[Event 3] ". */
bool ody__http_check_publish(ody_http_exchange *exchange, const ody_publish *publish,
                             const char *where);
/** Whether the app may publish so many events now; else refuses. */
bool ody__http_check_rate(ody_http_exchange *exchange, const ody_app *app, size_t events);
/** Reads the attributes that the caller of a publish wants. @return false: refused. */
bool ody__http_read_info(ody_http_exchange *exchange, ody_view info, const char *where, int *set);
/** Publishes what was checked, for call. @return false: refused. */
bool ody__http_publish(ody_http_exchange *exchange, ody_http_call *call,
                       const ody_publish *publish);
/**
 * Appends what is known of a channel as far as it is wanted and the channel has it.
 * @param sent_to of the event; counts where it is wanted.
 */
void ody__http_write_attributes(ody_bytes *out, const ody_channel_entry *entry, uint64_t sent_to,
                                int wanted);

ody_http_handler ody__http_events;
ody_http_handler ody__http_channel_events;
ody_http_handler ody__http_batch_events;
ody_http_handler ody__http_channels;
ody_http_handler ody__http_channel;
ody_http_handler ody__http_channel_users;
ody_http_handler ody__http_channel_subscribers;
ody_http_handler ody__http_terminate;
ody_http_handler ody__http_connections;
ody_http_handler ody__http_connection_channel;
ody_http_handler ody__http_connection_events;
/* app is NULL for these. */
ody_http_handler ody__http_root;
ody_http_handler ody__http_up;
ody_http_handler ody__http_ready;
ody_http_handler ody__http_accept_traffic;
ody_http_handler ody__http_usage;
ody_http_handler ody__http_metrics;
ody_http_handler ody__http_broadcast;
ody_http_handler ody__http_websocket;
ody_http_handler ody__http_test_page;
ody_http_handler ody__http_inspector_page;
ody_http_handler ody__http_inspector;

#endif
