/* SPDX-License-Identifier: MIT */
/*
 * Reload and restart. A fresh process prints the configuration; when it is good a reload gives it
 * to the engine, and a restart starts another engine on the same sockets, which takes over when it
 * is ready. Until then nothing has changed, and whatever fails leaves it so.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "child.h"
#include "supervisor_state.h"

#define PATIENCE 30000      /* ms that each stage may take */
#define TEXT_MAX (1u << 20) /* bytes that the configuration's command may print */

static const char *kind_of(const ody_change *change)
{
    return change->restart ? "restart" : "reload";
}

static void reader_forget(ody_change *change)
{
    change->reader = 0;
    ody__descriptor_close(&change->output);
    ody__descriptor_close(&change->errors);
    free(change->text);
    change->text = NULL;
    change->length = 0;
    change->complaint_length = 0;
}

void ody__change_close(ody_supervisor *self)
{
    ody__descriptor_close(&self->change.output);
    ody__descriptor_close(&self->change.errors);
}

void ody__change_tell(const ody_supervisor *self)
{
    const ody_server_change *last = &self->change.last;
    ody_error error = {0};

    if (last->number > 0 && self->engine.control >= 0 &&
        ody__engine_send(&self->engine, ODY_CONTROL_CHANGE, last, sizeof(*last), &error) < 0) {
        ody_log(ODY_LOG_WARNING, "the outcome is not in the status",
                ODY_STRING("reason", error.message));
    }
}

