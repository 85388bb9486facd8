/** Asks before something is done that cannot be taken back. */
import { at } from '../shared/dom.js';

/** @returns whether the person wants it */
export function confirmed(title: string, words: string, action: string): Promise<boolean> {
  const dialog = at<HTMLDialogElement>('confirm');
  at('confirm-title').textContent = title;
  at('confirm-words').textContent = words;
  at('confirm-do').textContent = action;
  dialog.returnValue = '';
  dialog.showModal();
  at('confirm-cancel').focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'do'), { once: true });
  });
}
