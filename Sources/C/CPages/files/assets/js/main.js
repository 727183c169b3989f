// Where the page begins: signed in, the rooms; else the card to sign in.

import { fill } from './dom.js';
import { Frame } from './frame.js';
import { sentence } from './overlay.js';
import { Session, hasLink } from './session.js';
import { openSignIn, signInCard } from './sign-in.js';
import { Workspace } from './workspace.js';

const app = document.getElementById('app');
const session = new Session();
/** A reload is the surest way to forget everything of the person before. */
const startAnew = () => location.reload();

async function start() {
    try {
        if (await session.begin()) return enter();
    } catch (error) { return askWho(sentence(error)); }
    askWho(session.token ? 'Your sign-in has expired.' : undefined);
}

function enter() {
    const workspace = new Workspace(session);
    const signOut = async options => {
        // Asked first, so that who is told "not everywhere" is still there.
        if (options?.everywhere) await session.signOut(options);
        workspace.close();
        if (!options?.everywhere) await session.signOut();
        location.hash = '';
        startAnew();
    };
    const rename = async name => {
        if (!await session.rename(name)) return workspace.rename(name);
        await workspace.depart();
        startAnew();
    };
    /** Somebody else has other rooms; the same person goes on where the line broke. */
    const signIn = async options => {
        if (!await openSignIn(session, options)) return;
        if (session.me.id !== workspace.me.id) return startAnew();
        workspace.client.connect();
    };
    const frame = new Frame(workspace, { signOut, rename, signIn });
    fill(app, frame.element);
    app.removeAttribute('aria-busy');
    session.learnMethods();
}

function askWho(reason) {
    fill(app, signInCard(session, { done: enter, reason }));
    app.querySelector('[autofocus]')?.focus();
    app.removeAttribute('aria-busy');
}

// A link pasted over the address of an open page changes only its hash.
window.addEventListener('hashchange', () => { if (hasLink()) startAnew(); });
start().then(() => session.watch(startAnew));
