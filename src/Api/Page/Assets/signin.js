// Asks for credentials. They live as long as the tab, and go to the worker alone.

import { h } from './dom.js';

let asking = null;

/** The value of the header Authorization, or null when nobody wants to sign in. Several callers at once are asked once. */
export function signIn(challenge, wasRefused) {
  asking ??= ask(challenge, wasRefused).finally(() => { asking = null; });
  return asking;
}

function ask(challenge, wasRefused) {
  const basic = /basic/i.test(challenge);
  const bearer = /bearer/i.test(challenge);
  const user = h('input', { id: 'user', autocomplete: 'username' });
  const password = h('input', { id: 'password', type: 'password', autocomplete: 'current-password' });
  const token = h('input', { id: 'token', type: 'password', autocomplete: 'off' });
  const dialog = h('dialog', { 'aria-labelledby': 'sign-in' },
    h('form', { method: 'dialog' },
      h('h2', { id: 'sign-in' }, 'Sign in'),
      wasRefused && h('p', { class: 'errors', role: 'alert' }, 'These credentials were not accepted.'),
      basic && h('div', { class: 'field' }, h('label', { for: 'user' }, 'User'), user),
      basic && h('div', { class: 'field' }, h('label', { for: 'password' }, 'Password'), password),
      bearer && h('div', { class: 'field' }, h('label', { for: 'token' }, basic ? 'Or a token' : 'Token'), token),
      h('div', { class: 'bar' }, h('button', { value: 'no', class: 'quiet', formnovalidate: true }, 'Cancel'), h('button', { value: 'yes', class: 'primary' }, 'Sign in'))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => {
    dialog.remove();
    if (dialog.returnValue !== 'yes') resolve(null);
    else if (token.value) resolve(`Bearer ${token.value.trim()}`);
    else resolve(`Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${user.value}:${password.value}`)))}`);
  }));
}
