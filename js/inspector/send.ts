/** Sends a test event. */
import { announce, make } from '../page/dom.js';
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

/** A form that sends to one channel. @param target what is shown as its receiver */
export function sendForm(app: string, channel: string, target: string): HTMLElement {
  const event = make('input', '') as HTMLInputElement;
  const data = make('textarea', 'code') as HTMLTextAreaElement;
  const hint = make('p', 'hint');
  const outcome = make('p', 'success');
  const problem = make('p', 'problem');
  const button = make('button', 'primary', 'Send') as HTMLButtonElement;
  event.value = 'test';
  event.autocomplete = 'off';
  data.value = '{"hello": "world"}';
  data.rows = 3;
  data.addEventListener('input', () => (hint.textContent = remark(data.value)));
  outcome.setAttribute('role', 'status');
  problem.setAttribute('role', 'alert');
  problem.hidden = true;
  button.id = 'send';
  const form = make(
    'form',
    '',
    field('event-name', 'Event', event),
    field('event-data', 'Data', data, hint),
    problem,
    outcome,
    make('div', 'buttons', button),
  );
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    outcome.textContent = '';
    problem.hidden = true;
    const refuse = (said: string): void => {
      problem.textContent = said;
      problem.hidden = false;
      announce('The event was not sent');
    };
    post<{ reached: number }>('publish', { app, channel, event: event.value.trim(), data: data.value }).then(
      ({ reached }) =>
        reached > 0
          ? (outcome.textContent = `Sent to ${plural(reached, 'connection')}.`)
          : refuse('Nobody listens there.'),
      (error) => refuse(sentence(error)),
    );
  });
  return make('section', 'card', make('h3', '', `Send a test event to ${target}`), form);
}
