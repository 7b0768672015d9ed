// Confirmations and messages.

import { fill, h, icon } from './dom.js';

/** Says what happened; errors stay until they are closed. */
export function toast(message, isBad = false) {
  const close = () => element.remove();
  const element = h('div', { class: `toast${isBad ? ' bad' : ''}` }, h('span', {}, message), h('button', { class: 'quiet icon', 'aria-label': 'Close', onclick: close }, icon('close')));
  document.getElementById('toasts').append(element);
  if (!isBad) setTimeout(close, 5000);
}

/** Asks before something is done. With a word given, it has to be typed. */
export function confirm({ title, text, action, danger = false, type = null }) {
  const typed = type === null ? null : h('input', { id: 'typed', autocomplete: 'off', 'aria-label': `Type ${type} to confirm`, oninput: () => { yes.disabled = typed.value !== type; } });
  const yes = h('button', { value: 'yes', class: `primary${danger ? ' danger' : ''}`, disabled: type !== null }, action);
  const dialog = h('dialog', { 'aria-labelledby': 'confirm-title' },
    h('form', { method: 'dialog' },
      h('h2', { id: 'confirm-title' }, title), h('p', {}, text),
      typed && h('div', { class: 'field' }, h('label', { for: 'typed' }, 'Type ', h('code', {}, type), ' to confirm'), typed),
      h('div', { class: 'bar' }, h('button', { value: 'no', class: 'quiet' }, 'Cancel'), yes)));
  // Enter in the field must not press the first button, which is Cancel.
  typed?.addEventListener('keydown', event => { if (event.key === 'Enter') { event.preventDefault(); if (!yes.disabled) yes.click(); } });
  return open(dialog).then(value => value === 'yes');
}

/** Shows a dialog until it is closed, and tells by which button. */
export function open(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue);
  }));
}

/** Does something and says how it went. Returns whether it succeeded. */
export async function attempt(what, done) {
  try {
    await what();
    if (done) toast(done);
    return true;
  } catch (error) {
    toast(error.message, true);
    return false;
  }
}

/** The help for the keyboard. */
export function keys() {
  const list = [['/', 'Search'], ['j, k or arrows', 'Next and previous connector'], ['Enter', 'Open it'], ['x', 'Select it'], ['n', 'New connector'], ['?', 'This help'], ['Esc', 'Close a dialog']];
  const dialog = h('dialog', { 'aria-labelledby': 'keys-title' }, h('form', { method: 'dialog' }, h('h2', { id: 'keys-title' }, 'Keyboard'),
    fill(h('dl', { class: 'config' }), list.flatMap(([key, text]) => [h('dt', {}, h('code', {}, key)), h('dd', {}, text)])), h('div', { class: 'bar' }, h('button', { class: 'primary' }, 'Close'))));
  return open(dialog);
}
