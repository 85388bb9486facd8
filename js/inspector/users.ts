/** Users who have signed in: all of them, and one with their connections and what is said to and by them. */
import { make } from '../shared/dom.js';
import { post, sentence } from './api.js';
import { counted, remember } from './apps.js';
import { nameTools } from './channels.js';
import { confirmed } from './confirm.js';
import { endButton } from './connections.js';
import { count, plural } from './format.js';
import { List } from './list.js';
import { sendForm } from './send.js';
import { Tail } from './tail.js';
import { type Route, type View, anchor, heading, register, stopAll } from './views.js';

interface UserRow {
  name: string;
  connections: number;
  watchers: number;
}

function users(route: Route): View {
  const tools = nameTools(['users', 'user'], ['Id begins with', '42'], route, () => list.restart());
  const list = new List<UserRow>({
    name: 'users',
    parameters: () => ({ app: tools.own(), find: tools.value() }),
    key: ({ name }) => name,
    caption: 'Users who have signed in',
    empty: () =>
      tools.value()
        ? 'Nobody who has signed in begins like that.'
        : 'Nobody has signed in. Clients do that with signin().',
    columns: [
      { title: 'User', cell: ({ name }) => anchor(name, 'user', tools.own(), name) },
      { title: 'Connections', cell: ({ connections }) => count(connections), numeric: true },
      { title: 'Watched by', cell: ({ watchers }) => count(watchers), numeric: true, wide: true },
    ],
  });
  const title = counted('Users', 'users', tools.own);
  return {
    title: 'Users',
    element: make('section', 'card', title.element, tools.element, list.element),
    leave: stopAll(list, tools, title),
  };
}

async function endAll(own: string, user: string, say: (words: string, bad: boolean) => void): Promise<void> {
  const sure = await confirmed(
    `Disconnect ${user}?`,
    'All connections that are signed in as this user are closed with code 4009, which tells them not to come back by themselves.',
    'Disconnect all',
  );
  if (sure) {
    try {
      const { closed } = await post<{ closed: number }>('disconnect', { app: own, user });
      say(`${plural(closed, 'connection')} disconnected.`, false);
    } catch (error) {
      say(sentence(error), true);
    }
  }
}

function connectionsOf(own: string, name: string): List<{ id: string }> {
  return new List<{ id: string }>({
    name: 'user',
    parameters: () => ({ app: own, name }),
    key: ({ id }) => id,
    caption: 'Connections of this user',
    empty: () => 'No connection is signed in as this user.',
    limit: 25,
    columns: [{ title: 'Connection', cell: ({ id }) => anchor(id, 'connection', id) }],
  });
}

const HINT = 'Shown are events for this user, those that they send, and presence channels that they enter or leave.';

function user([, own = '', name = '']: Route): View {
  remember(own);
  const tail = new Tail({ app: own, user: name });
  const list = connectionsOf(own, name);
  const end = endButton('Disconnect all…', async (say) => {
    await endAll(own, name, say);
    list.refresh();
  });
  const back = make('p', 'back', anchor('All users', 'users'));
  const left = make('section', 'card', back, heading('User', name), make('p', 'hint', HINT), end);
  const connections = make('section', 'card', make('h3', '', 'Connections'), list.element);
  const right = make('div', 'column', sendForm(own, `#server-to-user-${name}`, 'this user'), connections);
  return {
    title: `User ${name}`,
    element: make('div', 'columns', make('div', 'column', left, tail.element), right),
    leave: stopAll(tail, list),
  };
}

export function startUsers(): void {
  register('users', users);
  register('user', user);
}