/* Bytes of text up to size that end with a whole character. */
static int whole_characters(const char *text, size_t size)
{
    size_t length = strnlen(text, size);

    if (text[length] != '\0') {
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    return (int)length;
}

/* The change is over; the next one may begin. */
static void finish(ody_supervisor *self, int code, const char *message)
{
    ody_change *change = &self->change;
    ody_server_change *last = &change->last;

    reader_forget(change);
    if (change->wanted.owner) {
        self->setup->calls->release(&change->wanted);
        change->wanted = (ody_supervised){0};
    }
    change->stage = ODY_CHANGE_NONE;
    last->number++;
    last->restart = change->restart;
    last->code = code;
    snprintf(last->message, sizeof(last->message), "%.*s",
             whole_characters(message, sizeof(last->message) - 1), message);
    if (code < 0) {
        ody_log(ODY_LOG_ERROR, "nothing was changed", ODY_STRING("asked", kind_of(change)),
                ODY_STRING("reason", message));
    } else {
        ody_log(ODY_LOG_INFO, change->restart ? "server restarted" : "server reloaded",
                ODY_NUMBER("engine", self->engine.pid),
                message[0] ? ODY_STRING("note", message) : (ody_log_field){0});
    }
    ody__change_tell(self);
    if (self->stops == 0) {
        ody__notify(self, "READY=1");
    }
}

static void fail(ody_supervisor *self, const char *message)
{
    finish(self, ODY_ECONFIGURATION, message);
}

/* The new configuration takes the place of the one in force. */
static void adopt(ody_supervisor *self)
{
    ody_supervised before = self->now;

    self->now = self->change.wanted;
    self->change.wanted = (ody_supervised){0};
    self->setup->calls->use_log(&self->now, self->setup->log);
    if (before.owner != self->setup->first.owner) {
        self->setup->calls->release(&before);
    }
}

static void begin(ody_supervisor *self, bool restart)
{
    ody_change *change = &self->change;
    ody_error error = {0};
    const ody_child child = {
        .command = self->now.configuration_command,
        .death_signal = SIGKILL,
        .output = &change->output,
        .errors = &change->errors,
    };

    change->restart = restart;
    change->note[0] = '\0';
    change->give_up_at = ody__now_ms() + PATIENCE;
    ody__notify(self, "RELOADING=1");
    ody_log(ODY_LOG_INFO, restart ? "restarting" : "reloading");
    if (!child.command) {
        fail(self, "This server was not started by a command that could read its configuration "
                   "again: stop and start it");
        return;
    }
    change->text = malloc(TEXT_MAX + 1);
    change->reader = change->text ? ody_child_start(&child, &error) : ODY_EMEMORY;
    if (change->reader < 0) {
        fail(self, error.message[0] ? error.message : ody_error_text(ODY_EMEMORY));
        return;
    }
    change->stage = ODY_CHANGE_READING;
}

void ody__change_ask(ody_supervisor *self, bool restart)
{
    if (restart) {
        self->change.restart_asked = true;
    } else {
        self->change.reload_asked = true;
    }
}

/* The last line is the configuration: what user code prints while it is read stands before it. */
static ody_view last_line(const ody_change *change)
{
    size_t end = change->length;
    size_t start;

    while (end > 0 && (change->text[end - 1] == '\n' || change->text[end - 1] == '\r')) {
        end--;
    }
    for (start = end; start > 0 && change->text[start - 1] != '\n'; start--) {
    }
    return (ody_view){change->text + start, end - start};
}

static void start_engine(ody_supervisor *self)
{
    ody_change *change = &self->change;
    ody_error error = {0};

    if (ody__engine_start(self, &change->engine, &change->wanted, &error) < 0) {
        fail(self, error.message);
        return;
    }
    change->stage = ODY_CHANGE_STARTING;
    change->give_up_at = ody__now_ms() + PATIENCE;
}

static void reloaded(ody_supervisor *self)
{
    adopt(self);
    self->engine.drain_time = self->now.options->drain_time;
    self->generation++;
    finish(self, 0, self->change.note);
}

static void tell_engine(ody_supervisor *self)
{
    ody_change *change = &self->change;
    ody_error error = {0};
    size_t length;
    void *bytes;

    if (self->engine.pid == 0) {
        reloaded(self);
        return;
    }
    bytes = ody_options_write(change->wanted.options, &length);
    if (!bytes) {
        fail(self, ody_error_text(ODY_EMEMORY));
        return;
    }
    if (ody__engine_send(&self->engine, ODY_CONTROL_RELOAD, bytes, length, &error) < 0) {
        fail(self, error.message);
    } else {
        change->stage = ODY_CHANGE_TELLING;
        change->give_up_at = ody__now_ms() + PATIENCE;
    }
    free(bytes);
}

/* Says which changed keys wait for more than a reload. */
static void note_waiting_keys(ody_supervisor *self, const ody_supervised *read)
{
    ody_change *change = &self->change;
    const ody_supervised_calls *calls = self->setup->calls;
    char keys[100];
    int length = 0;

    if (calls->changed(&self->now, read, ODY_CHANGE_BY_RESTART, keys, sizeof(keys)) > 0) {
        length = snprintf(change->note, sizeof(change->note), "needs a restart: %s", keys);
    }
    if (calls->changed(&self->now, read, ODY_CHANGE_BY_START, keys, sizeof(keys)) > 0) {
        snprintf(change->note + length, sizeof(change->note) - (size_t)length,
                 "%sneeds stop and start: %s", length > 0 ? "; " : "", keys);
    }
}

/* What was read is good. Is it also possible now? @return 0, or an error that says why not. */
static int judge(ody_supervisor *self, const ody_supervised *read, ody_error *error)
{
    char keys[100];

    if (!self->change.restart) {
        note_waiting_keys(self, read);
        return 0;
    }
    if (self->setup->calls->changed(&self->now, read, ODY_CHANGE_BY_START, keys, sizeof(keys)) >
        0) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "A restart cannot change this: %s. Stop the server and start it",
                             keys);
    }
    return 0;
}

/* Read as it is, to be judged; then with what was made at the start, to be used. */
static void configuration_read(ody_supervisor *self)
{
    ody_change *change = &self->change;
    const ody_supervised_calls *calls = self->setup->calls;
    ody_view json = last_line(change);
    ody_supervised read;
    ody_error error = {0};
    int code = calls->read(json, NULL, &read, &error);

    if (code == 0) {
        code = judge(self, &read, &error);
        calls->release(&read);
    }
    if (code == 0) {
        code = calls->read(json, &self->now, &change->wanted, &error);
    }
    if (code < 0) {
        fail(self, error.message);
    } else if (change->restart) {
        start_engine(self);
    } else {
        tell_engine(self);
    }
    if (change->stage != ODY_CHANGE_NONE) {
        reader_forget(change);
    }
}

/* Where PHP shows errors instead of logging them they stand in its output. The configuration, which
 * holds the secret, begins with a brace. */
static void complaint_from_output(ody_change *change)
{
    const char *text = change->text;
    size_t room = change->length;

    while (room > 0 && strchr("\r\n ", *text)) {
        text++;
        room--;
    }
    if (room > 0 && *text != '{') {
        const char *end = memchr(text, '\n', room);

        room = end ? (size_t)(end - text) : room;
        change->complaint_length = room < 200 ? room : 200;
        memcpy(change->complaint, text, change->complaint_length);
    }
}

