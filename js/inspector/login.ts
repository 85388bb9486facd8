/** The password, where one is needed. */
import { at, complain, input, onSubmit, show } from '../shared/dom.js';
import { keepToken, post, sentence, signedIn } from './api.js';

/** Shows the form in the place of everything else. */
export function askForPassword(): void {
  if (at('login').hidden) {
    show('login', true);
    show('inside', false);
    show('tools', false);
    input('password').value = '';
    input('password').focus();
  }
}

/** @param entered called when somebody is in */
export function startLogin(entered: () => void): void {
  onSubmit('login-form', () => {
    const password = input('password').value;
    if (!password) {
      complain('login-problem', 'The password is missing.', 'password');
      return;
    }
    post<{ token: string }>('login', { password }).then(
      ({ token }) => {
        keepToken(token);
        complain('login-problem', '');
        enter(entered);
      },
      (error) => complain('login-problem', sentence(error), 'password'),
    );
  });
  at('sign-out').addEventListener('click', () => {
    void post('logout').catch(() => {});
    keepToken(null);
    askForPassword();
  });
}

/** Shows what is behind the form. */
export function enter(entered: () => void): void {
  show('login', false);
  show('inside', true);
  show('tools', true);
  show('sign-out', signedIn());
  input('password').value = '';
  entered();
}
