// The card before the rooms: a token or the site's own link. In development nobody is asked; it is seen only when the
// server would not make a person.

import { h, icon, fill } from './dom.js';
import { field, sentence } from './overlay.js';

export function signInCard(session, { done, reason }) {
    const isForTrying = session.isForTrying;
    const problem = h('p', { class: 'problem', role: 'alert' }, reason ?? null);
    const ok = h('button', { class: 'button is-primary', autofocus: isForTrying }, isForTrying ? 'Try again' : 'Sign in');
    const run = async event => {
        event.preventDefault();
        ok.disabled = true;
        try {
            if (isForTrying) await session.beSomebody();
            else session.signInWith(new FormData(form).get('token'));
            done();
        } catch (error) {
            fill(problem, sentence(error));
            ok.disabled = false;
        }
    };
    const token = () => field('Sign-in token', 'token', { required: true, autofocus: true, autocomplete: 'off', spellcheck: 'false' },
        'The site that runs these rooms gives you a link that signs you in. If it gave you a token instead, paste it here.');
    const form = h('form', { class: 'form', onsubmit: run }, isForTrying ? null : token(), problem, ok);
    return h('main', { class: 'sign-in' }, h('div', { class: 'sign-in-card' }, h('h1', { class: 'brand' }, icon('stoa'), 'Stoa'), h('p', { class: 'note' }, 'Study rooms, live.'), form));
}
