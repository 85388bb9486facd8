// SPDX-License-Identifier: MIT
/*
 * As little of a Pusher server as the load generator needs, on uWebSockets: public channels and
 * POST /apps/ID/events. One thread; a channel is a topic, so the library encodes a frame once and
 * sends what collects in a turn of the loop together. Generous to it: no signature is checked,
 * nothing is limited, and JSON is not parsed but searched.
 *
 * In a folder with a clone of uNetworking/uWebSockets and its submodules:
 *   make -C uWebSockets/uSockets
 *   g++ -std=c++20 -O3 -march=native -flto=auto -DUWS_NO_ZLIB -DLIBUS_NO_SSL -IuWebSockets/src \
 *       -IuWebSockets/uSockets/src uwebsockets.cpp uWebSockets/uSockets/uSockets.a -o uwebsockets
 *   ./uwebsockets PORT
 */
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include "App.h"

namespace
{

struct connection {
};

unsigned connections = 0;

/* The raw JSON string behind `"name":`, without its quotes. */
std::string_view string_behind(std::string_view text, std::string_view name)
{
    size_t begin = text.find(name);

    if (begin == std::string_view::npos) {
        return {};
    }
    begin += name.size() + 1;
    for (size_t end = begin; end < text.size(); end++) {
        if (text[end] == '\\') {
            end++;
        } else if (text[end] == '"') {
            return text.substr(begin, end - begin);
        }
    }
    return {};
}

std::string message(std::string_view event, std::string_view channel, std::string_view data)
{
    std::string text;

    text.reserve(event.size() + channel.size() + data.size() + 40);
    text.append("{\"event\":\"").append(event);
    text.append("\",\"channel\":\"").append(channel);
    return text.append("\",\"data\":\"").append(data).append("\"}");
}

void open(uWS::WebSocket<false, true, connection> *socket)
{
    std::string id = "1." + std::to_string(++connections);

    socket->send("{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\"" +
                     id + "\\\",\\\"activity_timeout\\\":120}\"}",
                 uWS::OpCode::TEXT);
}

void received(uWS::WebSocket<false, true, connection> *socket, std::string_view text,
              uWS::OpCode /*code*/)
{
    std::string_view event = string_behind(text, "\"event\":");

    if (event == "pusher:ping") {
        socket->send("{\"event\":\"pusher:pong\",\"data\":\"{}\"}", uWS::OpCode::TEXT);
    } else if (event == "pusher:subscribe") {
        std::string_view channel = string_behind(text, "\"channel\":");

        socket->subscribe(channel);
        socket->send(message("pusher_internal:subscription_succeeded", channel, "{}"),
                     uWS::OpCode::TEXT);
    }
}

void publish(uWS::App *app, std::string_view body)
{
    std::string_view channel = string_behind(body, "\"channels\":[");

    app->publish(
        channel,
        message(string_behind(body, "\"name\":"), channel, string_behind(body, "\"data\":")),
        uWS::OpCode::TEXT);
}

} // namespace

int main(int argc, char **argv)
{
    rlimit files = {20000, 20000};
    int port = argc == 2 ? atoi(argv[1]) : 0;
    uWS::App app;

    setrlimit(RLIMIT_NOFILE, &files);
    app.ws<connection>("/app/:key", {.idleTimeout = 120, .open = open, .message = received})
        .post("/apps/:id/events",
              [&app](auto *response, auto * /*request*/) {
                  response->onAborted([]() {});
                  response->onData([&app, response, body = std::string()](std::string_view chunk,
                                                                          bool last) mutable {
                      if (!last) {
                          body.append(chunk);
                          return;
                      }
                      publish(&app, body.empty() ? chunk : std::string_view(body.append(chunk)));
                      response->end("{}");
                  });
              })
        .listen("127.0.0.1", port,
                [port](auto *socket) {
                    if (!socket) {
                        exit(1);
                    }
                    printf("%d listens on %d\n", getpid(), port);
                    fflush(stdout);
                })
        .run();
    return 0;
}
