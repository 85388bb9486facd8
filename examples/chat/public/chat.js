// The page: signs in, shows rooms, messages and who is there. Everything that people write is set as text.
import { Connection } from './connection.js';

const TYPING_SHOWN = 4000; // ms that "… is writing" stays without a new sign
const TYPING_SENT = 2000; // ms between two signs

const $ = (id) => document.getElementById(id);
const state = { user: null, rooms: [], room: null, channel: null, connection: null, typing: new Map(), typed: 0 };

/** Asks the application. Rejects with the sentence that it answers. */
async function ask(path, body = undefined) {
  const response = await fetch(`/api/${path}`, body === undefined ? {} : {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.problem ?? `The server answered ${response.status}.`);
  }
  return answer;
}

function element(tag, text = '', className = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

/** Runs what a form is for, and shows the problem below it. */
function submitted(form, problem, action) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      await action();
    } catch (error) {
      problem.textContent = error.message;
    }
  });
}

function showRooms() {
  $('rooms').replaceChildren(...state.rooms.map((room) => {
    const button = element('button', room.name, room.private ? 'private' : '');
    button.title = room.private ? 'A private room' : '';
    if (room.id === state.room?.id) {
      button.setAttribute('aria-current', 'page');
    }
    button.addEventListener('click', () => enter(room));
    const item = element('li');
    item.append(button);
    return item;
  }));
}

function showMembers() {
  const members = [...state.channel.members.entries()].sort(([, one], [, other]) => one.name.localeCompare(other.name));
  $('count').textContent = String(members.length);
  $('members').replaceChildren(...members.map(([id, { name }]) => element('li', id === state.user.id ? `${name} (you)` : name)));
}

function showTyping() {
  const names = [...state.typing.keys()].map((id) => state.channel.members.get(id)?.name).filter(Boolean);
  $('typing').textContent = names.length === 0 ? ''
    : names.length === 1 ? `${names[0]} is writing …` : `${names.join(' and ')} are writing …`;
}

/** Adds a line at the end, and scrolls there unless somebody reads further up. */
function append(line) {
  const list = $('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.append(line);
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}

function showMessage({ id, user, text, time }) {
  if (document.getElementById(`message-${id}`)) {
    return;
  }
  const date = new Date(time * 1000);
  const when = element('time', date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  when.dateTime = date.toISOString();
  when.title = date.toLocaleString();
  const line = element('li', '', user.id === state.user.id ? 'mine' : '');
  line.id = `message-${id}`;
  line.append(element('b', user.name), when, element('p', text));
  append(line);
}

const note = (text) => append(element('li', text, 'note'));

function stopTyping(id) {
  clearTimeout(state.typing.get(id));
  state.typing.delete(id);
  showTyping();
}

function startTyping(id) {
  clearTimeout(state.typing.get(id));
  state.typing.set(id, setTimeout(() => stopTyping(id), TYPING_SHOWN));
  showTyping();
}

/** Fills the page with what was said before. After a break of the connection too: something may be missing. */
async function showHistory(room) {
  const messages = await ask(`rooms/${room.id}/messages`);
  if (state.room === room) {
    messages.forEach(showMessage);
  }
}

function enter(room) {
  if (state.channel) {
    state.connection.unsubscribe(state.channel.name);
    [...state.typing.keys()].forEach(stopTyping);
  }
  state.room = room;
  $('room-name').textContent = document.title = room.name;
  $('messages').replaceChildren();
  $('members').replaceChildren();
  $('problem').textContent = '';
  state.channel = state.connection.subscribe(room.channel)
    .on('subscribed', () => {
      showMembers();
      showHistory(room).catch((error) => ($('problem').textContent = error.message));
    })
    .on('joined', (user) => {
      showMembers();
      note(`${user.name} came in`);
    })
    .on('left', (user, id) => {
      showMembers();
      stopTyping(id);
      note(`${user?.name ?? 'Somebody'} left`);
    })
    .on('message', (message) => {
      stopTyping(message.user.id);
      showMessage(message);
    })
    .on('whisper:typing', (data, userId) => startTyping(userId))
    .on('refused', (error) => ($('problem').textContent = error.message));
  showRooms();
  $('text').focus();
}

function addRoom(room) {
  if (!state.rooms.some((known) => known.id === room.id)) {
    state.rooms.push(room);
    showRooms();
  }
}

function showState(name, reason = '') {
  $('state').textContent = { connecting: 'Connecting …', connected: '', closed: `Not connected: ${reason}` }[name];
  $('state').dataset.state = name;
}

async function start({ user, key, port }) {
  Object.assign(state, { user, rooms: await ask('rooms') });
  $('welcome').hidden = true;
  $('chat').hidden = false;
  $('me').textContent = user.name;
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  state.connection = new Connection(
    `${scheme}://${location.hostname}:${port}/app/${key}`,
    (socketId, channel) => ask('auth', { socket_id: socketId, channel_name: channel }),
    showState,
  );
  state.connection.subscribe('private-news').on('room', addRoom);
  state.connection.subscribe(`private-user.${user.id}`).on('room', addRoom);
  enter(state.rooms[0]);
}

submitted($('login'), $('login').querySelector('.problem'), async () => start(await ask('login', { name: $('name').value })));

submitted($('say'), $('problem'), async () => {
  const text = $('text').value.trim();
  if (text === '') {
    return;
  }
  const room = state.room;
  const message = await ask(`rooms/${room.id}/messages`, { text, socket_id: state.connection.socketId ?? '' });
  $('text').value = '';
  state.typed = 0;
  if (state.room === room) {
    showMessage(message);
  }
});

submitted($('add-room'), $('add-room').querySelector('.problem'), async () => {
  const room = await ask('rooms', { name: $('new-name').value, guests: $('guests').value });
  $('room-dialog').close();
  addRoom(room);
  enter(state.rooms.find((known) => known.id === room.id));
});

$('new-room').addEventListener('click', () => {
  $('add-room').reset();
  $('room-dialog').showModal();
});
$('cancel-room').addEventListener('click', () => $('room-dialog').close());

$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $('say').requestSubmit();
  }
});
$('text').addEventListener('input', () => {
  if (Date.now() - state.typed > TYPING_SENT) {
    state.typed = Date.now();
    state.channel.whisper('typing', {});
  }
});

$('logout').addEventListener('click', async () => {
  state.connection.end();
  await ask('logout', {});
  location.reload();
});

const session = await ask('session');
if (session.user) {
  await start(session);
} else {
  $('welcome').hidden = false;
  $('name').focus();
}
