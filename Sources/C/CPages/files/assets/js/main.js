// Where the page begins: signed in, the rooms; else the card to sign in.

import { fill } from './dom.js';
import { Frame } from './frame.js';
import { sentence } from './overlay.js';
import { Session, hasLink } from './session.js';
import { signInCard } from './sign-in.js';
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
    const signOut = () => { workspace.close(); session.signOut(); location.hash = ''; startAnew(); };
    const rename = async name => { await session.rename(name); await workspace.depart(); startAnew(); };
    const frame = new Frame(workspace, { signOut, rename });
    fill(app, frame.element);
    app.removeAttribute('aria-busy');
}

function askWho(reason) {
    fill(app, signInCard(session, { done: enter, reason }));
    app.querySelector('[autofocus]')?.focus();
    app.removeAttribute('aria-busy');
}

// A link pasted over the address of an open page changes only its hash.
window.addEventListener('hashchange', () => { if (hasLink()) startAnew(); });
start();
