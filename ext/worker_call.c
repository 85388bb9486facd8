/* SPDX-License-Identifier: MIT */
/* Checks what PHP says, and names what the engine says. */
#include "worker_call.h"

#define TYPE_MAX 64      /* bytes of a channel type */
#define MESSAGE_MAX 1024 /* bytes of a sentence for a client */
#define CODE_MAX 65535

typedef struct kind_name {
    ody_call_kind kind;
    const char *name;
} kind_name;

static const kind_name kinds[] = {
    {ODY_CALL_HANDSHAKE, "handshake"},
    {ODY_CALL_MESSAGE, "message"},
    {ODY_CALL_SUBSCRIBE, "subscribe"},
    {ODY_CALL_CLIENT_EVENT, "client_event"},
    {ODY_CALL_UNSUBSCRIBED, "unsubscribed"},
    {ODY_CALL_OPENED, "opened"},
    {ODY_CALL_CLOSED, "closed"},
    {ODY_CALL_OCCUPIED, "occupied"},
    {ODY_CALL_VACATED, "vacated"},
    {ODY_CALL_MEMBER_ADDED, "member_added"},
    {ODY_CALL_MEMBER_REMOVED, "member_removed"},
    {ODY_CALL_EVENT_PUBLISHED, "event_published"},
};

static const char *const verdicts[] = {
    [ODY_VERDICT_PASS] = "pass",
    [ODY_VERDICT_HANDLED] = "handled",
    [ODY_VERDICT_REFUSED] = "refused",
    [ODY_VERDICT_FAILED] = "failed",
};

/* The value of a key, followed through a reference; NULL when it is absent or null. */
static zval *entry(HashTable *array, const char *key)
{
    zval *value = zend_hash_str_find(array, key, strlen(key));

    if (value) {
        ZVAL_DEREF(value);
    }
    return value && Z_TYPE_P(value) != IS_NULL ? value : NULL;
}

/* A list of texts, an empty one where there is none; NULL with a ValueError. */
static HashTable *texts(HashTable *wanted, const char *key)
{
    zval *list = entry(wanted, key);
    zval *text;

    if (!list) {
        return (HashTable *)&zend_empty_array;
    }
    if (Z_TYPE_P(list) != IS_ARRAY) {
        zend_argument_value_error(1, "must have a list of texts as \"%s\"", key);
        return NULL;
    }
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), text)
    {
        ZVAL_DEREF(text);
        if (Z_TYPE_P(text) != IS_STRING) {
            zend_argument_value_error(1, "must have a list of texts as \"%s\"", key);
            return NULL;
        }
    }
    ZEND_HASH_FOREACH_END();
    return Z_ARRVAL_P(list);
}

static bool notice_add(const zend_string *name, uint32_t *bits)
{
    for (size_t index = 0; index < sizeof(kinds) / sizeof(kinds[0]); index++) {
        if (kinds[index].kind > ODY_CALL_UNSUBSCRIBED &&
            strcmp(kinds[index].name, ZSTR_VAL(name)) == 0) {
            *bits |= ODY_NOTICE_BIT(kinds[index].kind);
            return true;
        }
    }
    zend_argument_value_error(1, "must not have \"%s\" among its notices", ZSTR_VAL(name));
    return false;
}

