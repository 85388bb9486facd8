/** The inspector: its parts, and the state of the server above them. */
import { announce, at, show } from '../shared/dom.js';
import { listeners, signedIn } from './api.js';
import { startChannels } from './channels.js';
import { startConnections } from './connections.js';
import { askForPassword, enter, startLogin } from './login.js';
import { startOverview } from './overview.js';
import { hold, latest, onReading, pause } from './samples.js';
import { startUsers } from './users.js';
import { close, open } from './views.js';

type State = 'live' | 'paused' | 'away' | 'stopping' | 'waiting';

const WORDS: Record<State, string> = {
  live: 'live',
  paused: 'paused',
  away: 'no answer',
  stopping: 'stopping',
  waiting: 'connecting',
};

let answers: boolean | null = null;
let paused = false;
let told: State = 'waiting';

function state(): State {
  if (answers === null) {
    return 'waiting';
  }
  if (!answers) {
    return 'away';
  }
  return paused ? 'paused' : latest()?.draining ? 'stopping' : 'live';
}

function showState(): void {
  const now = state();
  const element = at('state');
  element.textContent = WORDS[now];
  element.dataset['state'] = now;
  if (now === 'away' && told !== now) {
    const time = new Date().toTimeString().slice(0, 8);
    at('trouble').textContent =
      `The server does not answer since ${time}. What stands here was known then; it is asked again and again.`;
  }
  show('trouble', now === 'away');
  if (now !== told && told !== 'waiting' && now !== 'away') {
    announce(`The numbers are ${WORDS[now]}`);
  }
  told = now;
}

function startPause(): void {
  const button = at('pause');
  button.addEventListener('click', () => {
    paused = !paused;
    pause(paused);
    button.setAttribute('aria-pressed', String(paused));
    showState();
  });
}

function begin(): void {
  hold(false);
  open(false);
}

listeners.reached = (value) => {
  answers = value;
  showState();
};
listeners.signIn = () => {
  hold(true);
  close();
  askForPassword();
};
at('host').textContent = location.host;
startOverview();
startChannels();
startConnections();
startUsers();
startLogin(begin);
startPause();
onReading(showState);
at('skip').addEventListener('click', (event) => {
  event.preventDefault(); // the address says which view is shown
  at(at('inside').hidden ? 'password' : 'view').focus();
});
window.addEventListener('hashchange', () => {
  if (!at('inside').hidden) {
    open(true);
  }
});
show('sign-out', signedIn());
enter(begin);
