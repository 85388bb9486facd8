/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: mail to many homes about one connection, one for each home, with a list of
 * names in its data. First all that is to be said is measured, then the letters are made, then it
 * is written into them. The shard's thread.
 */
#ifndef ODY_HUB_LETTERS_H
#define ODY_HUB_LETTERS_H

#include "hub/state.h"

/** What a name in a letter is the name of. */
typedef enum ody_letter_tag {
    ODY_LETTER_CHANNEL, /* that the client leaves */
    ODY_LETTER_USER,    /* that it was signed in as */
    ODY_LETTER_WATCHED, /* user that it watches no more */
    ODY_LETTER_OFFLINE, /* user that it watches from now on … */
    ODY_LETTER_ONLINE,  /* … and the answer of the home, if it is so */
} ody_letter_tag;

/** What one home is told. A zeroed struct says nothing. */
typedef struct ody_letter {
    size_t bytes;
    ody_mail *mail;
    char *at;
} ody_letter;

/** One name of a letter that is read. */
typedef struct ody_letter_name {
    char *tag; /* ody_letter_tag */
    ody_view name;
} ody_letter_name;

/** Makes room for one more name, of at most 65,535 bytes. */
void ody__letter_measure(ody_letter *letter, ody_view name);
/**
 * Makes the mail of each letter that has something to say.
 * @param letters one for each home.
 * @return whether there was memory for all; mail is NULL in those for which there was none.
 */
bool ody__letters_make(ody_hub *hub, ody_letter *letters, ody_mail_kind kind, uint32_t app,
                       ody_socket_id client);
/** Writes a name that was measured into a letter that has mail. */
void ody__letter_write(ody_letter *letter, ody_letter_tag tag, ody_view name);
/** Posts all letters that have mail. Cannot fail. @return how many. */
unsigned ody__letters_post(ody_hub *hub, ody_letter *letters);

/** Reads the next name out of mail. @param at begins as mail->data. @return whether there was one.
 */
bool ody__letter_next(ody_view *at, ody_letter_name *name);

#endif