static bool notices_read(HashTable *wanted, uint32_t *bits)
{
    HashTable *list = texts(wanted, "notices");
    zval *name;

    if (!list) {
        return false;
    }
    ZEND_HASH_FOREACH_VAL(list, name)
    {
        ZVAL_DEREF(name);
        if (!notice_add(Z_STR_P(name), bits)) {
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool handlers_read(HashTable *wanted, ody_view types[ODY_HANDLERS_MAX], size_t *count)
{
    HashTable *list = texts(wanted, "handlers");
    zval *type;

    if (!list) {
        return false;
    }
    if (zend_hash_num_elements(list) > ODY_HANDLERS_MAX) {
        zend_argument_value_error(1, "must not have more than %d handlers", ODY_HANDLERS_MAX);
        return false;
    }
    ZEND_HASH_FOREACH_VAL(list, type)
    {
        ZVAL_DEREF(type);
        if (Z_STRLEN_P(type) == 0 || Z_STRLEN_P(type) > TYPE_MAX) {
            zend_argument_value_error(1, "must have channel types of 1 to %d bytes", TYPE_MAX);
            return false;
        }
        types[(*count)++] = php_ody_view(Z_STR_P(type));
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

bool php_ody_worker_interest_read(HashTable *wanted, ody_view types[ODY_HANDLERS_MAX],
                                  ody_worker_interest *interest)
{
    zval *handshakes = entry(wanted, "handshakes");
    zval *messages = entry(wanted, "messages");

    *interest = (ody_worker_interest){
        .handshakes = handshakes && zend_is_true(handshakes),
        .messages = messages && zend_is_true(messages),
        .handlers = types,
    };
    return notices_read(wanted, &interest->notices) &&
           handlers_read(wanted, types, &interest->handler_count);
}

static void text_add(zval *array, const char *key, ody_view text)
{
    if (text.data) {
        add_assoc_stringl(array, key, text.data, text.length);
    } else {
        add_assoc_null(array, key);
    }
}

static void kind_add(zval *array, ody_call_kind kind)
{
    for (size_t index = 0; index < sizeof(kinds) / sizeof(kinds[0]); index++) {
        if (kinds[index].kind == kind) {
            add_assoc_string(array, "kind", kinds[index].name);
            return;
        }
    }
    add_assoc_null(array, "kind");
}

void php_ody_worker_call_array(const ody_worker_call *call, zval *out)
{
    array_init(out);
    kind_add(out, call->kind);
    text_add(out, "socket_id", call->socket_id);
    text_add(out, "address", call->address);
    text_add(out, "channel", call->channel);
    text_add(out, "event", call->event);
    text_add(out, "data", call->data);
    text_add(out, "user_id", call->user_id);
    text_add(out, "head", call->head);
}

/* Longer sentences are cut, where a character ends. */
static ody_view sentence(const zend_string *text)
{
    ody_view view = php_ody_view(text);

    if (view.length > MESSAGE_MAX) {
        view.length = MESSAGE_MAX;
        while (view.length > 0 && ((unsigned char)view.data[view.length] & 0xc0) == 0x80) {
            view.length--;
        }
    }
    return view;
}

static bool verdict_read(const zval *value, ody_verdict *verdict)
{
    *verdict = ODY_VERDICT_PASS;
    if (!value) {
        return true;
    }
    for (size_t index = 0;
         Z_TYPE_P(value) == IS_STRING && index < sizeof(verdicts) / sizeof(verdicts[0]); index++) {
        if (strcmp(verdicts[index], Z_STRVAL_P(value)) == 0) {
            *verdict = (ody_verdict)index;
            return true;
        }
    }
    zend_value_error("The verdict must be pass, handled, refused or failed");
    return false;
}

bool php_ody_worker_answer_read(const zval *result, ody_worker_answer *answer)
{
    zval *message;
    zval *code;
    zval *data;

    *answer = (ody_worker_answer){0};
    ZVAL_DEREF(result);
    if (Z_TYPE_P(result) == IS_NULL) {
        return true;
    }
    if (Z_TYPE_P(result) != IS_ARRAY) {
        zend_type_error("The handler must return an array or null, %s returned",
                        zend_zval_type_name(result));
        return false;
    }
    message = entry(Z_ARRVAL_P(result), "message");
    code = entry(Z_ARRVAL_P(result), "code");
    data = entry(Z_ARRVAL_P(result), "data");
    if ((message && Z_TYPE_P(message) != IS_STRING) || (data && Z_TYPE_P(data) != IS_STRING) ||
        (code && (Z_TYPE_P(code) != IS_LONG || Z_LVAL_P(code) < 0 || Z_LVAL_P(code) > CODE_MAX))) {
        zend_type_error("The handler must return texts as message and data, and 0 to %d as code",
                        CODE_MAX);
        return false;
    }
    answer->message = message ? sentence(Z_STR_P(message)) : ODY_VIEW_NONE;
    answer->code = code ? (uint32_t)Z_LVAL_P(code) : 0;
    answer->data = data ? php_ody_view(Z_STR_P(data)) : ODY_VIEW_NONE;
    return verdict_read(entry(Z_ARRVAL_P(result), "verdict"), &answer->verdict);
}
