// How every page begins: signed in, its own content; else the card to sign in.

import { fill } from './dom.js';
import { sentence } from './overlay.js';
import { Session, hasLink } from './session.js';
import { openSignIn, signInCard } from './sign-in.js';

/** A reload is the surest way to forget everything of the person before. */
export const startAnew = () => location.reload();

/** `open({ session, app })` is called once somebody is signed in; `note` says on the card what is behind it; `isAlone` as `Session` takes it. */
export function begin({ open, note, isAlone }) {
    const app = document.getElementById('app');
    const session = new Session({ isAlone });
    const enter = () => {
        open({ session, app });
        app.removeAttribute('aria-busy');
        session.learnMethods();
    };
    const askWho = reason => {
        fill(app, signInCard(session, { done: enter, reason, note }));
        app.querySelector('[autofocus]')?.focus();
        app.removeAttribute('aria-busy');
    };
    const start = async () => {
        try {
            if (await session.begin()) return enter();
        } catch (error) { return askWho(sentence(error)); }
        askWho(session.token ? 'Your sign-in has expired.' : undefined);
    };
    // A link pasted over the address of an open page changes only its hash.
    window.addEventListener('hashchange', () => { if (hasLink()) startAnew(); });
    start().then(() => session.watch(startAnew));
}

/** How a desk's person leaves, and signs in again where the line has ended. */
export function waysOut(desk) {
    const { session } = desk;
    const signOut = async () => {
        desk.close();
        await session.signOut();
        location.hash = '';
        startAnew();
    };
    // Who came by a link needs a new one; the card says so.
    const signIn = () => session.isAccount || session.methods.wallet.length || session.methods.email ? signInOver(desk) : signOut();
    return { signOut, signIn };
}

/** Over the page, when a sign-in has ended: somebody else begins anew, the same person goes on where the line broke. */
export async function signInOver({ session, me, client }, options) {
    if (!await openSignIn(session, options)) return;
    if (session.me.id !== me.id) return startAnew();
    client.connect();
}
