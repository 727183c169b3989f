// A person of one's own, on servers that run for development: made by the server without a question. Each window keeps its
// own in sessionStorage, which survives a reload and is not shared with other windows; the browser remembers the last one in
// localStorage, so that a window of another page is the same person.

import { tokenClaims } from '../../client/stoa.js';
import { Api } from './api.js';

/** A page that is being left gives its person back a moment late: a reload waits longer than a window that opens. */
const RELOAD_MS = 3_000;
const OPEN_MS = 800;
const KEY = 'stoa.person';

const api = new Api(() => null);

/** Asks for a person, or for `token`'s person under another name. */
export async function meet({ token, name } = {}) {
    const wish = { ...token && { token }, ...name && { name } };
    const answer = await api.post('auth/dev', wish);
    return { id: answer.user.id, token: answer.token, name: answer.user.name };
}

/** The browser's last person: `{ id, token, name }`, or null. */
export function lastPerson() {
    try {
        const { id, token, name } = JSON.parse(localStorage.getItem(KEY)) ?? {};
        return id && name && tokenClaims(token ?? '').sub === id ? { id, token, name } : null;
    } catch { return null; }
}

/** Windows that open from now on are this person where they may; nobody, without one. */
export function rememberPerson(person) {
    try {
        if (person) localStorage.setItem(KEY, JSON.stringify(person));
        else localStorage.removeItem(KEY);
    } catch { /* each window has its own */ }
}

/**
 * Takes a person for this window of the study rooms, for as long as the page lives.
 *
 * False when another one has them: a duplicated window starts with a copy of the first one's sessionStorage. Where
 * the browser has no locks (pages without TLS from elsewhere) that cannot be told, and both are the same person.
 * With `waits` false nobody is about to give them back.
 */
export function claim(id, { waits = true } = {}) {
    if (!navigator.locks) return Promise.resolve(true);
    const isReload = performance.getEntriesByType('navigation')[0]?.type === 'reload';
    const options = waits ? { signal: AbortSignal.timeout(isReload ? RELOAD_MS : OPEN_MS) } : { ifAvailable: true };
    return new Promise(resolve => {
        const hold = lock => {
            resolve(Boolean(lock));
            return lock ? new Promise(() => {}) : undefined;
        };
        navigator.locks.request(`stoa.person.${id}`, options, hold).catch(() => resolve(false));
    });
}
