// The card before the rooms: a name in development, else a token or the site's own link.

import { h, icon, fill } from './dom.js';
import { field, sentence } from './overlay.js';

export function signInCard(session, { done, reason }) {
    const { dev } = session.server;
    const problem = h('p', { class: 'problem', role: 'alert' }, reason ?? null);
    const ok = h('button', { class: 'button is-primary' }, dev ? 'Enter' : 'Sign in');
    const run = async event => {
        event.preventDefault();
        const values = new FormData(form);
        ok.disabled = true;
        try {
            if (dev) await session.signInAs(values.get('name').trim());
            else session.signInWith(values.get('token'));
            done();
        } catch (error) {
            fill(problem, sentence(error));
            ok.disabled = false;
        }
    };
    const form = h('form', { class: 'form', onsubmit: run },
        dev ? field('Your name', 'name', { required: true, maxlength: 60, autofocus: true, autocomplete: 'nickname' }, 'This server runs for development: a name is enough.')
            : field('Sign-in token', 'token', { required: true, autofocus: true, autocomplete: 'off', spellcheck: 'false' }, 'The site that runs these rooms gives you a link that signs you in. If it gave you a token instead, paste it here.'),
        problem, ok);
    return h('main', { class: 'sign-in' }, h('div', { class: 'sign-in-card' }, h('h1', { class: 'brand' }, icon('stoa'), 'Stoa'), h('p', { class: 'note' }, 'Study rooms, live.'), form));
}
