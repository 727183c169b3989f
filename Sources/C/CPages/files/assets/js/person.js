// A person of this window's own, on servers that run for development: made by the server without a question, kept in
// sessionStorage, which survives a reload and is not shared with other windows.

import { Api } from './api.js';

/** A page that is being left gives its person back a moment late: a reload waits longer than a window that opens. */
const RELOAD_MS = 3_000;
const OPEN_MS = 800;

const api = new Api(() => null);

/** Asks for a person, or for `token`'s person under another name. */
export async function meet({ token, name } = {}) {
    const wish = { ...token && { token }, ...name && { name } };
    const answer = await api.post('auth/dev', wish);
    return { token: answer.token, name: answer.user.name };
}

/**
 * Takes a person for this window, for as long as the page lives.
 *
 * False when another window has them: a duplicated window starts with a copy of the first one's sessionStorage. Where
 * the browser has no locks (pages without TLS from elsewhere) that cannot be told, and both are the same person.
 */
export function claim(id) {
    if (!navigator.locks) return Promise.resolve(true);
    const isReload = performance.getEntriesByType('navigation')[0]?.type === 'reload';
    const signal = AbortSignal.timeout(isReload ? RELOAD_MS : OPEN_MS);
    return new Promise(resolve => {
        const hold = () => { resolve(true); return new Promise(() => {}); };
        navigator.locks.request(`stoa.person.${id}`, { signal }, hold).catch(() => resolve(false));
    });
}
