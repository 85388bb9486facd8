/** Sends a test event. */
import { make } from '../shared/dom.js';
import { post, sentence } from './api.js';
import { plural } from './format.js';

function field(
  id: string,
  words: string,
  control: HTMLInputElement | HTMLTextAreaElement,
  hint?: HTMLElement,
): HTMLElement {
  const label = make('label', '', words) as HTMLLabelElement;
  label.htmlFor = control.id = id;
  control.spellcheck = false;
  control.autocapitalize = 'none';
  if (hint) {
    hint.id = `${id}-hint`;
    control.setAttribute('aria-describedby', hint.id);
  }
  return make('div', 'field', label, control, ...(hint ? [hint] : []));
}

/** Whether people must be told what becomes of the data. */
function remark(data: string): string {
  try {
    JSON.parse(data);
    return '';
  } catch {
    return 'This is no JSON: clients get it as a text.';
  }
}

/** Where a form says what became of it. */
function results(): { elements: HTMLElement[]; sent: (words: string) => void; refused: (words: string) => void } {
  const outcome = make('p', 'success');
  const problem = make('p', 'problem');
  outcome.setAttribute('role', 'status');
  problem.setAttribute('role', 'alert');
  const say = (good: string, bad: string): void => {
    outcome.textContent = good;
    problem.textContent = bad;
    problem.hidden = bad === '';
  };
  say('', '');
  return { elements: [problem, outcome], sent: (words) => say(words, ''), refused: (words) => say('', words) };
}

/** A form that sends to one channel. @param target what is shown as its receiver */
export function sendForm(app: string, channel: string, target: string): HTMLElement {
  const event = make('input', '') as HTMLInputElement;
  const data = make('textarea', 'code') as HTMLTextAreaElement;
  const hint = make('p', 'hint');
  const { elements, sent, refused } = results();
  const button = make('button', 'primary', 'Send');
  event.value = 'test';
  event.autocomplete = 'off';
  data.value = '{"hello": "world"}';
  data.rows = 3;
  data.addEventListener('input', () => (hint.textContent = remark(data.value)));
  button.id = 'send';
  const form = make(
    'form',
    '',
    field('event-name', 'Event', event),
    field('event-data', 'Data', data, hint),
    ...elements,
    make('div', 'buttons', button),
  );
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    sent('');
    post<{ reached: number }>('publish', { app, channel, event: event.value.trim(), data: data.value }).then(
      ({ reached }) =>
        reached > 0 ? sent(`Sent to ${plural(reached, 'connection')}.`) : refused('Nobody listens there.'),
      (error) => refused(sentence(error)),
    );
  });
  return make('section', 'card', make('h3', '', `Send a test event to ${target}`), form);
}