/* What the command said last is the reason why it failed. */
static void reader_failed(ody_supervisor *self, int status)
{
    ody_change *change = &self->change;
    char sentence[256];
    size_t length;

    if (change->complaint_length == 0) {
        complaint_from_output(change);
    }
    length = change->complaint_length;
    while (length > 0 && strchr("\r\n ", change->complaint[length - 1])) {
        length--;
    }
    change->complaint[length] = '\0';
    if (length > 0) {
        fail(self, change->complaint);
        return;
    }
    if (WIFSIGNALED(status)) {
        snprintf(sentence, sizeof(sentence),
                 "The command that reads the configuration was killed "
                 "by signal %d",
                 WTERMSIG(status));
    } else {
        snprintf(sentence, sizeof(sentence),
                 "The command that reads the configuration ended with "
                 "status %d and said nothing",
                 WEXITSTATUS(status));
    }
    fail(self, sentence);
}

static void reader_ended(ody_supervisor *self, int status)
{
    ody__change_read(self);
    ody__change_complaint(self);
    self->change.reader = 0;
    if (self->change.stage != ODY_CHANGE_READING) {
        return;
    }
    if (status != 0) {
        reader_failed(self, status);
    } else {
        configuration_read(self);
    }
}

static void reader_kill(ody_change *change)
{
    if (change->reader > 0) {
        kill(change->reader, SIGKILL);
    }
}

void ody__change_read(ody_supervisor *self)
{
    ody_change *change = &self->change;
    ssize_t count = 1;

    while (change->output >= 0 && change->text && change->length <= TEXT_MAX && count > 0) {
        count = read(change->output, change->text + change->length, TEXT_MAX + 1 - change->length);
        if (count > 0) {
            change->length += (size_t)count;
        }
    }
    if (change->length > TEXT_MAX) {
        reader_kill(change);
        ody__descriptor_close(&change->output);
        snprintf(change->complaint, sizeof(change->complaint),
                 "The configuration has more than %u bytes", TEXT_MAX);
        change->complaint_length = strlen(change->complaint);
        ody__descriptor_close(&change->errors);
    } else if (count == 0) {
        ody__descriptor_close(&change->output);
    }
}

/* The beginning is kept: the sentence of an exception stands there, a trace behind it. */
void ody__change_complaint(ody_supervisor *self)
{
    ody_change *change = &self->change;
    char bytes[1024];
    ssize_t count = 1;

    while (change->errors >= 0 && count > 0) {
        size_t room = sizeof(change->complaint) - 1 - change->complaint_length;

        count = read(change->errors, bytes, sizeof(bytes));
        if (count > 0) {
            room = room < (size_t)count ? room : (size_t)count;
            memcpy(change->complaint + change->complaint_length, bytes, room);
            change->complaint_length += room;
        }
    }
    if (count == 0) {
        ody__descriptor_close(&change->errors);
    }
}

static ody_engine *leaving_place(ody_supervisor *self)
{
    for (unsigned index = 0; index < ODY_LEAVING_MAX; index++) {
        if (self->leaving[index].pid == 0) {
            return &self->leaving[index];
        }
    }
    return NULL;
}

/* The old engine goes when it has told its clients to come back, and its workers with it. */
static void take_over(ody_supervisor *self)
{
    ody_change *change = &self->change;
    ody_engine before = self->engine;
    ody_engine *place = leaving_place(self);

    self->engine = change->engine;
    change->engine = ody__engine_none();
    self->back_off = (ody_back_off){0};
    adopt(self);
    ody__workers_retire(self, before.pid);
    self->generation++;
    if (before.pid > 0) {
        *place = before;
        ody__descriptor_close(&place->ready);
        ody__engine_end(place, place->drain_time);
    }
    finish(self, 0, "");
}

void ody__change_engine_ready(ody_supervisor *self)
{
    ody_error error = {0};
    int result = ody__engine_ready(&self->change.engine, &error);

    if (result == 1 && self->change.stage == ODY_CHANGE_STARTING) {
        take_over(self);
    } else if (result < 0 && self->change.stage == ODY_CHANGE_STARTING) {
        fail(self, error.message);
    }
}

/* It may have said that it was ready just before: one that is dead must not take over all the same,
 * because nobody would learn of its death a second time. */
