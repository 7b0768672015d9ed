// Calls of the worker's REST API, relative to where the page is: it works behind any path of a proxy.

import { signIn } from './signin.js';

const root = new URL('..', document.baseURI);
const key = 'exports.authorization';

/** What the worker answered instead of what was asked for; or that it did not answer (status 0). */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** A path with names in it, encoded: path`/connectors/${name}/pause`. */
export const path = (parts, ...names) => parts.reduce((sum, part, i) => sum + encodeURIComponent(names[i - 1]) + part);

/** Calls the worker. Asks for credentials where it wants some, and tries again. */
export async function call(method, target, body, signal) {
  for (;;) {
    const headers = {};
    const authorization = sessionStorage.getItem(key);
    if (authorization) headers.Authorization = authorization;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response;
    try {
      response = await fetch(new URL(target.slice(1), root), { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: 'no-store' });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new ApiError(0, 'The worker does not answer.');
    }
    if (response.status === 401) {
      const given = await signIn(response.headers.get('WWW-Authenticate') ?? '', authorization !== null);
      if (given === null) throw new ApiError(401, 'Not signed in.');
      sessionStorage.setItem(key, given);
      continue;
    }
    const text = await response.text();
    const json = text && response.headers.get('Content-Type')?.startsWith('application/json') ? JSON.parse(text) : null;
    if (!response.ok) throw new ApiError(response.status, json?.message ?? `The worker answered ${response.status}.`);
    return json;
  }
}

export const get = (target, signal) => call('GET', target, undefined, signal);