static void new_engine_ended(ody_supervisor *self)
{
    ody_engine *engine = &self->change.engine;
    ody_error error = {0};
    int result = engine->ready >= 0 ? ody__engine_ready(engine, &error) : 0;

    *engine = ody__engine_none();
    if (self->change.stage == ODY_CHANGE_STARTING) {
        fail(self, result < 0 ? error.message : "The new engine ended while it was starting");
    }
}

void ody__change_reap(ody_supervisor *self)
{
    ody_change *change = &self->change;
    int status;

    if (change->reader > 0 && waitpid(change->reader, &status, WNOHANG) == change->reader) {
        reader_ended(self, status);
    }
    if (ody__engine_reap(&change->engine, &status)) {
        new_engine_ended(self);
    }
}

void ody__change_answer(ody_supervisor *self)
{
    ody_error error = {0};
    ssize_t length = recv(self->engine.control, &error, sizeof(error), MSG_DONTWAIT);

    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (length <= 0) {
        /* It is about to die, and that is told by its end. */
        ody__descriptor_close(&self->engine.control);
        return;
    }
    if (self->change.stage != ODY_CHANGE_TELLING) {
        return;
    }
    error.message[sizeof(error.message) - 1] = '\0';
    if (length != (ssize_t)sizeof(error)) {
        fail(self, ody_error_text(ODY_EPROTOCOL));
    } else if (error.code < 0) {
        fail(self, error.message[0] ? error.message : ody_error_text(error.code));
    } else {
        reloaded(self);
    }
}

void ody__change_engine_died(ody_supervisor *self)
{
    if (self->change.stage == ODY_CHANGE_TELLING) {
        fail(self, "The engine ended while it was reloading");
    }
}

/* What is killed here is collected when it has died. */
static void give_up(ody_supervisor *self, const char *message)
{
    ody_change *change = &self->change;

    reader_kill(change);
    if (change->engine.pid > 0) {
        kill(change->engine.pid, SIGKILL);
    }
    if (change->reader > 0) {
        pid_t reader = change->reader;

        fail(self, message);
        change->reader = reader;
    } else {
        fail(self, message);
    }
}

void ody__change_abandon(ody_supervisor *self)
{
    self->change.reload_asked = self->change.restart_asked = false;
    if (self->change.stage != ODY_CHANGE_NONE) {
        give_up(self, "The server was told to stop");
    }
}

/* Engines that take long to end must not keep a restart from beginning: the oldest has had its
 * time.
 */
static void make_place(ody_supervisor *self)
{
    ody_engine *oldest = &self->leaving[0];

    for (unsigned index = 1; index < ODY_LEAVING_MAX; index++) {
        if (self->leaving[index].born < oldest->born) {
            oldest = &self->leaving[index];
        }
    }
    if (!oldest->hurried) {
        oldest->hurried = true;
        ody_log(ODY_LOG_WARNING,
                "too many engines wait for their clients to leave: the oldest ends",
                ODY_NUMBER("engine", oldest->pid));
        ody__engine_end(oldest, 0);
    }
}

/* Whether the one before has left nothing that is still going. */
static bool may_begin(ody_supervisor *self)
{
    return self->change.stage == ODY_CHANGE_NONE && self->announced && self->stops == 0 &&
           self->change.reader == 0 && self->change.engine.pid == 0;
}

uint64_t ody__change_tend(ody_supervisor *self, uint64_t now)
{
    static const char *const late[] = {
        [ODY_CHANGE_NONE] = "",
        [ODY_CHANGE_READING] = "The configuration could not be read within 30 seconds",
        [ODY_CHANGE_STARTING] = "The new engine was not ready within 30 seconds",
        [ODY_CHANGE_TELLING] = "The engine did not answer within 30 seconds",
    };
    ody_change *change = &self->change;

    if (change->stage != ODY_CHANGE_NONE && change->give_up_at <= now) {
        give_up(self, late[change->stage]);
    }
    if (change->restart_asked && may_begin(self) && !leaving_place(self)) {
        make_place(self);
    } else if (change->restart_asked && may_begin(self)) {
        change->restart_asked = change->reload_asked = false;
        begin(self, true);
    } else if (change->reload_asked && may_begin(self)) {
        change->reload_asked = false;
        begin(self, false);
    }
    return change->stage != ODY_CHANGE_NONE ? change->give_up_at : ODY_NEVER;
}
